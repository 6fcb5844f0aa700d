"""House style of figures (colours, kinds of value, fonts), and a figure's way into the notebook.

Importing this module sets the style for the whole process.
"""

import io
from functools import lru_cache

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib import font_manager
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.ft2font import LoadFlags

from helpers import colours, downloads, drawing
from helpers.figures import marks
from helpers.project import Project

ACCENT = colours.ACCENT.light  # what the title speaks of
SECOND = colours.SECOND.light  # what it is held against
SECOND_INK = colours.NAMED["second-ink"].light  # the same as text
SECOND_LABEL = colours.NAMED["second-label"].light  # the same beside a line or mark of it
PALE = colours.NAMED["context"].light  # marks that are context only
INK, MUTED, GRID, EDGE = (
    colours.NAMED[name].light for name in ("ink", "muted", "grid", "edge"))
PAPER = colours.PAPER.light

WIDTH = 5.4  # inches; a column of text on a phone shows it so that no letter is under 9 pixels
SMALL_WIDTH = 3.4  # of a card: two beside each other on a page, one as wide as a phone's column
SMALL_TITLE_POINTS = 12
TITLE_POINTS, SUBTITLE_POINTS, SOURCE_POINTS, TEXT_POINTS = 14, 11, 9.8, 10.5
LEAST_POINTS = 9.8  # of any text in a drawing

# Kind of value -> how it is drawn. Printed observations are solid, forecasts open and dashed,
# what we derive is hollow and dotted: three cues that survive a grey printout.
KINDS = {
    "observed": {"linestyle": "-", "marker": "o", "fill": True, "hatch": None},
    "forecast": {"linestyle": "--", "marker": "D", "fill": False, "hatch": "////"},
    "derived": {"linestyle": ":", "marker": "s", "fill": False, "hatch": "...."},
    "outside": {"linestyle": "-.", "marker": "^", "fill": True, "hatch": None},
}

# Kinds of printed values that tables tell apart and pictures do not: what is not yet so is open.
DRAWN_AS = {**{kind: kind for kind in KINDS}, "budget": "forecast", "announcement": "forecast",
            "deal": "observed", "estimate": "derived"}

READS = ("vendor/fonts/*.ttf",)  # part of the key of every run that draws
for _file in sorted(Project.current().root.glob(READS[0])):
    font_manager.fontManager.addfont(_file)

STYLE = {
    "font.family": "Source Sans 3",
    "font.size": TEXT_POINTS,
    "axes.labelsize": TEXT_POINTS,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": matplotlib.cycler(color=[ACCENT, SECOND, MUTED]),
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "ytick.alignment": "center",  # the stock baseline alignment sets labels too low
    "text.color": INK,
    "text.parse_math": False,  # a text of the data with two dollar signs is no formula
    "figure.facecolor": "none",  # the page behind it is light or dark
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "hatch.linewidth": 0.7,
    "svg.fonttype": "none",  # letters as text, which can be read aloud, selected and translated
    "svg.hashsalt": "book",  # fixed ids: two runs give the same bytes
}

matplotlib.use("agg")  # the notebook's own backend would add a second copy of each figure, as PNG
matplotlib.rcParams.update(STYLE)


class FigureError(ValueError):
    """A figure that would reach readers without what they need to read it."""


def new(title, subtitle, *, source, height=3.4, width=WIDTH, rows=1, columns=1, **subplots):
    """Start a figure in the house style.

    Parameters
    ----------
    title : str
        The finding, as one sentence without a full stop; wrapped to the width.
    subtitle : str
        Measure, unit and scope.
    source : str
        Where the numbers come from; stands below the figure.
    height : float
        Height of the drawing in inches. Title, subtitle and source are no part of it: on a page
        they are text, and a picture that stands alone has them above and below.
    width : float
        Width in inches; `SMALL_WIDTH` for a card on a page that gathers findings.
    rows, columns : int
        Number of axes. Further keywords go to ``matplotlib.pyplot.subplots``.

    Returns
    -------
    (matplotlib.figure.Figure, matplotlib.axes.Axes or array of Axes)

    Raises
    ------
    FigureError
        If title, subtitle or source is empty.
    """
    for part, value in (("title", title), ("subtitle", subtitle), ("source", source)):
        if not value.strip():
            raise FigureError(f"A figure needs a {part}.")
    figure, axes = plt.subplots(
        rows, columns, figsize=(width, height), layout="constrained", **subplots
    )
    figure.book_words = {"title": title, "subtitle": subtitle, "source": source}
    figure.get_layout_engine().set(w_pad=0.02, h_pad=0.02)
    return figure, axes


def _wrap(text, points, weight="normal", width=WIDTH):
    """Break text into lines that fit the figure's width, measured with the real font."""
    limit, space = width * 72 * 0.99, _length(" ", points, weight)
    lines, line, reached = [], [], 0.0
    for word in text.split():
        length = _length(word, points, weight)
        if line and reached + length > limit:
            lines.append(" ".join(line))
            line, reached = [], 0.0
        line.append(word)
        reached += length + space
    return [*lines, " ".join(line)]


@lru_cache(maxsize=4096)
def _length(text, points, weight):
    """Length in points of a word: where a letter after it would stand.

    Words are measured one by one and remembered: laying out a line anew for each word that is
    added to it took a tenth of the time of all chapters together.
    """
    properties = font_manager.FontProperties(family="Source Sans 3", weight=weight)
    font = font_manager.get_font(font_manager.findfont(properties))
    font.set_size(points, 720)  # ten times too large, since positions are rounded
    return font.set_text(text + "|", flags=LoadFlags.NO_HINTING)[-1][0] / 640


