"""Pictures to take along: an SVG that looks alike everywhere, and a PNG of twice its size.

The SVG carries the fonts of the pages, the same few letters of them. The PNG is drawn by resvg:
one wheel that needs nothing of the system and draws with the fonts that it is given. CairoSVG
would need the library cairo, which an installation by pip does not bring, and takes its fonts from
the system. A PNG is made once for each picture and kept in the build folder.
"""

import base64
import hashlib
import re
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from helpers.pipeline.site import kept
from helpers.project import Project

DRAWN_WITH = {"400": "SourceSans3_400Regular.ttf", "700": "SourceSans3_700Bold.ttf"}
CARRIED = {weight: f"source-sans-3-latin-{weight}-normal.woff2" for weight in DRAWN_WITH}
FOLDER = "pages/fonts"  # of the fonts of the pages, within vendor
FAMILY = "Source Sans 3"
DPI = 96  # pixels of CSS in an inch
ENLARGED = 2  # pixels of a PNG for each CSS pixel of the picture
START = re.compile(r"<svg [^>]*>")


def alone(picture: str, project: Project) -> bytes:
    """A picture with the fonts that it needs; as it is where the book has none."""
    faces = "".join(_face(file, weight) for weight, name in CARRIED.items()
                    if (file := project.vendor / FOLDER / name).is_file()
                    and (weight == "400" or f'font-weight="{weight}"' in picture))
    if not faces:
        return picture.encode()
    return START.sub(lambda found: f"{found[0]}<style>{faces}</style>", picture, count=1).encode()


@lru_cache(maxsize=8)
def _face(file: Path, weight: str) -> str:
    font = base64.b64encode(file.read_bytes()).decode()
    return (f'@font-face{{font-family:"{FAMILY}";font-weight:{weight};'
            f"src:url(data:font/woff2;base64,{font})}}")


def png(picture: str, project: Project) -> bytes:
    """A picture as PNG, at twice its size."""
    fonts = tuple(file for name in DRAWN_WITH.values()
                  if (file := project.vendor / "fonts" / name).is_file())
    parts = [picture.encode(), Path(__file__).read_bytes(), metadata.version("resvg_py").encode(),
             *map(_bytes, fonts)]
    return kept.get(project.build, hashlib.sha256(b"\0".join(parts)).hexdigest(),
                    lambda: _drawn(picture, fonts))


@lru_cache(maxsize=4)
def _bytes(file: Path) -> bytes:
    return hashlib.sha256(file.read_bytes()).digest()


def _drawn(picture: str, fonts: tuple[Path, ...]) -> bytes:
    import resvg_py  # an edition whose figures are all kept needs it not

    return bytes(resvg_py.svg_to_bytes(
        svg_string=picture, zoom=ENLARGED, dpi=DPI, skip_system_fonts=True,
        font_files=list(map(str, fonts)), sans_serif_family=FAMILY))
