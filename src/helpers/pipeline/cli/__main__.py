"""``python -m helpers.pipeline.cli``: the command ``book`` without its script."""

from helpers.pipeline.cli import main

main(prog_name="book")
