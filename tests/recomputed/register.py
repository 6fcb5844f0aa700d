"""Reading rows and ledgers, and the register of what is computed a second time."""

import csv
import json
import math
from pathlib import Path

AGAIN = {}  # chapter -> result -> function of the tables and the settings, None where refused
MIME = "application/vnd.book.record+json"


class Tables:
    """Rows of the CSV files of a folder, as text, by name; remembers which ones were asked for.

    Parameters
    ----------
    folder : path
    """

    def __init__(self, folder):
        self.files = {file.stem: file for file in sorted(Path(folder).glob("*/*.csv"))}
        self.rows, self.asked = {}, []

    def __call__(self, name):
        if name not in self.rows:
            with open(self.files[name], encoding="utf-8", newline="") as file:
                self.rows[name] = list(csv.DictReader(file))
        if name not in self.asked:
            self.asked.append(name)
        return self.rows[name]


class Sampled(dict):
    """Exact probabilities that a chapter finds by drawing: equal within five standard errors."""

    def __init__(self, shares, draws):
        super().__init__(shares)
        self.draws = draws


def again(chapter, name, *arguments):
    """Register a function as the second way to a result; the arguments follow the settings."""
    def register(function):
        AGAIN.setdefault(chapter, {})[name] = (function, arguments)
        return function
    return register


def recompute(chapter, name, tables, settings):
    """A result by the second way, and the CSV files that it was read from."""
    function, arguments = AGAIN[chapter][name]
    tables.asked = []
    value = function(tables, settings, *arguments)
    return value, [tables.files[asked] for asked in tables.asked]


def ledger(notebook):
    """Results of an executed notebook by name, as they stand in its outputs."""
    cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
    entries = (output.get("data", {}).get(MIME) for cell in cells
               for output in cell.get("outputs", []))
    return {entry["name"]: entry for entry in entries if entry and entry["type"] == "result"}


def equal(found, recorded, tolerance):
    """Whether a recomputed value is the recorded one: numbers by tolerance, all else exactly."""
    if isinstance(found, Sampled):
        return all(abs(share - recorded[country][rank])
                   <= 5 * math.sqrt(max(share * (1 - share), 0) / found.draws)
                   for country, ranks in found.items() for rank, share in ranks.items())
    if isinstance(found, dict):
        return isinstance(recorded, dict) and found.keys() == recorded.keys() and all(
            equal(found[key], recorded[key], tolerance) for key in found)
    if isinstance(found, list):
        return isinstance(recorded, list) and len(found) == len(recorded) and all(
            equal(one, other, tolerance) for one, other in zip(found, recorded, strict=True))
    if found is None or isinstance(found, str) or recorded is None or isinstance(recorded, str):
        return found == recorded
    return math.isclose(found, recorded, rel_tol=tolerance, abs_tol=1e-12)
