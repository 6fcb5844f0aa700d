"""Rules for records: what prose, other chapters or comparisons could not use."""

import json
import re
from collections.abc import Collection

from helpers import results
from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.parts import prose_of

GLUED = re.compile(r"\{glue:text\}`([a-z0-9_]+)[^`]*`")


def ledger_faults(chapter: Chapter, claims: Collection[str] | None = None) -> list[str]:
    """Records that prose, other chapters or comparisons could not use.

    Parameters
    ----------
    chapter : Chapter
    claims : collection of str, optional
        Ids that a record may rest on; None where the book has no such table.
    """
    entries, found = results.entries(chapter.notebook), []
    if not any(entry["type"] == "result" for entry in entries):
        found.append(f"{chapter.name} records no result. Use results.record; "
                     f"then type: book accept {chapter.name}")
    recorded = [entry["name"] for entry in entries]
    found += [f"{chapter.name} records {name!r} twice. Rename one of them."
              for name in dict.fromkeys(recorded) if recorded.count(name) > 1]
    for text in prose_of(chapter):
        found += [f"{chapter.name}, prose: {name!r} is glued in and no cell records it. Correct "
                  f"the name, or type: book accept {chapter.name}"
                  for name in GLUED.findall(text) if name not in recorded]
    for entry in entries:
        found += [f"{chapter.name}, record {entry['name']}: there is no claim {claim!r}. Correct "
                  f"the id." for claim in entry["claims"]
                  if claims is not None and claim not in claims]
        try:
            json.dumps(entry, allow_nan=False)
        except ValueError:
            found.append(f"{chapter.name}, record {entry['name']}: it is not finite. Refuse it "
                         f"with results.refuse.")
    return found
