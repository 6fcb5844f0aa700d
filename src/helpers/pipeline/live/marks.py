"""Values that the paper, publishers or scenarios give to a parameter, as marks of its control."""

from helpers.project import Project


def of_book(project: Project) -> dict[str, dict]:
    """Marks by parameter: ``{"marks": [...], "sourced": [low, high] or None}``; empty so far."""
    return {}
