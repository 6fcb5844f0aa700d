"""Marks of a figure held against its data, before the figure is shown.

Artists know what they were drawn from. So a picture made from one frame and given out with another,
a limit that cuts a point, or a forecast drawn as an observation is found where it is made, under
every scenario, and not by a reader.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.ticker import LogFormatter, ScalarFormatter

FACTORS = (1.0, 100.0, 1e-3, 1e3)  # a share may be drawn in per cent, and millions as billions
CLOSE = 1e-6  # relative; coordinates are copies of the data
NUMBER = re.compile(r"(?<![\w.])[-\u2212+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\d.]*\w)")
LARGE = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}  # words of tick labels
NAMED = 0.5  # of a row or column that has a name; what is drawn within belongs to it
# Attributes of artists and axes: what cannot be seen from them alone.
AID, KIND, SCALE = "book_aid", "book_kind", "book_scale"


def aid(*artists) -> None:
    """Say of artists that they lead the eye and stand for no datum: a key, a rounded corner."""
    for artist in artists:
        setattr(artist, AID, True)


def of_kind(kind, *artists) -> None:
    """Say of artists that they are drawn as values of this kind are."""
    for artist in artists:
        setattr(artist, KIND, kind)


def scale(axes, **sides) -> None:
    """Say what the labels of an axes hide: ``x="linear"`` a scale with names on it, ``x="log"``
    one whose places are logarithms."""
    setattr(axes, SCALE, sides)


@dataclass(frozen=True)
class Drawn:
    """What one axes shows: the numbers on its scales, by artist, and its texts.

    Attributes
    ----------
    numbers : list of (artist, str, numpy.ndarray)
        Artist, ``x`` or ``y``, and its values there.
    lengths : list of (artist, numpy.ndarray)
        Length, start and end of each bar.
    places : dict
        Artist -> its middle (x, y).
    names : dict
        ``x`` or ``y`` -> {place: name} of an axis that names its places; absent for a scale.
    texts : list of str
    cut : list of float
        Values outside the limits of the axes.
    """

    numbers: list = field(default_factory=list)
    lengths: list = field(default_factory=list)
    places: dict = field(default_factory=dict)
    names: dict = field(default_factory=dict)
    texts: list = field(default_factory=list)
    cut: list = field(default_factory=list)


def faults(figure, data, *, kinds, looks, beside: Collection[str] = (),
           references: Collection[float] = (), least_points: float = 0) -> list[str]:
    """What a picture shows that its data do not hold, and the other way round.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    data : pandas.DataFrame
    kinds : dict
        Kind of a row of the data -> kind in which it is drawn.
    looks : dict
        Kind that is drawn -> how: ``marker``, and ``fill`` or hollow.
    beside : collection of str
        Columns of numbers that readers get and the picture does not show.
    references : collection of float
        Numbers that the picture shows and that are no data, such as the parity of two values.
    least_points : float
        Size of the smallest letters that a reader with a phone can read.

    Returns
    -------
    list of str
        Empty where picture and data agree.
    """
    unknown = [column for column in beside if column not in data.columns]
    if unknown:
        return [f"`beside` names {unknown[0]!r}, which is no column of the data"]
    drawn = [_drawn(axes) for axes in figure.axes]
    columns = _columns_of_numbers(data)
    return [
        *(f"the limits of an axis cut off {_short(each.cut)}" for each in drawn if each.cut),
        *_small_text(figure, least_points),
        *_scale_faults(figure),
        *_strange(drawn, data, columns, references),
        *_not_drawn(drawn, columns, beside),
        *_lost(drawn, columns, beside),
        *_wrong_rows(drawn, data, references),
        *_wrong_kinds(drawn, data, kinds),
        *_wrong_marks(drawn, looks),
    ]


# ------------------------------------------------------------------ what is drawn


def _drawn(axes) -> Drawn:
    found = Drawn(texts=_texts(axes))
    scales = {}
    for side, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
        names = _names(axis)
        scales[side] = axes.axison and names is None or (
            getattr(axes, SCALE, {}).get(side) == "linear")
        if names and not scales[side]:
            found.names[side] = names
    limits = {"x": sorted(axes.get_xlim()), "y": sorted(axes.get_ylim())}
    for artist, values in _points(axes):
        if hasattr(artist, AID):
            continue
        for side, along in values.items():
            if scales[side]:
                found.numbers.append((artist, side, along))
            if artist.get_clip_on():
                low, high = limits[side]
                room = 1e-9 * max(abs(low), abs(high), 1e-9)
                found.cut.extend(along[(along < low - room) | (along > high + room)])
        if len(values) == 2 and len(values["x"]):
            found.places[artist] = tuple(
                (np.nanmin(values[side]) + np.nanmax(values[side])) / 2 for side in "xy")
    for bar in axes.patches:
        if not isinstance(bar, Rectangle) or hasattr(bar, AID):
            continue
        found.places[bar] = bar.get_x() + bar.get_width() / 2, bar.get_y() + bar.get_height() / 2
        for side, start, length in (("x", bar.get_x(), bar.get_width()),
                                    ("y", bar.get_y(), bar.get_height())):
            if scales[side]:
                found.lengths.append((bar, np.array([length, start, start + length], float)))
            low, high = limits[side]
            room = 1e-9 * max(abs(low), abs(high))
            if bar.get_clip_on() and scales[side]:
                found.cut.extend(end for end in (start, start + length)
                                 if not low - room <= end <= high + room)
    return found


def _points(axes) -> Iterator[tuple]:
    """Each artist with its values in the units of the axes; a line across the axes has one side."""
    for line in axes.lines:
        x, y = (np.asarray(values, float) for values in (line.get_xdata(), line.get_ydata()))
        if line.get_transform() == axes.transData:
            yield line, {"x": x, "y": y}
        elif line.get_transform() == axes.get_xaxis_transform():  # upright across the axes
            yield line, {"x": x[:1]}
        elif line.get_transform() == axes.get_yaxis_transform():
            yield line, {"y": y[:1]}
    for shape in axes.collections:
        if isinstance(shape, PolyCollection):
            corners = np.concatenate([path.vertices for path in shape.get_paths()])
            yield shape, {"x": corners[:, 0], "y": corners[:, 1]}
        elif not isinstance(shape, LineCollection):
            corners = np.asarray(shape.get_offsets(), float)
            yield shape, {"x": corners[:, 0], "y": corners[:, 1]}


def _names(axis) -> dict[float, str] | None:
    """Names of the places of an axis; None for an axis whose labels are its numbers."""
    places, formatter = axis.get_majorticklocs(), axis.get_major_formatter()
    if len(places) and isinstance(formatter, ScalarFormatter | LogFormatter):
        return None
    labels = formatter.format_ticks(places)
    if len(places) and all(_reads(label, place) for label, place in
                           zip(labels, places, strict=True)):
        return None
    return {float(place): label for place, label in zip(places, labels, strict=True) if label}


def _reads(label, place) -> bool:
    digits, _, word = " ".join(label.removesuffix("%").split()).partition(" ")
    if not NUMBER.fullmatch(digits) or word and word not in LARGE:
        return False
    return abs(_number(digits) * LARGE.get(word, 1) - place) <= 1e-3 * max(abs(place), 1e-3)


def _texts(axes) -> list[str]:
    ticks = [*axes.get_xticklabels(), *axes.get_yticklabels()]
    return [text.get_text() for text in [*axes.texts, *ticks] if text.get_text()]


# ------------------------------------------------------------------ rules


def _small_text(figure, least: float) -> list[str]:
    """The first text whose letters are too small."""
    small = [text for text in figure.findobj(Text)
             if text.get_visible() and text.get_text().strip() and text.get_fontsize() < least]
    return [f"its text {text.get_text()!r} has {text.get_fontsize():g} points; a phone needs "
            f"{least:g}" for text in small[:1]]


def _scale_faults(figure) -> list[str]:
    """Whether the words say that an axis is logarithmic where it is, and only there."""
    logarithmic = any("log" in (axes.get_xscale(), axes.get_yscale(),
                                *getattr(axes, SCALE, {}).values()) for axes in figure.axes)
    words = " ".join([*getattr(figure, "book_words", {}).values(), *(text.get_text() for text in [
        *figure.texts, *(axes.xaxis.label for axes in figure.axes),
        *(axes.yaxis.label for axes in figure.axes)])])
    said = re.search(r"\blog(?:arithmic)?\b", words) is not None
    if logarithmic and not said:
        return ["an axis is logarithmic and no text says so; write 'log axis' into the subtitle"]
    if said and not logarithmic:
        return ["a text speaks of a log axis and every axis is linear"]
    return []


def _strange(drawn, data, columns, references) -> list[str]:
    """Numbers on a scale that are not in the data."""
    pool = _pool(data, columns, references)
    found = []
    for each in drawn:
        for _, side, values in each.numbers:
            missing = values[~_within(values, pool) & np.isfinite(values)]
            if len(missing):
                found.append(f"it draws {_short(missing)} along {side}, which its data do not hold")
        for _, (length, start, end) in each.lengths:
            if not (_within([length], pool)[0] or _within([start, end], pool).all()):
                found.append(f"it draws a bar of {_short([length])}, which its data do not hold")
    return found[:1]


def _not_drawn(drawn, columns, beside) -> list[str]:
    """Columns of numbers that the picture does not show, wholly or in part."""
    numbers = [values for each in drawn for _, _, values in each.numbers]
    numbers += [values for each in drawn for _, values in each.lengths]
    numbers = np.sort(np.concatenate(numbers)) if numbers else np.array([])
    tokens = [(_number(token), len(token.partition(".")[2]))
              for each in drawn for text in each.texts for token in NUMBER.findall(text)]
    found = []
    for column, values in columns.items():
        values = np.unique(values[values != 0])  # nothing is drawn as nothing
        if column in beside or not len(values):
            continue
        missing = min((_missing(values, factor, numbers, tokens) for factor in FACTORS), key=len)
        if len(missing):
            found.append(f"its data hold {_short(missing)} in {column}, which it does not show; "
                         f"draw them, or name the column in `beside`")
    return found[:1]


def _missing(values, factor, numbers, tokens):
    rest = values[~_within(values * factor, numbers)]
    if not len(rest) or not tokens:
        return rest
    known, places = np.array(tokens, float).T
    off = np.abs(rest[:, None] * factor - known[None, :])
    return rest[~(off <= 0.5000001 * 10.0 ** -places[None, :]).any(axis=1)]


def _lost(drawn, columns, beside) -> list[str]:
    """Rows of equal values that are more than the marks drawn of them."""
    sides = [np.sort(np.concatenate([values for each in drawn for _, along, values in each.numbers
                                     if along == side] or [np.array([])])) for side in "xy"]
    for column, values in columns.items():
        known, rows = np.unique(values[values != 0], return_counts=True)
        if column in beside or not (rows > 1).any():
            continue
        counted = [np.searchsorted(side, known * factor + room, "right")
                   - np.searchsorted(side, known * factor - room, "left")
                   for side in sides for factor in FACTORS
                   for room in [CLOSE * np.maximum(np.abs(known * factor), 1e-3)]]
        # Where a value is not drawn at all, it stands in a text, or is another column's by chance.
        fewer = [known[marks < rows] for marks in counted if (marks > 0).all()]
        if fewer and all(map(len, fewer)):
            return [f"its data hold more rows of {_short(min(fewer, key=len))} in {column} than it "
                    f"draws marks"]
    return []


def _wrong_rows(drawn, data, references) -> list[str]:
    """Values drawn beside the name of another row."""
    for each in drawn:
        if len(each.names) != 1:
            continue
        (named, names), = each.names.items()
        rows = {place: _rows_called(data, name) for place, name in names.items()}
        if not all(len(held) for held in rows.values()):
            continue  # the picture has names of its own, which data need not hold
        places = np.array(list(rows))
        pools = {place: _pool(data.iloc[held], _columns_of_numbers(data.iloc[held]), references)
                 for place, held in rows.items()}
        shown = [(artist, values) for artist, side, values in each.numbers if side != named]
        shown += [(bar, ends[:1]) for bar, ends in each.lengths]
        for artist, values in shown:
            if artist not in each.places:
                continue
            at = each.places[artist]["xy".index(named)]
            nearest = places[np.argmin(np.abs(places - at))]
            if abs(nearest - at) > NAMED:
                continue
            missing = values[~_within(values, pools[nearest])]
            if len(missing):
                return [f"it draws {_short(missing)} at {names[nearest]!r}, where its data hold "
                        f"other values"]
    return []


def _wrong_kinds(drawn, data, kinds) -> list[str]:
    """Marks whose kind is not that of their row."""
    marked = [(values, getattr(artist, KIND)) for each in drawn
              for artist, _, values in each.numbers if hasattr(artist, KIND)]
    marked += [(ends[:1], getattr(bar, KIND)) for each in drawn
               for bar, ends in each.lengths if hasattr(bar, KIND)]
    if not marked:
        return []
    columns = [column for column in data.columns
               if str(column) == "kind" or str(column).endswith("_kind")]
    if not columns:
        return ["its marks tell kinds of values, and its data have no column 'kind'"]
    numbers = _columns_of_numbers(data, holes=True)
    for values, kind in marked:
        rows = np.zeros(len(data), bool)
        for held in numbers.values():
            for factor in FACTORS:
                rows |= _within(held * factor, np.sort(values))
        told = {kinds[cell] for column in columns for cell in data.loc[rows, column].dropna()
                if cell in kinds}
        if kind not in told:
            return [f"it draws {_short(values)} as {kind}, and its data say "
                    f"{', '.join(sorted(told)) or 'nothing'}"]
    return []


def _wrong_marks(drawn, looks) -> list[str]:
    """Marks that are not drawn as their kind is."""
    for each in drawn:
        for artist, _, values in each.numbers:
            kind = getattr(artist, KIND, None)
            if kind is None or not isinstance(artist, Line2D):
                continue
            filled = to_rgba(artist.get_markerfacecolor()) == to_rgba(artist.get_markeredgecolor())
            if artist.get_marker() != looks[kind]["marker"] or filled != looks[kind]["fill"]:
                return [f"what it draws at {_short(values)} is not the mark of {kind} values"]
    return []


# ------------------------------------------------------------------ numbers of the data


def _columns_of_numbers(data, holes=False) -> dict:
    found = {}
    for column in data.columns:
        if pd.api.types.is_numeric_dtype(data[column]) and not pd.api.types.is_bool_dtype(
                data[column]):
            values = data[column].to_numpy(dtype=float, na_value=np.nan)
            found[column] = values if holes else values[np.isfinite(values)]
    return found


def _pool(data, columns, references=()):
    """All numbers that may be drawn, sorted: cells, ends of intervals, numbers within texts."""
    values = [held * factor for held in columns.values() for factor in FACTORS]
    for column, held in columns.items():
        error = columns.get(f"{column}_error")
        if error is not None and len(error) == len(held):
            values += [held - error, held + error]
    words = [str(column) for column in data.columns]
    words += [str(cell) for column in data.columns if column not in columns
              for cell in data[column].dropna().unique()]
    values.append(np.array([_number(token) for text in words for token in NUMBER.findall(text)]
                           + [0.0, *references], float))
    return np.sort(np.concatenate(values))


def _rows_called(data, name):
    """Positions of the rows of which a cell, or several joined, is this name."""
    plain = " ".join(name.split()).lower()
    held = np.zeros(len(data), bool)
    for column in data.columns:
        cells = data[column].astype("string").str.lower()
        held |= (cells == plain).fillna(False).to_numpy(bool)
    return np.flatnonzero(held)


def _within(values, pool):
    """Which values stand in a sorted pool."""
    values = np.asarray(values, float)
    if not len(pool):
        return np.zeros(len(values), bool)
    at = np.searchsorted(pool, values)
    room = CLOSE * np.maximum(np.abs(values), 1e-3)
    return ((np.abs(values - pool[np.clip(at - 1, 0, len(pool) - 1)]) <= room)
            | (np.abs(values - pool[np.clip(at, 0, len(pool) - 1)]) <= room))


def _number(token: str) -> float:
    return float(token.replace(",", "").replace("\u2212", "-"))


def _short(values, limit=3) -> str:
    shown = [f"{value:.6g}" for value in list(values)[:limit]]
    return ", ".join(shown) + (" and more" if len(values) > limit else "")
