"""Make the web fonts that are subsets: Chinese signs, and signs that the latin subset lacks.

``python vendor/make_fonts.py FOLDER``, where the folder is ``files`` of the npm package
``@fontsource/noto-sans-sc`` (``npm pack @fontsource/noto-sans-sc``, then unpack it). Which signs
are wanted follows from the catalogues and tables: a new text may need it again, as a test says.
"""

import sys
from pathlib import Path

from fontTools import subset

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from helpers.pipeline.site import signs  # noqa: E402  the book of this checkout

PAGES = ROOT / "vendor" / "pages" / "fonts"
WEIGHTS = ("400", "700")


def make(source: Path, target: Path, wanted: set[str]) -> None:
    """A font with some signs only, for pages."""
    options = subset.Options(flavor="woff2", layout_features=["kern", "locl", "mark", "ccmp"],
                             notdef_outline=True, hinting=False, desubroutinize=True)
    font = subset.load_font(source, options)
    made = subset.Subsetter(options)
    made.populate(text="".join(sorted(wanted)))
    made.subset(font)
    subset.save_font(font, target, options)
    print(f"{target.relative_to(ROOT)}: {len(wanted)} signs, {target.stat().st_size} bytes")


if __name__ == "__main__":
    noto = Path(sys.argv[1])
    for weight in WEIGHTS:
        source = noto / f"noto-sans-sc-chinese-simplified-{weight}-normal.woff2"
        make(source, PAGES / f"noto-sans-sc-{weight}.woff2", signs.of_catalogues(ROOT))
        make(ROOT / "vendor" / "fonts"
             / {"400": "SourceSans3_400Regular.ttf", "700": "SourceSans3_700Bold.ttf"}[weight],
             PAGES / f"source-sans-3-signs-{weight}.woff2", set(signs.BESIDE_LATIN))
    make(noto / "noto-sans-sc-chinese-simplified-400-normal.woff2",
         PAGES / "noto-sans-sc-names.woff2", signs.of_english_pages(ROOT))
