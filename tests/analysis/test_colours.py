"""Colours of figures: known by name, legible in both themes, told apart by readers of any sight."""

import itertools
import json
import re

import pytest
from small_book import REAL

from helpers import colours, drawing
from helpers.pipeline.site.frame import THEME

LIGHT_AND_DARK = ("light", "dark")
ON_PAPER = [each for each in colours.ALL if not each.name.startswith(("pale-", "on-", "paper"))
            and each.name not in ("grid", "edge")]
FILLS = [each for each in colours.ALL if each.ink]


@pytest.mark.parametrize("theme", LIGHT_AND_DARK)
@pytest.mark.parametrize("fill", FILLS, ids=lambda each: each.name)
def test_text_on_a_fill_can_be_read(fill, theme):
    ink = colours.NAMED[fill.ink]
    assert colours.contrast(getattr(fill, theme), getattr(ink, theme)) >= colours.READABLE


@pytest.mark.parametrize("theme", LIGHT_AND_DARK)
@pytest.mark.parametrize("name", ["ink", "muted", "second-ink", "second-label", "accent"])
def test_text_on_paper_can_be_read(name, theme):
    paper = getattr(colours.PAPER, theme)
    assert colours.contrast(getattr(colours.NAMED[name], theme), paper) >= colours.READABLE


@pytest.mark.parametrize("theme", LIGHT_AND_DARK)
@pytest.mark.parametrize("name", ["accent", "second", "context", "ink", "muted"])
def test_lines_and_marks_stand_out_from_paper(name, theme):
    paper = getattr(colours.PAPER, theme)
    assert colours.contrast(getattr(colours.NAMED[name], theme), paper) >= colours.VISIBLE


def test_each_colour_has_a_name_of_its_own_and_is_one():
    assert len({each.name for each in colours.ALL}) == len(colours.ALL)
    assert len({each.light for each in colours.ALL}) == len(colours.ALL)
    written = [value for each in colours.ALL for value in (each.light, each.dark)]
    assert all(re.fullmatch("#[0-9a-f]{6}", value) for value in written)


def test_steps_of_a_scale_go_from_paper_to_its_colour_one_way():
    for end, steps in colours.SCALES.items():
        light = [colours.luminance(step.light) for step in steps]
        dark = [colours.luminance(step.dark) for step in steps]
        assert light == sorted(light, reverse=True) and dark == sorted(dark)
        assert len(steps) == colours.STEPS + 1 and steps[-1].light == end


def test_the_style_sheet_has_the_colours_as_they_are_listed():
    css = (THEME / "static" / "figures.css").read_text()
    assert colours.style_sheet() in css, (
        "figures.css: paste what helpers.colours.style_sheet() gives over its end")


def test_a_drawing_on_a_page_has_variables_and_the_light_colour_to_fall_back_on():
    shown = colours.on_page('<path fill="#0173b2" stroke="none"/><path fill="#123456"/>')
    assert shown == ('<path fill="var(--figure-accent,#0173b2)" stroke="none"/>'
                     '<path fill="#123456"/>')
    assert colours.unknown('<path fill="#0173b2"/><path fill="#123456"/>') == ["#123456"]


# ------------------------------------------------------------------ sight of other readers

# Machado, Oliveira and Fernandes (2009), severity 1.0; applied to amounts of light.
SIGHTS = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
               (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
               (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
               (0.004733, 0.691367, 0.303900)),
    "grey": ((0.2126, 0.7152, 0.0722),) * 3,
}
APART = 12.0  # CIE76; beside each other, fields of colour this far apart look unlike


def seen(colour: str, sight: str) -> tuple[float, ...]:
    """A colour as L, a, b of CIELAB for a reader of a certain sight."""
    light = colours.linear(colour)
    red, green, blue = (min(1.0, max(0.0, sum(w * c for w, c in zip(row, light, strict=True))))
                        for row in SIGHTS[sight])
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    x, y, z = (each ** (1 / 3) if each > 0.008856 else 7.787 * each + 16 / 116
               for each in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: str, other: str, sight: str) -> float:
    return sum((a - b) ** 2 for a, b in zip(seen(one, sight), seen(other, sight),
                                            strict=True)) ** 0.5


