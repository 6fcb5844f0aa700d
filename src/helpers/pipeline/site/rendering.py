"""Pieces of pages that differ between editions, from the theme's templates.

Sphinx does not render these: what stands in them would make it write every page of another edition
anew. They come into a page through its source, or after Sphinx.
"""

from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from helpers import words
from helpers.pipeline.site import wording
from helpers.pipeline.site.frame import THEME


def render(template: str, **values) -> str:
    """HTML of one of the theme's ``partials``; values are escaped."""
    return _environment().get_template(template).render(**values)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(THEME / "partials"), autoescape=True,
                       undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals["_"] = wording._
    made.filters |= {"in_words": words.in_words, "coded": _coded}
    return made


def _coded(text: str) -> Markup:
    """Text with what stands between back quotes as code."""
    pieces = escape(text).split("`")
    return Markup("").join(Markup("<code>{}</code>").format(Markup(piece)) if place % 2
                           else Markup(piece) for place, piece in enumerate(pieces))
