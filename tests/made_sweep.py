"""Sweeps that nobody ran: frames as `sweep.run` gives them, of whatever values a test wants."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from helpers import parameters
from helpers.pipeline import sweep, swept
from helpers.pipeline.site import sweep_page

CHAPTER = "1-one"


def result(name: str, value, **told) -> dict:
    """A record of a result."""
    withheld = {"status": "refused"} if value is None else {}
    return {"type": "result", "name": name, "value": value, "unit": "ratio", "status": "computed",
            "label": name.capitalize(), "scope": "", "note": "", "text": str(value),
            **withheld, **told}


def sentence(name: str, text: str) -> dict:
    """A record of a sentence."""
    return {"type": "sentence", "name": name, "text": text}


def frame(axes: Mapping[str, Sequence], found: Callable[..., list[dict] | None],
          chapter: str = CHAPTER):
    """Frame and failed runs of a grid.

    Parameters
    ----------
    axes : mapping
        Parameter -> its values.
    found : callable
        Called with a value of each parameter by name; the records of the run, or None if it fails.
    chapter : str
    """
    chosen = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
    return of_scenarios({", ".join(f"{name}={parameters.literal(value)}" for name, value in
                                   each.items()): each for each in chosen}, found, chapter)


def of_scenarios(scenarios: Mapping[str, Mapping], found: Callable[..., list[dict] | None],
                 chapter: str = CHAPTER):
    """Frame and failed runs of scenarios that each have a value of every parameter."""
    lines, failed = [], []
    varied = list(dict.fromkeys(name for values in scenarios.values() for name in values))
    for scenario, values in scenarios.items():
        ledger = found(**values)
        if ledger is None:
            failed.append({"scenario": scenario, "chapter": chapter, "status": "failed",
                           "reason": f"It failed at {scenario}.", "parameters": dict(values)})
            continue
        lines += [(scenario, *(values[name] for name in varied), chapter, *row, "key")
                  for row in swept.rows(ledger)]
    made = pd.DataFrame(lines, columns=["scenario", *varied, *sweep.RESULT])
    made["value"] = made["value"].astype(float)
    return made, failed


def told(made, failed=(), name: str = "made") -> sweep_page.Sweep:
    """What the page of a sweep is made from."""
    varied = sweep.varied_in(made)
    return sweep_page.Sweep(
        name, made, list(failed), swept.orders(made, failed, varied), swept.wordings(made),
        swept.effects(made, varied), swept.flips(made, varied), {CHAPTER: "1 One"})


def write(folder: Path, sweep_told: sweep_page.Sweep, vendor: Path) -> Path:
    """Write a page as a reader finds it; its address in the file system."""
    for name, content in sweep_page.files(sweep_told, vendor).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder / "index.html"


def every_kind(medium_score: float, aggregation_power: float, price_basis: str):
    """Records that show all that a page can: parts, texts, refusals, flips, failures."""
    if (medium_score, aggregation_power) == (3.0, -1.0):
        return None
    grows = medium_score * 10 + aggregation_power
    return [
        result("grows", grows, unit="1/year", label="Growth of <b>it</b>"),
        result("still", 7, unit="count"),
        result("score", {"US": medium_score, "UK": {"1": aggregation_power, "2": 0.5}}),
        result("order", ["France", "Japan"] if medium_score < 2 else ["Japan", "France"],
               unit="list"),
        result("word", "low" if medium_score < 2 else "high"),
        result("truth", price_basis == "nominal", unit="-"),
        result("asked", None if price_basis == "real_usd" else 1.5, note="There is no series."),
        sentence("verdict", f"It is {'below' if medium_score < 2 else 'above'} {grows} of 100."),
        sentence("same", f"It is {grows} of 100."),
        sentence("basis", "In nominal terms." if price_basis == "nominal" else "In real terms."),
    ]


AXES = {"medium_score": [1.2, 1.5, 2.0, 3.0], "aggregation_power": [-1.0, 0.0, 1.0],
        "price_basis": ["nominal", "real_usd"]}
