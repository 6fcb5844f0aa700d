"""Where a chapter says something else along one parameter, and what of it holds all the way.

The values kept ready are tried, then the stretches between neighbours that say other words are
halved down to the step of the control. Sentences that differ in numbers only say the same, be they
digits or words. What is told is what runs said, at values that are named: nothing is claimed of a
value that was not tried, but that two neighbours of a control have none between them.
"""

import difflib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from helpers import files, parameters, words
from helpers.pipeline import chapters, execute, plan, wording
from helpers.pipeline.execute import RunResult
from helpers.pipeline.live import address, answers
from helpers.pipeline.plan import Plan
from helpers.project import Project

MOST_RUNS = 64  # for one question; a control of forty stops takes fewer if it turns at every one
FOLDER = "tipping"
AROUND = 3  # words on either side of a change
SPELLED = re.compile(rf"\b({'|'.join(map(words.count_in_words, range(2, 11)))})\b", re.IGNORECASE)
REFUSED, FAILED = "refused", "failed"
Run = Callable[[list[Plan]], Sequence[RunResult]]


class TippingError(ValueError):
    """A question that cannot be answered. One line."""


@dataclass
class _Swept:
    """What was tried so far, by literal: the value, how it went, and what was said there."""

    values: dict[str, object] = field(default_factory=dict)
    runs: dict[str, RunResult] = field(default_factory=dict)
    said: dict[str, dict[str, str]] = field(default_factory=dict)  # sentences
    refused: dict[str, str] = field(default_factory=dict)

    def in_order(self) -> list[str]:
        return sorted(self.values, key=self.values.get)

    def marks(self, literal: str):
        """What two neighbours must agree in, or else the stretch between them is halved."""
        if literal not in self.said:
            return REFUSED if literal in self.refused else FAILED
        return {name: masked(text) for name, text in self.said[literal].items()}


def of(project: Project, chapter: str, name: str, given: Mapping | None = None, *,
       run: Run | None = None, most: int = MOST_RUNS) -> dict:
    """Where the sentences of a chapter turn along one parameter.

    Parameters
    ----------
    project : Project
    chapter : str
    name : str
        The parameter.
    given : mapping, optional
        Values of others, which are held. One of the parameter itself says nothing: turns are told
        on the way from its default, so that there is one answer wherever a reader stands.
    run : callable
        Runs plans, each of which goes into the store; by default as `book run` does.
    most : int
        Runs at most.

    Returns
    -------
    dict
        ``chapter``, ``parameter``, ``address`` of the values held, ``tried`` (literals in order),
        ``swept`` (first and last at which a run went well, or None), ``turns``, ``holds`` and
        ``results_held`` and ``exhibits_held`` (names), ``refused`` and ``failed`` (literal and
        reason), ``resolved``: whether every turn is known to one step.

    Raises
    ------
    TippingError
        If the chapter does not read the parameter, or no two values of it are compared.
    """
    steps, run = asking(project, chapter, name, given, most=most), run or _runner(project)
    try:
        wanted = next(steps)
        while True:
            wanted = steps.send(run(wanted))
    except StopIteration as done:
        return done.value


def asking(project: Project, chapter: str, name: str, given: Mapping | None = None, *,
           most: int = MOST_RUNS) -> Generator[list[Plan], Sequence[RunResult], dict]:
    """As `of`, for who runs plans by himself: yields some, wants their results, returns the answer.

    Raises
    ------
    TippingError
        As `of`.
    """
    base, given, file = _asked(project, chapter, name, given, most)
    told = _stored(file)
    if told is None:
        swept = yield from _sweep(project, base, name, given, most)
        told = _told(swept, base.chapter, name, given)
        if all(each.status in ("ok", "failed") for each in swept.runs.values()):
            files.replace({file: json.dumps(told, ensure_ascii=False, indent=1).encode()})
    return told


def known(project: Project, chapter: str, name: str, given: Mapping | None = None, *,
          most: int = MOST_RUNS) -> dict | None:
    """What `of` would tell if it was asked before, else None; nothing runs."""
    return _stored(_asked(project, chapter, name, given, most)[2])


def _asked(project: Project, chapter: str, name: str, given: Mapping | None,
           most: int) -> tuple[Plan, dict, Path]:
    """The plan at the default, what is held, and where the answer is kept."""
    found = chapters.read(project, chapter)
    if name not in found.parameters:
        reads = ", ".join(found.parameters) or "none"
        raise TippingError(f"{name} is not read by {found.name}; it reads {reads}.")
    if len(parameters.REGISTRY.grid(name)) < 2:
        raise TippingError(f"{name} is not swept: no two of its values are compared.")
    given = {each: value for each, value in (given or {}).items()
             if each in found.parameters and each != name}
    base = plan.make(project, found.name, given)
    return base, given, project.build / FOLDER / f"{_key(base, name, most)}.json"


