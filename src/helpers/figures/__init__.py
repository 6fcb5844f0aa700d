"""House style of figures, and `show`, which puts a figure and its data into the notebook.

Every figure reads alone: a bold title on the left states the finding, the line under it names
measure, unit and scope, series are labelled where they end, the source stands below. Kinds of
value differ in line and fill, never by colour alone (`KINDS`).

Figures leave as SVG without a date and with fixed ids, so that nbval can compare them; nbval
skips PNG. They carry their data as CSV in the same output: readers get it as a download, and a
change of the plotted numbers turns the regression check red even where the picture looks alike.
`show` refuses a picture that disagrees with them (`marks`): a point cut off, a bar of another
frame, a value beside another row's name, a forecast drawn as observed. A number that is drawn and
no datum is named in `references`, a column that is data and not drawn in `beside`.
"""

from matplotlib import ticker  # chapters place the ticks of their own axes with it

from helpers.figures.bars import stacked_bars
from helpers.figures.dots import intervals
from helpers.figures.effects import blocks_height, effect_bars
from helpers.figures.marks import aid
from helpers.figures.matrices import (
    chips,
    chips_height,
    dot_rows,
    heat_map,
)
from helpers.figures.networks import (
    hasse_diagram,
    node_link,
)
from helpers.figures.parts import (
    bar,
    label,
    log_axis,
    named_rows,
    point,
    year_axis,
)
from helpers.figures.style import (
    ACCENT,
    DRAWN_AS,
    GRID,
    INK,
    KINDS,
    MUTED,
    PALE,
    PAPER,
    SECOND,
    SECOND_INK,
    SECOND_LABEL,
    SMALL_WIDTH,
    SOURCE_POINTS,
    STYLE,
    SUBTITLE_POINTS,
    TEXT_POINTS,
    TITLE_POINTS,
    WIDTH,
    FigureError,
    kind_drawn,
    luminance,
    new,
    readable_ink,
    shade,
    show,
)
from helpers.figures.timelines import (
    TIMELINE_AIR,
    TIMELINE_BAND,
    packed_lanes,
    timeline,
    timeline_height,
)

__all__ = [
    "ACCENT",
    "DRAWN_AS",
    "GRID",
    "INK",
    "KINDS",
    "MUTED",
    "PAPER",
    "SECOND",
    "PALE",
    "SECOND_INK",
    "SECOND_LABEL",
    "SMALL_WIDTH",
    "SOURCE_POINTS",
    "STYLE",
    "SUBTITLE_POINTS",
    "TEXT_POINTS",
    "TIMELINE_AIR",
    "TIMELINE_BAND",
    "TITLE_POINTS",
    "WIDTH",
    "FigureError",
    "aid",
    "bar",
    "blocks_height",
    "chips",
    "chips_height",
    "dot_rows",
    "effect_bars",
    "hasse_diagram",
    "heat_map",
    "intervals",
    "kind_drawn",
    "label",
    "log_axis",
    "luminance",
    "named_rows",
    "new",
    "node_link",
    "packed_lanes",
    "point",
    "readable_ink",
    "shade",
    "show",
    "stacked_bars",
    "ticker",
    "timeline",
    "timeline_height",
    "year_axis",
]
