"""What a sweep found: its rows, which parameter moves which result, which sentences flip."""

import itertools
from collections.abc import Iterable, Iterator, Sequence

from helpers import parameters, results, words
from helpers.pipeline import wording

TOLD = ("type", "result", "part", "label", "unit", "status", "scope", "value", "value_json",
        "kind", "text", "note")
JOIN = " / "  # between the keys of a mapping within a mapping
SERIES = ["chapter", "result", "part"]


def parts(value, above: tuple[str, ...] = ()) -> Iterator[tuple[str, object]]:
    """The single values within a value, each with its key; of a list the places, from 1.

    Parameters
    ----------
    value : object
        As a record keeps it.
    above : tuple of str
        Keys of the mappings around it.
    """
    inside = value
    if isinstance(value, list):
        inside = {str(place): item for place, item in enumerate(value, 1)}
    if not isinstance(inside, dict) or not inside:
        yield JOIN.join(above), value
        return
    for key, item in inside.items():
        yield from parts(item, (*above, key))


def rows(ledger: Iterable[dict]) -> Iterator[tuple]:
    """Records of a run as rows with the columns `TOLD`.

    A result that is a mapping or a list has a row for each of its parts and none for the whole.
    Quotes are what the paper prints and no assumption moves them; they have no row.
    """
    for entry in ledger:
        if entry["type"] == "sentence":
            yield ("sentence", entry["name"], "", "", "", "", "", None, "", "text", entry["text"],
                   "")
        elif entry["type"] == "result":
            flat = results.flat(entry)
            for part, value in parts(entry["value"]):
                if part:
                    text = words.format_value(value, entry["unit"])
                    flat |= results.flat({**entry, "value": value, "text": text})
                yield tuple({**flat, "type": "result", "part": part}[name] for name in TOLD)


def effects(frame, varied: Sequence[str]):
    """How far each parameter moves each result while the others are held.

    Parameters
    ----------
    frame : pandas.DataFrame
        As `sweep.run` returns it.
    varied : sequence of str
        Parameters that the sweep varies.

    Returns
    -------
    pandas.DataFrame
        One row per result or part and parameter: ``chapter, result, part, parameter``;
        ``spread``, the distance between the lowest and highest value over those of the parameter,
        averaged over the values of the others; ``largest`` of these distances; ``share``, the
        spread as a share of the largest absolute value in the sweep; ``held``, how many
        combinations of the others it is averaged over. The largest share comes first. A parameter
        that never varies alone has no row, since nobody can say what it does.
    """
    import pandas as pd

    numbers = frame[frame["value"].notna()]
    size = numbers["value"].abs().groupby([numbers[name] for name in SERIES]).max()
    found = []
    for name in varied:
        others = [other for other in varied if other != name]
        groups = numbers.groupby([*SERIES, *others], sort=False, dropna=False)
        told = groups.agg(low=("value", "min"), high=("value", "max"), values=(name, "nunique"))
        told = told[told["values"] > 1].reset_index()
        spread = told["high"] - told["low"]
        by_series = spread.groupby([told[column] for column in SERIES])
        found.append(pd.DataFrame({"spread": by_series.mean(), "largest": by_series.max(),
                                   "held": by_series.size()}).reset_index()
                     .assign(parameter=name))
    columns = [*SERIES, "parameter", "spread", "largest", "share", "held"]
    if not found:
        return pd.DataFrame(columns=columns)
    together = pd.concat(found, ignore_index=True)
    largest = together.set_index(SERIES).index.map(size).to_numpy(dtype=float)
    together["share"] = (together["spread"] / largest).fillna(0.0)
    return together.sort_values("share", ascending=False, kind="stable")[columns].reset_index(
        drop=True)


def wordings(frame):
    """Which wording each sentence has: A for the first, B for the next; empty for results.

    Parameters
    ----------
    frame : pandas.DataFrame
        As `sweep.run` returns it.
    """
    found = frame["type"].astype("str").str[:0]  # as long, and empty
    sentences = frame[frame["type"] == "sentence"]
    if sentences.empty:
        return found
    masks = sentences["text"].map(wording.masked)
    place = masks.groupby([sentences["chapter"], sentences["result"]]).transform(
        lambda column: column.factorize()[0])
    found.loc[place.index] = place.map(_letter)
    return found


