"""What a paper stands on: numbers, named facts and marks by section, lists and references.

Works on the tables transcribed from the paper. All counts are per section as printed; nothing
here judges whether a number or a reference is right.
"""

from helpers.paper_profile._checks import ProfileError
from helpers.paper_profile.lists import jaccard, list_overlaps, mention_matrix, synonyms
from helpers.paper_profile.references import citation_matrix, expand_references, reference_use
from helpers.paper_profile.sections import (
    COUNTS_OF_THE_TEXT,
    EVIDENCE_KINDS,
    NOT_YET_SEEN,
    SIDES,
    by_main_section,
    claim_class,
    evidence_kind,
    main_section,
    per_thousand_words,
    screens,
    second_level,
    section_profile,
    taken_up,
    with_densities,
    words_by_kind,
)

__all__ = [
    "COUNTS_OF_THE_TEXT",
    "EVIDENCE_KINDS",
    "NOT_YET_SEEN",
    "SIDES",
    "ProfileError",
    "by_main_section",
    "citation_matrix",
    "claim_class",
    "evidence_kind",
    "expand_references",
    "jaccard",
    "list_overlaps",
    "main_section",
    "mention_matrix",
    "per_thousand_words",
    "reference_use",
    "screens",
    "second_level",
    "section_profile",
    "synonyms",
    "taken_up",
    "with_densities",
    "words_by_kind",
]