# What tells values apart; ink of axes, grid, paper and letters do not.
TELLING = {each.light for each in colours.ALL if each.ink or each.name in ("context", "muted")}
MARK = re.compile(r"<(path|use)\b([^>]*?)/?>")
TEXT = re.compile(r"<text\b([^>]*)>")
NEAR = 9.0  # points up or down from a mark to a text that names it


def attributes(text: str) -> dict[str, str]:
    return dict(re.findall(r'([\w-]+)="([^"]*)"', text))


def marks(picture: str) -> list[tuple[str, tuple, bool]]:
    """Marks of a drawing that tell something: colour, cues beside it, whether a text names it.

    Cues are the outline of a mark, a dash, and whether it is filled, hollow or hatched. A text
    names a mark where it stands in its row, or on it.
    """
    shapes = dict(re.findall(r'<path id="([^"]+)" d="([^"]+)"', picture))
    hatches = {name: set(re.findall(r"#[0-9a-f]{6}", inside)) for name, inside in re.findall(
        r'<pattern id="([^"]+)"[^>]*>(.*?)</pattern>', picture)}
    rows = [float(held["y"]) for held in map(attributes, TEXT.findall(picture)) if "y" in held]
    found = []
    for tag, said in MARK.findall(re.sub(r"<(defs|pattern|clipPath)\b.*?</\1>", "", picture)):
        held = attributes(said)
        fill, line = held.get("fill", "none"), held.get("stroke", "none")
        hatch = hatches.get(fill[5:-1], set()) if fill.startswith("url") else set()
        body = "hatched" if hatch else "hollow" if fill in ("none", "#ffffff") else "filled"
        cue = (shapes.get(held.get("href", "")[1:], tag), held.get("stroke-dasharray", ""), body)
        heights = [float(held["y"])] if tag == "use" else [
            float(y) for y in re.findall(r"-?[\d.]+ (-?[\d.]+)", held["d"])]
        named = any(min(heights) - NEAR <= y <= max(heights) + NEAR for y in rows)
        found += [(colour, cue, named) for colour in {fill, line} & TELLING | hatch & TELLING]
    return found


def alike(picture: str) -> list[tuple[str, str, str]]:
    """Pairs of colours of a drawing that some reader cannot tell, and that nothing else tells."""
    cues = {}
    for colour, cue, named in marks(picture):
        if not named:
            cues.setdefault(colour, set()).add(cue)
    return [(colours.KNOWN[one].name, colours.KNOWN[other].name, sight)
            for one, other in itertools.combinations(sorted(cues), 2) if cues[one] & cues[other]
            for sight in SIGHTS if distance(one, other, sight) < APART]


def committed():
    """Figures of the committed chapters: (chapter and name, picture)."""
    for file in sorted(REAL.chapters.glob("*.ipynb")):
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                told = output.get("metadata", {}).get("book", {})
                if "figure" in told:
                    yield f"{file.stem}/{told['figure']}", "".join(output["data"]["image/svg+xml"])


COMMITTED = dict(committed())


@pytest.mark.parametrize("name", COMMITTED)
def test_a_figure_has_listed_colours_alone_and_no_style(name):
    picture = COMMITTED[name]
    assert drawing.OPENING in picture and " style=" not in picture
    assert colours.unknown(drawing.of(picture)) == []


@pytest.mark.parametrize("name", COMMITTED)
def test_colours_of_a_figure_are_told_apart_by_every_reader(name):
    assert alike(drawing.of(COMMITTED[name])) == []


def plot(*lines) -> str:
    body = "".join(f'<path d="M0 0L9 9" fill="none" stroke="{colour}"{more}/>'
                   for colour, more in lines)
    return f"{drawing.OPENING}>{body}</svg>"


def test_a_pair_that_some_readers_cannot_tell_is_found_and_a_dash_doubles_it():
    green, red = "#7db8da", "#e5b8db"  # a blue and a rose of one lightness
    found = alike(plot((green, ""), (red, "")))
    assert ("pale-blue", "pale-rose", "grey") in found
    assert alike(plot((green, ""), (red, ' stroke-dasharray="4,2"'))) == []
    assert alike(plot((colours.ACCENT.light, ""), (colours.SECOND.light, ""))) == []


def test_a_text_in_the_row_of_a_mark_names_it():
    picture = plot(("#7db8da", ""), ("#e5b8db", ""))
    assert alike(picture.replace("</svg>", '<text x="20" y="5">one</text></svg>')) == []
    assert alike(picture.replace("</svg>", '<text x="20" y="50">one</text></svg>'))
