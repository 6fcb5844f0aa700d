"""What the functions of this package refuse."""


class ProfileError(ValueError):
    """Tables that do not fit together, or a mark or list that cannot be read."""
