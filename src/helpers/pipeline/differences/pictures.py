"""Whether two pictures show the same."""

import re

# Coordinates have two decimals, and another processor may round the last of them otherwise.
LAST_DIGIT = 1.5e-2
COORDINATE = re.compile(r"(?<![\w#.])[-+]?\d+(?:\.\d+)?(?![\w.])")


def same_picture(old: str, new: str) -> bool:
    """Whether two SVG texts draw the same: names of parts and the last digits may differ."""
    if old == new:
        return True
    old, new = _renamed(old), _renamed(new)
    if COORDINATE.sub("0", old) != COORDINATE.sub("0", new):
        return False
    return all(a == b or abs(float(a) - float(b)) <= LAST_DIGIT for a, b in
               zip(COORDINATE.findall(old), COORDINATE.findall(new), strict=True))


def _renamed(svg: str) -> str:
    """SVG text with the ids of its parts counted in the order of their first appearance.

    Matplotlib makes them from coordinates, whose last digits another Python may round otherwise.
    """
    ids = {name: f"id{place}" for place, name in enumerate(
        dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg)))}
    return re.sub(r'(\bid="|url\(#|href="#)([^")]+)',
                  lambda found: found[1] + ids.get(found[2], found[2]), svg)