def _runner(project: Project) -> Run:
    return lambda plans: execute.run_many(project, plans)


def _key(base: Plan, name: str, most: int) -> str:
    """Hash of all that the answer follows from: the key of the chapter, and how it was asked."""
    rest = {**base.parts, "parameters": {each: value for each, value in base.values.items()
                                         if each != name}}
    sources = [plan.sha256(Path(each).read_bytes())
               for each in (__file__, wording.__file__, answers.__file__)]
    return plan.key_of({"of": rest, "parameter": name, "most": most, "by": sources})[:32]


def _stored(file: Path) -> dict | None:
    try:
        return files.read_object(file)
    except (OSError, ValueError):
        return None


# ---- trying values

def _sweep(project: Project, base: Plan, name: str, given: Mapping,
           most: int) -> Generator[list[Plan], Sequence[RunResult], _Swept]:
    swept, left = _Swept(), most
    wanted = [base.values[name], *parameters.REGISTRY.grid(name)]
    while wanted:
        left -= yield from _try(project, base, name, given, wanted, swept, left)
        wanted = _halves(name, swept)[:left] if left > 0 else []
    return swept


def _try(project: Project, base: Plan, name: str, given: Mapping, wanted: Iterable, swept: _Swept,
         left: int) -> Generator[list[Plan], Sequence[RunResult], int]:
    """Try values that were not tried before; how many were run."""
    plans: dict[str, Plan] = {}
    for value in wanted:
        literal = parameters.literal(value)
        if literal in swept.values or len(plans) >= left:
            continue
        swept.values[literal] = value
        try:
            parameters.validate({**given, name: value})
        except parameters.ParameterError as error:
            swept.refused[literal] = str(error)
            continue
        plans[literal] = plan.with_values(project, base, {**given, name: value})
    if not plans:
        return 0
    done = yield list(plans.values())
    for literal, result in zip(plans, done, strict=True):
        swept.runs[literal] = result
        if result.status == "ok":
            records = answers.said(result).records.values()
            swept.said[literal] = {each["name"]: each["text"] for each in records
                                   if each["type"] == "sentence"}
    return len(plans)


def _halves(name: str, swept: _Swept) -> list:
    """Stops halfway between neighbours that differ, those of the widest stretches first."""
    if parameters.REGISTRY.step(name) is None:
        return []
    found = []
    order = swept.in_order()
    for left, right in zip(order, order[1:], strict=False):
        middle, marks = _middle(name, swept, left, right), [swept.marks(left), swept.marks(right)]
        # A run that failed may have taken minutes; another one beside it would as well.
        if middle is not None and marks[0] != marks[1] and FAILED not in marks:
            found.append((swept.values[left] - swept.values[right], middle))
    return [middle for _, middle in sorted(found)]


def _middle(name: str, swept: _Swept, left: str, right: str):
    """The stop halfway between two values; None where there is none between them."""
    low, high = swept.values[left], swept.values[right]
    middle = parameters.REGISTRY.nearest_stop(name, (low + high) / 2)
    return middle if low < middle < high else None


# ---- telling what was found

def _told(swept: _Swept, chapter: str, name: str, given: Mapping) -> dict:
    here = parameters.literal(parameters.defaults()[name])
    ordered = parameters.REGISTRY.step(name) is not None
    tried = swept.in_order() if ordered else list(swept.values)
    well = [literal for literal in tried if literal in swept.said]
    turns = (_along if ordered else _from_here)(swept, name, tried, here)
    return {
        "chapter": chapter, "parameter": name,
        "address": address.of(given),
        "tried": tried, "swept": [well[0], well[-1]] if len(well) > 1 else None,
        "turns": turns, **_held(swept, well),
        "refused": [{"value": literal, "reason": swept.refused[literal]}
                    for literal in tried if literal in swept.refused],
        "failed": [{"value": literal, "reason": f"{each.status}: {each.reason}"}
                   for literal in tried
                   if (each := swept.runs.get(literal)) and each.status != "ok"],
        "resolved": not ordered or not _halves(name, swept)}


def _held(swept: _Swept, well: Sequence[str]) -> dict:
    """Names of what was the same at every value tried; none where there were no two."""
    if len(well) < 2:
        return {"holds": [], "results_held": [], "exhibits_held": []}
    all_said = [swept.said[literal] for literal in well]
    runs = [answers.said(swept.runs[literal]) for literal in well]
    results = [{name: entry["text"] for name, entry in each.records.items()
                if entry["type"] == "result"} for each in runs]
    exhibits = [{name: (output["data"], output["metadata"]) for name, output
                 in each.exhibits.items()} for each in runs]
    return {"holds": _same([{name: masked(text) for name, text in each.items()}
                            for each in all_said]),
            "results_held": _same(results), "exhibits_held": _same(exhibits)}


