"""SVG of matplotlib made small and plain: a drawing that a page can hold as its own.

The policy of the pages refuses style attributes, a page has several figures and each of its ids
once, and readers load every byte. So properties become attributes of their own, groups and ids
that nothing needs go, ids that are referred to begin with the name of the figure, and coordinates
have two decimals: a hundredth of a point, which nobody sees.
"""

import re
from collections.abc import Mapping
from xml.etree import ElementTree

from helpers import colours

DIGITS = 2
OPENING = '<svg class="book-drawing"'
CLOSING = "</svg>"
SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
DROPPED = {f"{SVG}metadata", f"{SVG}style", f"{SVG}title"}
FAMILY = "'Source Sans 3', 'Source Sans Pro', system-ui, sans-serif"
NUMBER = re.compile(r"-?\d*\.\d+(?:e-?\d+)?|-?\d+e-?\d+")
ANY_NUMBER = re.compile(r"-?[\d.]+(?:e-?\d+)?")
REFERENCE = re.compile(r"url\(#([^)]+)\)")
BETWEEN = re.compile(r"\s*\n\s*|(?<=[A-Za-z])\s+|\s+(?=[A-Za-z])")
UPRIGHT = re.compile(r"rotate\(-?0 .*\)")
MOVED = re.compile(r"translate\((\S+) (\S+)\)")
# What holds unless an element says otherwise; the root says of joins what SVG does not.
STOCK = {"stroke-width": "1", "stroke-linecap": "butt", "stroke-linejoin": "round",
         "stroke-dashoffset": "0", "text-anchor": "start", "fill-opacity": "1",
         "stroke-opacity": "1", "opacity": "1", "font-weight": "400"}
LINE = 1.28  # from one line of text to the next, in sizes of its letters
AIR = 9  # points between the lines above a drawing and the drawing


def plain(picture: str, name: str, alt: str) -> str:
    """A picture of matplotlib as a drawing without styles.

    Parameters
    ----------
    picture : str
        SVG text whose letters are text (``svg.fonttype`` is ``none``).
    name : str
        Of the figure; ids begin with it.
    alt : str
        What the drawing shows, as its label.

    Returns
    -------
    str
        One ``<svg class="book-drawing">`` without line breaks between its parts. The same picture
        gives the same text.
    """
    root = ElementTree.fromstring(picture)
    _tiled(root)
    _, _, width, height = root.get("viewBox").split()
    used = {}  # ids that something refers to, in the order in which they are first met
    for element in root.iter():
        for key, value in element.attrib.items():
            found = REFERENCE.findall(value) if "url(#" in value else ()
            for each in (*found, *([value[1:]] if key == LINK else ())):
                used.setdefault(each, f"{name}-{len(used) + 1}")
    size = rounded(f"{width} {height}").split()
    pieces = [f'{OPENING} viewBox="0 0 {size[0]} {size[1]}" width="{size[0]}" height="{size[1]}" '
              f'role="img" aria-label="{escaped(alt)}" font-family="{FAMILY}" '
              f'stroke-linejoin="round">']
    for child in root:
        _write(child, used, pieces)
    return "".join([*pieces, CLOSING])


def of(picture: str) -> str:
    """The drawing within a picture that stands alone; the whole of any other."""
    start = picture.find(OPENING)
    return picture if start < 0 else picture[start:picture.index(CLOSING, start) + len(CLOSING)]


def on_page(picture: str, prefix: str, details: str = "") -> str:
    """The drawing of a picture as part of a page: its colours follow the page's.

    Parameters
    ----------
    picture : str
        From `alone`, or a drawing.
    prefix : str
        With which its ids begin, so that no two of a page are the same.
    details : str
        Id of what describes it at length.
    """
    drawn = re.sub(r'^(<svg class="book-drawing") y="[^"]*"', r"\1", of(picture))
    if details:
        drawn = drawn.replace(' role="img"', f' role="img" aria-details="{details}"', 1)
    names = dict.fromkeys(re.findall(r' id="([^"]+)"', drawn))
    new = {name: f"{prefix}-{place}" for place, name in enumerate(names, 1)}
    return colours.on_page(re.sub(r'( id="|url\(#|href="#)([^")]+)',
                                  lambda found: found[1] + new.get(found[2], found[2]), drawn))