def _letter(place: int) -> str:
    """A, B, … Z, AA, AB, …"""
    text = ""
    place += 1
    while place:
        place, sign = divmod(place - 1, 26)
        text = chr(ord("A") + sign) + text
    return text


def flips(frame, varied: Sequence[str]) -> list[dict]:
    """Sentences that say something else, numbers aside, and between which values they turn.

    Neighbouring values of one parameter are held against each other, the others being the same.
    Where no parameter varies alone, scenarios are held against the one without a change, or the
    first.

    Parameters
    ----------
    frame, varied
        As for `effects`.

    Returns
    -------
    list of dict
        ``chapter, sentence, parameter, before, after`` (values; of scenarios their names, and
        ``parameter`` empty), ``old`` and ``new`` (texts of one pair), ``count`` of pairs that turn
        this way ``of`` how many there are, ``pieces`` (wording without numbers, as
        `wording.pieces` has it).
    """
    told = frame[frame["type"] == "sentence"].assign(_wording=wordings(frame))
    variants = told.groupby(["chapter", "result"], sort=False)["_wording"].transform("nunique")
    told = told[variants > 1]
    found = []
    for (chapter, name), rows_of in told.groupby(["chapter", "result"], sort=False):
        turned = [flip for parameter in varied
                  for flip in _turns(rows_of, parameter,
                                     [other for other in varied if other != parameter])]
        found += [{"chapter": chapter, "sentence": name, **flip}
                  for flip in turned or _against_one(rows_of, varied)]
    return found


def _turns(told, parameter: str, others: list[str]) -> list[dict]:
    """Flips of one sentence between neighbouring values of one parameter."""
    order = {value: place for place, value in enumerate(in_order(parameter, told[parameter]))}
    told = told.assign(_place=told[parameter].map(order).astype(int)).sort_values(
        [*others, "_place"], kind="stable")
    merged: dict[tuple, dict] = {}
    pairs: dict[tuple, int] = {}
    groups = [told] if not others else [
        group for _, group in told.groupby(others, sort=False, dropna=False)]
    for group in groups:
        lines = list(zip(group[parameter], group["_wording"], group["text"], strict=True))
        for (before, first, old), (after, second, new) in itertools.pairwise(lines):
            if before == after:
                continue
            pairs[before, after] = pairs.get((before, after), 0) + 1
            if first != second:
                flip = merged.setdefault((before, after, first, second), {
                    "parameter": parameter, "before": before, "after": after, "old": old,
                    "new": new, "count": 0, "pieces": _pieces(old, new)})
                flip["count"] += 1
    return [{**flip, "of": pairs[flip["before"], flip["after"]]} for flip in merged.values()]


def _against_one(told, varied: Sequence[str]) -> list[dict]:
    """Flips of one sentence from the scenario without a change to each other one."""
    standard = parameters.defaults()
    same = [all(plain(row[name]) == plain(standard.get(name)) for name in varied)
            for row in told[list(varied)].to_dict("records")]
    first = told.iloc[same.index(True) if True in same else 0]
    return [{"parameter": "", "before": first["scenario"], "after": row["scenario"],
             "old": first["text"], "new": row["text"], "count": 1, "of": 1,
             "pieces": _pieces(first["text"], row["text"])}
            for row in told.to_dict("records") if row["_wording"] != first["_wording"]]


def _pieces(old: str, new: str) -> list[list[str]]:
    return [[piece.old, piece.new]
            for piece in wording.pieces(wording.masked(old), wording.masked(new))]


def plain(value):
    """A value of a parameter as a column of the frame holds it."""
    return parameters.literal(value) if isinstance(value, list) else value


def orders(frame, failed: Iterable[dict], varied: Sequence[str]) -> dict[str, list]:
    """Values of each parameter in their order, those of failed runs among them."""
    return {name: in_order(name, [*frame[name].unique(),
                                  *(run["parameters"][name] for run in failed)])
            for name in varied}


def in_order(parameter: str, values: Iterable) -> list:
    """Different values of a parameter: numbers by size, choices as the registry lists them."""
    different = list(dict.fromkeys(values))
    choices = list(parameters.choices(parameter)) if parameter in parameters.names() else []
    if choices and set(different) <= set(choices):
        return sorted(different, key=choices.index)
    return sorted(different)
