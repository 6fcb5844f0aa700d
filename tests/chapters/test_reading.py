"""No chapter reads or writes by a way that its run cannot see."""

import pytest
from small_book import REAL, RECORD, write

from helpers.pipeline import chapters, check

NAMES = chapters.names(REAL)


@pytest.mark.parametrize("name", NAMES)
def test_chapters_read_through_the_helpers_only(name):
    assert check.reading_faults(chapters.read(REAL, name)) == []


@pytest.mark.parametrize("source, used", [
    ("import pyarrow.csv as reader", "pyarrow.csv"), ("from pyarrow import csv", "pyarrow"),
    ("import os", "os"), ("import subprocess", "subprocess"), ("import sqlite3", "sqlite3"),
    ("from importlib import import_module", "importlib"), ("open('x.csv')", "open()"),
    ("import urllib.request", "urllib.request"), ("exec('1')", "exec()"),
    ("import numpy as np\nnp.fromfile('x')", "fromfile"), ("path.read_text()", "read_text"),
    ("import pandas as pd\npd.HDFStore('x')", "HDFStore"),
])
def test_another_way_is_named_with_its_cell(workshop, source, used):
    write(workshop, "sly", RECORD, source)
    [fault] = check.reading_faults(chapters.read(workshop, "sly"))
    assert fault.startswith(f"sly, code cell 3: it uses {used}, by which")
    assert fault in check.written(workshop, "sly")


@pytest.mark.parametrize("source", ["import math, re", "import urllib.parse", "x.opened = 1"])
def test_what_only_computes_is_no_fault(workshop, source):
    write(workshop, "good", RECORD, source)
    assert check.reading_faults(chapters.read(workshop, "good")) == []
