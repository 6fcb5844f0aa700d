"""Sizes of what has no relative change, so that the largest comes first; numbers are 0 to 2."""

APPEARED, FLIPPED, WORDED, DRAWN, DESCRIBED, MOVED = 10.0, 5.0, 1.0, 0.3, 0.1, 0.05