def _same(many: Sequence[Mapping]) -> list[str]:
    first, *others = many
    return [name for name, told in first.items()
            if all(name in each and each[name] == told for each in others)]


def _along(swept: _Swept, name: str, tried: Sequence[str], here: str) -> list[dict]:
    """Turns between neighbours, each told on the way from the default."""
    found = []
    for left, right in zip(tried, tried[1:], strict=False):
        if left not in swept.said or right not in swept.said:
            continue
        upwards = swept.values[left] >= swept.values[here]
        near, far = (left, right) if upwards else (right, left)
        where = f"from {far} {'up' if upwards else 'down'}"
        if _middle(name, swept, left, right) is not None:
            where = f"somewhere between {left} and {right}"
        found += _turns(swept, near, far, [left, right], where)
    return sorted(_folded(found, here), key=lambda turn: abs(
        swept.values[turn["between"][0]] - swept.values[here]))


def _folded(turns: Iterable[dict], here: str) -> list[dict]:
    """One turn in place of two that lead from the default, up and down, to the same words."""
    found = defaultdict(list)
    for turn in turns:
        begins = here in turn["between"]
        found[(turn["sentence"], masked(turn["to"])) if begins else id(turn)].append(turn)
    folded = []
    for first, *others in found.values():
        if others:
            [other] = others
            ends = sorted({*first["between"], *other["between"]} - {here}, key=float)
            first = {**first, "between": ends,
                     "words": f"{changed(first['from'], first['to'])}, away from {here}"}
        folded.append(first)
    return folded


def _from_here(swept: _Swept, name: str, tried: Sequence[str], here: str) -> list[dict]:
    """Turns from the default to each other choice."""
    return [turn for literal in tried if {literal, here} <= swept.said.keys()
            for turn in _turns(swept, here, literal, [here, literal], f"with {literal}")]


def _turns(swept: _Swept, near: str, far: str, between: list[str], where: str) -> list[dict]:
    before, after = swept.said[near], swept.said[far]
    found = []
    for sentence in dict.fromkeys([*before, *after]):
        old, new = before.get(sentence, ""), after.get(sentence, "")
        if masked(old) != masked(new):
            found.append({"sentence": sentence, "between": between, "from": old, "to": new,
                          "words": f"{changed(old, new)}, {where}"})
    return found


def masked(text: str) -> str:
    """What a sentence says apart from its numbers."""
    return SPELLED.sub("0", wording.NUMBER.sub("0", text))


def changed(old: str, new: str) -> str:
    """The words that differ, with a few around them; numbers alone are no difference."""
    before, after = old.split(), new.split()
    if not before or not after:
        return f"[{wording.shortened(old) or 'nothing'} -> {wording.shortened(new) or 'nothing'}]"
    matcher = difflib.SequenceMatcher(a=list(map(masked, before)), b=list(map(masked, after)),
                                      autojunk=False)
    parts, codes = [], matcher.get_opcodes()
    for place, (sort, a, b, c, d) in enumerate(codes):
        if sort != "equal":
            parts.append(f"[{wording.shortened(' '.join(before[a:b]))} -> "
                         f"{wording.shortened(' '.join(after[c:d]))}]")
            continue
        kept = after[c:d]
        first = kept[:AROUND] if place else []
        last = kept[-AROUND:] if place < len(codes) - 1 else []
        if len(first) + len(last) < len(kept):
            kept = [*first, "…", *last]
        parts.append(" ".join(kept))
    return " ".join(parts)


def in_lines(told: Mapping) -> list[str]:
    """The answer for the terminal."""
    name, tried = told["parameter"], told["tried"]
    lines = [f"{turn['sentence']}: {turn['words']}" for turn in told["turns"]]
    if told["swept"]:
        low, high = told["swept"]
        way = (f"at {len(tried) - len(told['refused']) - len(told['failed'])} values of {name} "
               f"from {low} to {high}" if parameters.REGISTRY.step(name) is not None
               else f"under {len(tried)} values of {name}")
        if not told["turns"]:
            lines.append(f"No sentence says other words {way}.")
        for sort, names in (("Sentences", told["holds"]), ("Results", told["results_held"]),
                            ("Figures and tables", told["exhibits_held"])):
            if names:
                lines.append(f"{sort} that held {way}: {', '.join(names)}.")
    else:
        lines.append(f"No two values of {name} ran, so nothing is known.")
    lines += [f"{name} = {each['value']}: {each['reason']}"
              for each in (*told["refused"], *told["failed"])]
    if not told["resolved"]:
        lines.append(f"Not every turn was followed to its step: {len(tried)} values were tried.")
    return lines