def alone(drawing: str, *, alt: str, head, foot, width: float, margin: float = 2) -> str:
    """A picture that stands alone: lines of text above and below a drawing.

    Parameters
    ----------
    drawing : str
        From `plain`.
    alt : str
        What it shows.
    head, foot : list of (str, float, str, str)
        Lines with their size in points, weight and colour.
    width : float
        Of the picture, in points.
    margin : float
        Left of the lines, in points.
    """
    height = float(re.search(r' height="([^"]+)"', drawing)[1])
    y, lines = 4.0, {"head": [], "foot": []}
    top = 0.0
    for part, texts in (("head", head), ("foot", foot)):
        for text, size, weight, colour in texts:
            y += size * LINE
            bold = f' font-weight="{weight}"' if weight != "400" else ""
            lines[part].append(f'<text x="{margin:g}" y="{rounded(f"{y:.3f}")}" '
                               f'font-size="{size:g}"{bold} fill="{colour}">{escaped(text)}</text>')
        if part == "head":
            top = y + AIR
            y = top + height + 2
    total = rounded(f"{y + 8:.3f}")
    inner = drawing.replace(OPENING, f'{OPENING} y="{rounded(f"{top:.3f}")}"', 1)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {total}" '
        f'width="{width:g}pt" height="{total}pt" font-family="{FAMILY}" role="img" '
        f'aria-label="{escaped(alt)}">',
        f'<rect width="{width:g}" height="{total}" fill="#ffffff"/>', *lines["head"], inner,
        *lines["foot"], CLOSING]) + "\n"


def rounded(text: str) -> str:
    """Text with every number cut to two decimals, in the shortest form."""
    return NUMBER.sub(_short, text)


def _short(found: re.Match) -> str:
    text = f"{float(found[0]):.{DIGITS}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def escaped(text: str) -> str:
    """Text as content or value of XML."""
    return (text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            .replace('"', "&quot;").replace("\n", " "))


def _write(element, used: Mapping[str, str], pieces: list[str]) -> None:
    if element.tag in DROPPED:
        return
    tag = element.tag.removeprefix(SVG)
    attributes = _attributes(element, tag, used)
    if tag in ("g", "defs") and not len(element):
        return
    inside: list[str] = [escaped(element.text)] if tag == "text" and element.text else []
    for child in element:
        _write(child, used, inside)
    if tag in ("g", "defs") and not inside:
        return
    if tag == "g" and not attributes:
        pieces += inside
        return
    opened = "".join([tag, *(f' {key}="{value}"' for key, value in attributes.items())])
    pieces += [f"<{opened}>", *inside, f"</{tag}>"] if inside else [f"<{opened}/>"]


def _tiled(root) -> None:
    """Cut each pattern of lines or dots to the one tile that repeats in it.

    Matplotlib draws hundreds of dots, of eight curves each, into one pattern.
    """
    for pattern in root.iter(f"{SVG}pattern"):
        paper, marks = pattern
        pieces = [f"M{piece}" for piece in marks.get("d").split("M")[1:]]
        places = [tuple(map(float, ANY_NUMBER.findall(piece)[:4])) for piece in pieces]
        step = places[1][0] - places[0][0] if len(places) > 1 else 0
        side, tile = float(pattern.get("width")), 2 * step
        if step <= 0 or side % tile:
            continue
        if "C" in pieces[0]:
            kept = [max(place[:2]) <= 1.5 * tile and min(place[:2]) >= -tile for place in places]
        elif all(x + y == to_x + to_y for x, y, to_x, to_y in places):  # rising lines
            kept = [-step <= x + y <= 2 * tile + step for x, y, _, _ in places]
        else:
            continue
        marks.set("d", "".join(piece for piece, stays in zip(pieces, kept, strict=True) if stays))
        for sheet, more in ((pattern, 0), (paper, 1)):
            sheet.set("width", f"{tile + more:g}")
            sheet.set("height", f"{tile + more:g}")


def _attributes(element, tag: str, used: Mapping[str, str]) -> dict[str, str]:
    """Attributes of an element, its style among them."""
    found = {}
    for key, value in element.attrib.items():
        if key == "id":
            if value in used:
                found["id"] = used[value]
        elif key == "style":
            for part in filter(None, value.split(";")):
                name, _, said = part.partition(":")
                found[name.strip()] = said.strip()
        elif key == LINK:
            found["href"] = f"#{used[value[1:]]}"
        else:
            found[key] = value
    found.pop("font-family", None)  # one for all, at the root
    for key in [key for key, value in found.items() if STOCK.get(key) == value]:
        del found[key]
    if tag == "text":
        found.setdefault("fill", "#000000")  # left out by matplotlib
        _stand(found)
    if "d" in found:
        found["d"] = BETWEEN.sub("", rounded(found["d"])).strip()
    if "font-size" in found:
        found["font-size"] = found["font-size"].removesuffix("px")
    return {key: REFERENCE.sub(lambda ref: f"url(#{used[ref[1]]})", value) if "url(#" in value
            else escaped(value if key in ("d", "id", "href") or value.startswith("#")
                         else rounded(value))
            for key, value in found.items()}


def _stand(found: dict[str, str]) -> None:
    """Write the place of a text as x and y where it is not turned."""
    turned = found.get("transform", "")
    moved = MOVED.fullmatch(turned)
    if UPRIGHT.fullmatch(turned):
        del found["transform"]
    elif moved:
        found["x"], found["y"] = moved.groups()
        del found["transform"]
