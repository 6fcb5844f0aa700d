"""Which parameter moves one result most: each is taken through its range alone."""

import difflib
from dataclasses import dataclass

from helpers import characters, parameters, results
from helpers.pipeline import chapters, execute, plan
from helpers.project import Project


class EffectError(ValueError):
    """A question that cannot be answered. One line."""


@dataclass(frozen=True)
class Effect:
    """What one parameter alone does to one result.

    Attributes
    ----------
    parameter : str
    baseline : dict
        Record of the result in the baseline.
    found : list of (str, dict or None, str)
        Value of the parameter as it is typed, the record under it (None if the run failed or does
        not have it), and why there is none.
    spread : float or None
        Largest distance from the baseline as a share of it; None where values are no numbers.
    moves : bool
        Whether anything moved, text included.
    """

    parameter: str
    baseline: dict
    found: list
    spread: float | None
    moves: bool


def settings(name: str) -> list:
    """Values a parameter is taken through: both ends of its range, or every other choice.

    A list of shares is taken to each of its corners.
    """
    standard = parameters.defaults()[name]
    if parameters.type_name(name) == "bool":
        return [not standard]
    if parameters.choices(name):
        return [choice for choice in parameters.choices(name) if choice != standard]
    ends = parameters.REGISTRY.bounds(name)
    if ends is None:
        count = len(standard)
        return [[float(place == corner) for place in range(count)] for corner in range(count)]
    return [type(standard)(end) for end in ends if end != standard]


def measure(project: Project, chapter: str, result: str, how: execute.How,
            given: dict | None = None, **options) -> list[Effect]:
    """What each parameter of a chapter does to one of its results, the strongest first.

    Parameters
    ----------
    project : Project
    chapter, result : str
    how : execute.How
    given : dict, optional
        Parameters that differ from the registry's defaults throughout.
    **options
        As for `execute.run_many`.

    Raises
    ------
    EffectError
        If the chapter has no such result or its baseline cannot be run.
    """
    found = chapters.read(project, chapter)
    given = given or {}
    start = plan.make(project, found.name, given)
    # By itself, since a name that is mistyped is to be told before all others run.
    [first] = execute.run_many(project, [start], how, **options)
    if first.status != "ok":
        raise EffectError(f"{found.name}: {first.status}: {first.reason}")
    baseline = _record(first, result)
    if baseline is None:
        raise EffectError(_no_such(first, result))
    planned = {}
    for name in found.parameters:
        for value in settings(name):
            try:
                parameters.validate({**given, name: value})
            except parameters.ParameterError:
                continue  # a horizon before the base year: no edition has it
            planned[name, parameters.literal(value)] = plan.make(
                project, found.name, {**given, name: value})
    runs = dict(zip(planned, execute.run_many(project, planned.values(), how, **options),
                    strict=True))
    records = {place: _record(run, result) for place, run in runs.items()}
    effects = [_effect(name, baseline, [
        (value, records[other, value], runs[other, value].reason)
        for other, value in planned if other == name])
        for name in found.parameters]
    return sorted(effects, key=lambda effect: (-(effect.spread or 0), not effect.moves))


def _no_such(run: execute.RunResult, result: str) -> str:
    """What is said of a result that a run does not have: the nearest name, or all of them."""
    known = [entry["name"] for entry in execute.ledger(run) if entry["type"] == "result"]
    near = difflib.get_close_matches(result, known, 1)
    return f"{run.chapter} records no result {characters.shown(result)}" + (
        f". Nearest name: {near[0]}." if near else f"; it records {', '.join(known) or 'none'}.")


def _record(run: execute.RunResult, result: str) -> dict | None:
    if run.status != "ok":
        return None
    return next((entry for entry in execute.ledger(run)
                 if entry["name"] == result and entry["type"] == "result"), None)


def _effect(name: str, baseline: dict, found: list) -> Effect:
    start, distances = baseline["value"], []
    for _, record, _ in found:
        number = record and results.kind_of_value(record["value"]) == "number"
        if number and results.kind_of_value(start) == "number" and start:
            distances.append(abs(record["value"] / start - 1))
    moves = any(record is None or record["text"] != baseline["text"] for _, record, _ in found)
    return Effect(name, baseline, found, max(distances, default=None), moves)


def in_lines(effects: list[Effect]) -> list[str]:
    """Effects for the terminal, the strongest first."""
    if not effects:
        return ["The chapter reads no parameter."]
    baseline = effects[0].baseline
    lines = [f"{baseline['label']}: {baseline['text']} as it stands"]
    for each in (each for each in effects if each.moves):
        by = "" if each.spread is None else f"up to {each.spread:.1%}: "
        values = ", ".join(f"{value}: {record['text'] if record else f'no value ({reason})'}"
                           for value, record, reason in each.found)
        lines.append(f"{each.parameter}: {by}{values}")
    still = [each.parameter for each in effects if not each.moves]
    if still:
        lines.append(f"Moved by none of these at the ends of their ranges: {', '.join(still)}.")
    return lines
