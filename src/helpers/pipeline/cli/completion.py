"""Completion in bash of words with ``=`` in them, such as ``--set horizon_year=2030``.

bash takes ``=`` for the end of a word, and puts a blank after every completed one. Imported only
when a shell asks for completion.
"""

import os

from click.shell_completion import BashComplete, add_completion_class, split_arg_string

SOURCE = """\
%(complete_func)s() {
    local IFS=$'\\n' line
    COMPREPLY=()
    for line in $(env COMP_LINE="${COMP_LINE:0:$COMP_POINT}" %(complete_var)s=bash_complete \\
            %(prog_name)s); do
        case "$line" in
            dir,*) compopt -o dirnames ;;
            file,*) compopt -o default ;;
            *) COMPREPLY+=("${line#*,}") ;;
        esac
        if [[ "$line" == *= ]]; then compopt -o nospace; fi
    done
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class Bash(BashComplete):
    """Bash, by the whole line that was typed instead of by its words."""

    source_template = SOURCE

    def get_completion_args(self):
        line = os.environ["COMP_LINE"]
        words = split_arg_string(line)
        self.incomplete = words.pop() if words and not line[-1].isspace() else ""
        return words[1:], self.incomplete

    def format_completion(self, item):
        # bash replaces only what stands behind the last "=".
        typed = self.incomplete.rpartition("=")
        return f"{item.type},{item.value.removeprefix(typed[0] + typed[1])}"


add_completion_class(Bash)