def kind_drawn(kind):
    """Kind of `KINDS` in which a value of a table's kind is drawn."""
    if kind not in DRAWN_AS:
        raise FigureError(f"A value of the kind {kind!r} has no mark; known: "
                          f"{', '.join(DRAWN_AS)}.")
    return DRAWN_AS[kind]


def show(figure, name, *, alt, data, beside=(), references=(), for_page=""):
    """Put a figure into the notebook as SVG, with its alternative text and its data.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    name : str
        File stem of the download, unique in the chapter.
    alt : str
        What the figure shows, for who cannot see it; at least a sentence.
    data : pandas.DataFrame
        What is plotted, tidy, with units in the column names. Where marks tell kinds of values,
        the column ``kind``, or one that ends in ``_kind``, tells them as well.
    beside : sequence of str
        Columns of numbers that readers get and the picture does not show.
    references : sequence of float
        Numbers that the picture shows and that are no data, such as a line at 1.
    for_page : str
        A page beside the chapters that shows the figure in the chapter's stead, such as
        ``"intro"``. The chapter's own page leaves it out.

    Raises
    ------
    FigureError
        If the alternative text is missing or too short, there are no data, or the name cannot be
        that of a file.

    Notes
    -----
    Where the picture does not agree with the data (see `helpers.figures.marks`), the output says
    so, and `book check`, `book accept` and the tests are red.
    """
    alt = " ".join(alt.split())
    fault = downloads.fault(name, alt)
    if fault:
        raise FigureError(f"Figure {name!r}: {fault}.")
    if len(alt.split()) < 6:
        raise FigureError(f"Figure {name!r}: alt text must say what is shown; got {alt!r}.")
    if data is None or data.empty:
        raise FigureError(f"Figure {name!r}: give the plotted data, for readers to reuse.")
    from IPython.display import display

    wrong = marks.faults(figure, data, kinds=DRAWN_AS, looks=KINDS, beside=beside,
                         references=references, least_points=LEAST_POINTS)
    words = {part: " ".join(text.split()) for part, text in
             {"alt": alt, **getattr(figure, "book_words", {})}.items()}
    drawn = drawing.plain(_svg(figure), name, alt)
    wrong += [f"its colour {colour} is not in helpers.colours, so the dark would not know it"
              for colour in colours.unknown(drawn)]
    picture = _alone(drawn, figure.get_figwidth(), words)
    plt.close(figure)
    display(
        {"image/svg+xml": picture, "text/csv": downloads.to_csv(data),
         # Runs are compared by it, and metadata are not.
         "text/plain": "\n".join([f"Figure {name}", *(
             f"{part}: {text}" for part, text in words.items())])},
        # Told, not raised: who asks for other assumptions is to see a page. No gate lets it pass.
        raw=True, metadata={"book": {"figure": name, **words,
                                     **({"for_page": for_page} if for_page else {}),
                                     **({"disagrees": wrong} if wrong else {})}},
    )


def _alone(drawn, width, words) -> str:
    """A drawing as a picture that stands alone, with its words around it."""
    points = TITLE_POINTS if width > SMALL_WIDTH else SMALL_TITLE_POINTS
    head = [(line, points, "700", INK)
            for line in _wrap(words.get("title", ""), points, "bold", width)]
    head += [(line, SUBTITLE_POINTS, "400", MUTED)
             for line in _wrap(words.get("subtitle", ""), SUBTITLE_POINTS, width=width)]
    foot = [(line, SOURCE_POINTS, "400", MUTED)
            for line in _wrap(f"Source: {words.get('source', '')}", SOURCE_POINTS, width=width)]
    return drawing.alone(drawn, alt=words["alt"], head=head, foot=foot, width=width * 72)


def _svg(figure) -> str:
    """Picture of a figure, drawn once.

    Saving a figure that has a layout engine draws it twice, the first time only to arrange it.
    Arranging it first gives the same bytes, since both happen at the resolution of SVG.
    """
    FigureCanvasSVG(figure)
    figure.dpi = 72
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine(None)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue().decode()


def readable_ink(fill):
    """Colour of text on a fill: that which can be read on it, on light pages and on dark ones.

    Black or white always reaches the contrast ratio of 4.5 that WCAG asks of text; the softer ink
    of the figures does not on fills of middle lightness.
    """
    known = colours.KNOWN.get(fill)
    if known and known.ink:
        return colours.NAMED[known.ink].light
    black, white = (colours.NAMED[name].light for name in ("on-pale", "on-strong"))
    fill = matplotlib.colors.to_hex(fill)
    return black if colours.contrast(fill, black) >= colours.contrast(fill, white) else white


def luminance(colour):
    """Relative luminance of a colour as WCAG defines it, 0 (black) to 1 (white)."""
    return colours.luminance(matplotlib.colors.to_hex(colour))


def shade(share, colour=ACCENT):
    """Fill between white (share 0) and a colour (share 1): the nearest of twelve steps.

    Raises
    ------
    FigureError
        For a colour that has no scale.
    """
    if colour not in colours.SCALES:
        raise FigureError(f"{colour} has no scale; ACCENT and SECOND have one.")
    step = round(float(np.clip(share, 0, 1)) * colours.STEPS)
    return colours.SCALES[colour][step].light
