"""A notebook as text that can be compared by eye: source, and each output in a line or as a table.

For ``git diff``: ``docs/reading-changes.md`` says how git is told. Pictures are left out, since
their data stand there; a picture that changed alone shows as another digest.
"""

import hashlib
import json
import sys
from pathlib import Path

from helpers import results


def text(notebook: dict) -> str:
    """A notebook, cell by cell, with code cells counted as Jupyter shows them."""
    lines, number = [], 0
    for cell in notebook["cells"]:
        source = "".join(cell["source"]).splitlines()
        if cell["cell_type"] != "code":
            lines += ["", *source]
            continue
        number += 1
        tags = ", ".join(cell["metadata"].get("tags", []))
        lines += ["", f"[{number}] {tags}".rstrip(), *(f"    {line}" for line in source)]
        for output in cell.get("outputs", []):
            lines += [f"  > {line}" for line in _shown(output)]
    return "\n".join(lines).strip() + "\n"


def _shown(output: dict) -> list[str]:
    """An output in lines: a record in one, a figure or table with its data, the rest as text."""
    data = {kind: value if isinstance(value, dict) else "".join(value)
            for kind, value in output.get("data", {}).items()}
    if results.MIME in data:
        entry = data[results.MIME]
        return [f"{entry['type']} {entry['name']}: {results.in_a_line(entry)}"]
    about = output.get("metadata", {}).get("book", {})
    lines = [f"{name}: {value}" for name, value in about.items()]
    if "image/svg+xml" in data:
        lines.append(f"picture {hashlib.sha256(data['image/svg+xml'].encode()).hexdigest()[:12]}")
    said = data.get("text/csv") or data.get("text/plain") or "".join(output.get("text", ""))
    return lines + said.splitlines()


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    print(text(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), end="")
