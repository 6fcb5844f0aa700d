"""Every colour of the figures: on light paper, on dark paper, and in forced colours.

A picture is drawn once, in the colours of light paper. On a page each of them becomes a variable
with that colour as its fallback (`on_page`), and the style sheet (`style_sheet`) says what the
variable is in the dark and in forced colours, where a reader's system allows a few colours only.
So no drawing needs to know who looks at it. Two colours that look alike and turn into unlike ones
are two entries, told apart by the last digit.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

TEXT, BACK, LINK, GREY = "CanvasText", "Canvas", "LinkText", "GrayText"  # of a system
BLACK, WHITE = "#000000", "#ffffff"
READABLE, VISIBLE = 4.5, 3.0  # contrasts that WCAG asks of text, and of lines and marks
STEPS = 12  # of the scale of a colour: halves, thirds, quarters and sixths are steps of it
USED = re.compile(r'\b(fill|stroke)="(#[0-9a-f]{6})"')


@dataclass(frozen=True)
class Colour:
    """One colour of the figures.

    Attributes
    ----------
    name : str
        Of the variable, after ``--figure-``. Fills that a system with forced colours does not
        show begin with ``pale-``: there they get an outline.
    light, dark : str
        The colour on light and on dark paper.
    forced : str
        The colour of the system in its stead.
    ink : str
        Name of the colour of text on it; empty for what no text stands on.
    """

    name: str
    light: str
    dark: str
    forced: str
    ink: str = ""


def channels(colour: str) -> tuple[float, float, float]:
    """Red, green and blue of ``#rrggbb``, 0 to 1."""
    red, green, blue = (int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def linear(colour: str) -> tuple[float, float, float]:
    """Red, green and blue as amounts of light, 0 to 1."""
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
                        for each in channels(colour))
    return red, green, blue


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it, 0 (black) to 1 (white)."""
    return sum(weight * each for weight, each in
               zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours as WCAG defines it, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(low: str, high: str, share: float) -> str:
    """A colour on the way from one to another."""
    return "#" + "".join(f"{round(255 * (a + (b - a) * share)):02x}" for a, b in
                         zip(channels(low), channels(high), strict=True))


PAPER = Colour("paper", WHITE, "#14171a", BACK)
# Text on fills: on pale ones, on those that are light in both themes, on those that turn light.
# Plain black would go unsaid in SVG, where it is what text has.
INKS = (Colour("on-pale", "#000001", WHITE, TEXT), Colour("on-middle", "#000002", BLACK, BACK),
        Colour("on-strong", "#fffffe", BLACK, BACK))
ACCENT = Colour("accent", "#0173b2", "#6cb8ec", LINK, "on-strong")  # what the title speaks of
SECOND = Colour("second", "#c67c00", "#e9a64b", TEXT, "on-middle")  # what it is held against
OTHERS = (
    Colour("ink", "#1a1a1a", "#e6e9ec", TEXT),
    Colour("muted", "#5c5c5c", "#a9b2ba", TEXT),
    Colour("grid", "#e3e3e3", "#343b42", GREY),
    Colour("edge", "#c4c4c4", "#565e66", GREY),
    Colour("context", "#8c8c8c", "#8b949c", GREY),  # marks that are context only
    Colour("second-ink", "#8a5200", "#eeb363", TEXT),  # the second colour as text
    Colour("second-label", "#9a5a00", "#f3bd74", TEXT, "on-strong"),
    Colour("pale-band", "#f7f7f7", "#1f2429", BACK, "on-pale"),
    Colour("pale-grey", "#e9e9e9", "#31373d", BACK, "on-pale"),
    Colour("pale-middle", "#d4d4d4", "#4a5157", BACK, "on-pale"),
    Colour("pale-blue", "#7db8da", "#3f6b8a", BACK, "on-pale"),
    Colour("pale-rose", "#e5b8db", "#6f4167", BACK, "on-pale"),
)
TURN = 8  # step from which a scale is too light, in the dark, for white letters


def _scale(end: Colour) -> tuple[Colour, ...]:
    """Steps from the paper to a colour, the two ends left out."""
    return tuple(
        Colour(f"pale-{end.name}-{step}" if step < TURN else f"{end.name}-{step}",
               mixed(PAPER.light, end.light, step / STEPS),
               mixed(PAPER.dark, end.dark, step / STEPS),
               BACK if step < TURN else end.forced, "on-pale" if step < TURN else "on-middle")
        for step in range(1, STEPS))


SCALES = {end.light: (PAPER, *_scale(end), end) for end in (ACCENT, SECOND)}
ALL = (PAPER, *INKS, ACCENT, SECOND, *OTHERS,
       *(step for steps in SCALES.values() for step in steps[1:-1]))
NAMED = {each.name: each for each in ALL}
KNOWN = {each.light: each for each in ALL}


def unknown(drawing: str) -> list[str]:
    """Colours of a drawing that are none of these."""
    return sorted({colour for _, colour in USED.findall(drawing)} - set(KNOWN))


def on_page(drawing: str) -> str:
    """A drawing with its colours as variables of the page."""
    return USED.sub(lambda found: f'{found[1]}="{_variable(found[2])}"', drawing)


def _variable(colour: str) -> str:
    known = KNOWN.get(colour)
    return f"var(--figure-{known.name},{colour})" if known else colour


def style_sheet() -> str:
    """What the colours of drawings are in the dark and where a system has its own."""
    dark = _values((each.name, each.dark) for each in ALL)
    forced = _values((each.name, each.forced) for each in ALL)
    return (f'@media screen {{ html[data-theme="dark"] .book-drawing {{ {dark} }} }}\n'
            f'@media screen and (prefers-color-scheme: dark) {{\n'
            f'  html[data-theme="auto"] .book-drawing {{ {dark} }} }}\n'
            f"@media (forced-colors: active) {{\n"
            f"  .book-drawing, .book-drawing * {{ forced-color-adjust: none; }}\n"
            f"  html[data-theme] .book-drawing {{ {forced} }}\n"
            f'  .book-drawing [fill^="var(--figure-pale-"] {{ stroke: CanvasText; }}\n'
            f'  .book-drawing [stroke^="var(--figure-grid"] {{ stroke-opacity: 0.3; }} }}\n')


def _values(named: Iterable[tuple[str, str]]) -> str:
    return " ".join(f"--figure-{name}: {value};" for name, value in named)
