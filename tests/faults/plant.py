"""Plant faults that a maintainer could commit, one by one, and see which gate goes red.

    python tests/faults/plant.py                 # all of them, in a copy; some minutes
    python tests/faults/plant.py typed-year ...  # some
    python tests/faults/plant.py --list

Each fault is an entry of a file ``*.toml`` beside this one: a text of a file and what takes its
place. It is planted in a clone of the last commit. Where ``accepted`` is true outputs are accepted
first, as something wanted would be, so that only what does not move with them can find it. Then its
gate runs: a fault is caught if that is red and its message holds every text of ``says``. One whose
gate is green is tried on all gates that take seconds before it counts as missed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PYTEST = ["-m", "pytest", "-n0", "-q", "-x", "--tb=short"]
BOOK = ["-m", "helpers.pipeline.cli"]
# What runs for a gate: Python's arguments. {chapter} is the name of the notebook that was edited.
GATES = {
    "rules": [*BOOK, "check", "{chapter}"],
    "changed": [*BOOK, "check", "--changed"],
    "build": [*BOOK, "build", "--quiet"],
    "notebook": [*PYTEST, "chapters/{chapter}.ipynb"],
    "quick": [*PYTEST, "tests", "-m", "not slow"],
}


class FaultError(ValueError):
    """An entry that cannot be planted."""


@dataclass(frozen=True)
class Fault:
    """One edit, and the gate that is to find it."""

    name: str
    kind: str  # as a maintainer would call it
    file: str
    old: str
    new: str
    gate: str  # a key of GATES, or files and options for pytest
    says: tuple[str, ...] = ()  # what the message must name
    part: str = "text"  # of a notebook: text (sources) or outputs
    accepted: bool = False
    variables: dict = field(default_factory=dict)  # of the environment of the gate

    @property
    def chapter(self) -> str:
        return Path(self.file).stem


@dataclass(frozen=True)
class Found:
    """How a fault went: caught; silent, which is red without the place; or missed."""

    fault: Fault
    status: str
    gate: str
    seconds: float
    message: str


def read(folder: Path = HERE) -> list[Fault]:
    """All faults, in the order of their files.

    Raises
    ------
    FaultError
        If a name stands twice or an entry has a wrong key.
    """
    found = []
    for path in sorted(folder.glob("*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["fault"]:
            try:
                found.append(Fault(**{**entry, "says": tuple(entry.get("says", ()))}))
            except TypeError as error:
                raise FaultError(f"{path.name}, {entry.get('name')!r}: {error}") from None
    for name, count in Counter(fault.name for fault in found).items():
        if count > 1:
            raise FaultError(f"The name {name!r} stands {count} times.")
    return found


def planted(fault: Fault, content: str) -> str:
    """The content of the file with the fault in it.

    Raises
    ------
    FaultError
        If the old text does not stand there exactly once.
    """
    if fault.file.endswith(".ipynb") and fault.part == "text":
        notebook = json.loads(content)
        sources = ["".join(cell["source"]) for cell in notebook["cells"]]
        _once(fault, sum(source.count(fault.old) for source in sources))
        for cell, source in zip(notebook["cells"], sources, strict=True):
            if fault.old in source:
                cell["source"] = source.replace(fault.old, fault.new).splitlines(keepends=True)
        return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    _once(fault, content.count(fault.old))
    return content.replace(fault.old, fault.new)


def _once(fault: Fault, times: int) -> None:
    if times != 1:
        raise FaultError(f"{fault.name}: its old text stands {times} times in {fault.file}. "
                         f"Write one that stands there once.")


class Copy:
    """A clone of the last commit, in which faults are planted and taken out again."""

    def __init__(self, root: Path):
        self.root = root
        subprocess.run(["git", "clone", "--quiet", ROOT, root], check=True)

    def python(self, arguments: list[str], **variables) -> subprocess.CompletedProcess:
        """Run Python in the copy, on the copy's own code."""
        return subprocess.run(
            [sys.executable, *arguments], cwd=self.root, capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": str(self.root / "src"), **variables})

    def clean(self) -> None:
        """As committed; what was built stays, for it is found by hash."""
        for command in (["checkout", "--quiet", "--", "."], ["clean", "--quiet", "-fd"]):
            subprocess.run(["git", *command], cwd=self.root, check=True)

    def edit(self, fault: Fault) -> None:
        path = self.root / fault.file
        path.write_text(planted(fault, path.read_text(encoding="utf-8")), encoding="utf-8")

    def run(self, gate: str, fault: Fault) -> subprocess.CompletedProcess:
        """Run a gate, as the environment of the fault has it."""
        command = GATES.get(gate, [*PYTEST, *gate.split()])
        return self.python([part.format(chapter=fault.chapter) for part in command],
                           **fault.variables)

    def try_fault(self, fault: Fault) -> Found:
        """Plant it, run what is to find it, and take it out."""
        began = time.monotonic()
        try:
            self.edit(fault)
            if fault.accepted:
                done = self.python([*BOOK, "accept", "--yes", "--reason", "wanted"], CI="")
                if done.returncode:  # refusing to accept it is catching it
                    return self._found(fault, "accept", began, done)
            for gate in dict.fromkeys([fault.gate, "quick"]):
                done = self.run(gate, fault)
                if done.returncode:
                    return self._found(fault, gate, began, done)
            return self._found(fault, "", began, done)
        finally:
            self.clean()

    @staticmethod
    def _found(fault, gate, began, done) -> Found:
        message = done.stdout + done.stderr
        status = "missed" if not gate else "caught"
        if gate and not all(text in message for text in fault.says):
            status = "silent"
        return Found(fault, status, gate, round(time.monotonic() - began, 1), message)


def main(arguments=None) -> int:
    """Plant what is asked for and print one line for each, then the score."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--list", action="store_true", help="names and kinds only")
    parser.add_argument("--show", action="store_true", help="the message of each gate, too")
    given = parser.parse_args(arguments)
    faults = read()
    unknown = set(given.names) - {fault.name for fault in faults}
    if unknown:
        parser.error(f"no fault is called {', '.join(sorted(unknown))}; see --list")
    wanted = [fault for fault in faults if fault.name in given.names or not given.names]
    if given.list:
        for fault in wanted:
            print(f"{fault.name:40} {fault.kind}")
        return 0
    folder = Path(tempfile.mkdtemp(prefix="book-faults-"))
    found = []
    try:
        copy = Copy(folder / "copy")
        for fault in wanted:
            found.append(copy.try_fault(fault))
            print(f"{found[-1].status:7} {found[-1].seconds:6.1f} s  {fault.name:40} "
                  f"{found[-1].gate}", flush=True)
            if given.show or found[-1].status != "caught":
                print("\n".join(f"        {line}" for line in
                                found[-1].message.strip().splitlines()[-12:]))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    score = Counter(each.status for each in found)
    print(f"{len(found)} faults: " + ", ".join(
        f"{score[status]} {status}" for status in ("caught", "silent", "missed")))
    return 1 if score["missed"] or score["silent"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
