"""The list of planted faults: each can be planted still, and the planter tells red from green.

The list itself takes minutes and is run by hand or once a week: ``python tests/faults/plant.py``.
"""

import subprocess
import sys
from dataclasses import replace

import pytest
from small_book import REAL

sys.path.insert(0, str(REAL.root / "tests" / "faults"))
import plant  # noqa: E402

FAULTS = plant.read()
FAULT = plant.Fault("made", "a kind", "a.py", "x = 1", "x = 2", "quick")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_can_be_planted(fault):
    content = (REAL.root / fault.file).read_text(encoding="utf-8")
    assert plant.planted(fault, content) != content
    assert fault.gate in plant.GATES or all(
        (REAL.root / word.split("::")[0]).exists() for word in fault.gate.split()
        if word.startswith(("tests/", "chapters/")))


def test_there_are_faults_of_many_kinds():
    assert len(FAULTS) >= 60 and len({fault.kind for fault in FAULTS}) >= 15


@pytest.mark.parametrize("content", ["", "x = 1\nx = 1\n"])
def test_a_text_that_does_not_stand_there_once_is_refused(content):
    with pytest.raises(plant.FaultError, match="stands (0|2) times"):
        plant.planted(FAULT, content)


def test_sources_of_a_notebook_are_edited_and_not_its_outputs():
    fault = plant.Fault("made", "a kind", "a.ipynb", 'x = "ü"\n', 'x = "ö"\n', "quick")
    content = ('{"cells": [{"source": ["x = \\"ü\\"\\n", "y"], "outputs": [{"text": "x"}]}]}')
    after = plant.planted(fault, content)
    assert '"x = \\"ö\\"\\n"' in after and '"y"' in after and '"text": "x"' in after


def test_a_name_that_stands_twice_is_refused(tmp_path):
    entry = ('[[fault]]\nname = "a"\nkind = "k"\nfile = "f"\nold = "x"\nnew = "y"\n'
             'gate = "quick"\n')
    (tmp_path / "a.toml").write_text(entry * 2)
    with pytest.raises(plant.FaultError, match="2 times"):
        plant.read(tmp_path)


class Still(plant.Copy):
    """A copy in which gates are made up: nothing is run and nothing is edited."""

    def __init__(self, red, message=""):
        self.red, self.message, self.asked = red, message, []

    def edit(self, fault):
        pass

    def clean(self):
        pass

    def run(self, gate, fault):
        self.asked.append(gate)
        return subprocess.CompletedProcess([], gate in self.red, self.message, "")


@pytest.mark.parametrize("red, message, says, status, gate", [
    (["rules"], "a.py", ("a.py",), "caught", "rules"),
    (["quick"], "a.py", ("a.py",), "caught", "quick"),
    (["rules"], "something", ("a.py",), "silent", "rules"),
    ([], "", (), "missed", ""),
])
def test_a_fault_is_caught_silent_or_missed(red, message, says, status, gate):
    found = Still(red, message).try_fault(replace(FAULT, gate="rules", says=says))
    assert (found.status, found.gate) == (status, gate)
