"""Names of folders: two things that differ never share one, on any file system."""

import hashlib
import json
import re

from helpers import parameters
from helpers.parameters import BASELINE

MARK = re.compile(r"(^|-)[0-9a-f]{12}$")
LONGEST = 66  # letters, before a mark


def edition_name(scenario: str, changes: dict, places: tuple[str, ...] = ()) -> str:
    """Name of an edition, which is also that of its folder.

    Names that can be read back stay as they are: those of scenarios, and the baseline with plain
    values (``baseline-horizon-year-2030``). All others end in a hash of what they stand for.

    Parameters
    ----------
    scenario : str
    changes : dict
        What is set otherwise than in the scenario, in the order of the registry.
    places : tuple of str
        Paths of a scenario file or of a reader's own tables.
    """
    parts = [f"{name}-{parameters.literal(value)}".replace("_", "-").lower()
             for name, value in changes.items()]
    if places:
        return marked("-".join([scenario, *parts]), json.dumps([scenario, changes, *places]))
    if not changes:
        # What begins like the baseline with a change could be taken for one.
        alike = scenario.startswith(f"{BASELINE}-")
        return marked(scenario, scenario) if alike else file_name(scenario)
    plain = "-".join([scenario, *parts])
    if (scenario == BASELINE and all(file_name(part) == part for part in parts)
            and file_name(plain) == plain):
        return plain
    return marked(plain, json.dumps([scenario, changes]))


def file_name(text: str) -> str:
    """A name that is safe as a folder, another one for every text.

    A text that is safe stays as it is: small letters and digits, with signs only inside, not too
    long. Any other ends in a hash, and so does a text that looks as if it did.
    """
    plain = text and _safe(text) == text and not MARK.search(text)
    return text if plain else marked(text, text)


def _safe(text: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower())[:LONGEST].strip("-._")


def marked(text: str, meant: str) -> str:
    """A name that begins like a text and ends in a hash of what it stands for."""
    mark = hashlib.sha256(meant.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return f"{_safe(text)}-{mark}".lstrip("-")
