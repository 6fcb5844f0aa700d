"""Rules for outputs: what tests cannot compare or readers cannot use."""

from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.parts import at, numbered

SHORTEST_ALT = 6  # words of the alternative text of a figure
LONGEST_ALT = 300  # letters; a screen reader reads them in one go


def output_faults(chapter: Chapter) -> list[str]:
    """Outputs that tests cannot compare or readers cannot use."""
    found, shown, again = [], 0, f"type: book accept {chapter.name}"
    for place, cell in numbered(chapter):
        def add(text: str, place=place) -> None:
            found.append(at(chapter, place, text))

        if cell.get("execution_count") != place:
            add(f"it has no outputs, or those of another order; {again}")
        pictures = 0
        for output in cell.get("outputs", []):
            if output["output_type"] in ("stream", "error", "execute_result"):
                add(f"it prints {_printed(output)!r}. Record or show it; then {again}")
                continue
            kinds, about = set(output.get("data", {})), output.get("metadata", {}).get("book", {})
            shown += bool(about)
            if kinds & {"image/png", "image/jpeg"}:
                add("it has a bitmap, which nobody can compare. Show it by figures.show")
            for wrong in about.get("disagrees", ()):
                add(f"figure {about['figure']} and its data disagree: {wrong}. Mend one of them; "
                    f"then {again}")
            if "image/svg+xml" in kinds:
                pictures += 1
                if len(about.get("alt", "").split()) < SHORTEST_ALT:
                    add(f"its figure has no alternative text of {SHORTEST_ALT} words. Give "
                        f"figures.show an `alt` that says what is seen")
                if len(about.get("alt", "")) > LONGEST_ALT:
                    add(f"the alternative text of figure {about.get('figure')} has "
                        f"{len(about['alt'])} letters. Say what is seen in at most {LONGEST_ALT}: "
                        f"its data stand below it as a table")
        if pictures > 1:
            add(f"it has {pictures} figures. Give each a cell of its own")
    if not shown:
        found.append(f"{chapter.name} shows no figure and no table. Use figures.show or "
                     f"tables.show; then {again}")
    return found


def _printed(output: dict) -> str:
    text = output.get("text") or output.get("data", {}).get("text/plain") or output.get("evalue")
    return "".join(text or "")[:60]
