"""What a user has set for other work changes nothing in a run, whichever runner it has."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from small_runs import text

from helpers.pipeline.running import environment

pytestmark = pytest.mark.slow  # processes and kernels of their own

RUNNERS = pytest.mark.parametrize("stock", [False, True], ids=["own process", "stock kernel"])

LOOK = """
    import builtins, locale, os, sys, time
    import matplotlib, pandas
    import matplotlib.pyplot
    print(matplotlib.rcParams['lines.linewidth'], matplotlib.rcParams['date.epoch'],
          matplotlib.get_backend(), hasattr(builtins, 'hostile'), 'hostile' in globals(),
          get_ipython().colors, time.tzname, locale.setlocale(locale.LC_ALL, ''),
          hash('x'), sys.flags.hash_randomization, os.environ['OPENBLAS_NUM_THREADS'],
          pandas.options.display.max_columns)"""

DRIVER = """
    import sys
    sys.path.insert(0, {tests!r})
    from small_runs import text
    if __name__ == "__main__":
        print(text({look!r}, stock={stock}))
"""


@pytest.fixture
def hostile(tmp_path):
    """A user with settings: environment variables, a folder with a matplotlibrc to stand in."""
    home, folder = tmp_path / "home", tmp_path / "folder"
    settings = "lines.linewidth: 9\ndate.epoch: 2000-01-01T00:00:00\nbackend: svg\n"
    start = "import builtins\nbuiltins.hostile = hostile = True\n"
    config = ("c.InteractiveShell.colors = 'linux'\n"
              "c.InteractiveShellApp.exec_lines = ['hostile = 1']\n")
    files = {
        home / ".config" / "matplotlib" / "matplotlibrc": settings,
        home / "mpl" / "matplotlibrc": settings,
        home / "rc": settings,
        folder / "matplotlibrc": settings,
        home / "startup.py": start,
    }
    for profile in (home / ".ipython", home / "ipython"):
        files[profile / "profile_default" / "startup" / "00.py"] = start
        files[profile / "profile_default" / "ipython_config.py"] = config
        files[profile / "profile_default" / "ipython_kernel_config.py"] = config
    for file, content in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    variables = {
        "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "MPLBACKEND": "svg",
        "MPLCONFIGDIR": str(home / "mpl"), "MATPLOTLIBRC": str(home / "rc"),
        "IPYTHONDIR": str(home / "ipython"), "PYTHONSTARTUP": str(home / "startup.py"),
        "PYTHONHASHSEED": "7", "OPENBLAS_NUM_THREADS": "2", "TZ": "Asia/Tokyo", "LC_ALL": "C",
    }
    return variables, folder


def test_other_programs_do_see_these_settings(hostile):
    variables, folder = hostile
    source = "import builtins, matplotlib; print(matplotlib.rcParams['lines.linewidth'], hostile)"
    done = subprocess.run([sys.executable, "-m", "IPython", "-c", source], cwd=folder,
                          env={**os.environ, **variables}, capture_output=True, text=True)
    assert done.stdout.split()[-2:] in (["9.0", "True"], ["9.0", "1"])


@RUNNERS
def test_settings_of_the_user_are_not_seen(hostile, stock):
    variables, folder = hostile
    code = textwrap.dedent(DRIVER).format(
        tests=str(Path(__file__).parent), look=LOOK, stock=stock)
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, **variables},
                          cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    seen = done.stdout.strip()
    assert seen == text(LOOK).strip()
    assert seen.startswith(
        "1.5 1970-01-01T00:00:00 module://matplotlib_inline.backend_inline False False neutral ")


def test_both_runners_have_the_same_surroundings():
    assert text(LOOK) == text(LOOK, stock=True)


def test_the_folder_of_this_interpreter_is_first_on_the_path_and_there_once(monkeypatch):
    first = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", os.pathsep.join(["/some", first, "/other"]))
    assert environment.variables()["PATH"] == os.pathsep.join([first, "/some", "/other"])
    assert environment.variables("/given")["PATH"].startswith("/given" + os.pathsep)


def test_variables_are_put_back(monkeypatch):
    monkeypatch.setenv("THERE", "before")
    monkeypatch.delenv("NOT_THERE", raising=False)
    with pytest.raises(LookupError), environment.surroundings({"THERE": "x", "NOT_THERE": "y"}):
        assert (os.environ["THERE"], os.environ["NOT_THERE"]) == ("x", "y")
        raise LookupError
    assert os.environ["THERE"] == "before"
    assert "NOT_THERE" not in os.environ


def test_a_long_folder_for_what_passes_is_no_fault(tmp_path):
    """Batch systems give folders whose path is too long for a socket."""
    long = tmp_path / ("x" * 90)
    long.mkdir()
    script = (
        "from helpers.pipeline.running import processes\n"
        "from helpers.pipeline.running.work import Work\n"
        "cell = {'cell_type': 'code', 'id': 'a', 'metadata': {}, 'source': '1',"
        " 'outputs': [], 'execution_count': None}\n"
        "book = {'cells': [cell], 'metadata': {}, 'nbformat': 4, 'nbformat_minor': 5}\n"
        "for stock in (False, True):\n"
        "    processes.run([('a', Work(book))], 1, lambda _, o: print(o.status), stock)\n")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                          env={**os.environ, "TMPDIR": str(long)})
    assert done.stdout.split() == ["ok", "ok"], done.stdout + done.stderr
