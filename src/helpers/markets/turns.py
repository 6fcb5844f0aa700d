"""Where an answer turns: values of one assumption at which something else is said."""


def first_turn(says, baseline, tried):
    """The first value tried at which something else is said than at the baseline.

    Parameters
    ----------
    says : callable
        Value of the assumption to what is said then; anything that can be compared.
    baseline : object
        Value at which the answer is given.
    tried : iterable
        Values in the order in which they are tried.

    Returns
    -------
    object or None
        None where the same is said throughout.
    """
    held = says(baseline)
    return next((value for value in tried if says(value) != held), None)


def turns_between(says, baseline, low, high, *, steps=400, halvings=60):
    """Values of a number at which something else is said, next to the baseline on either side.

    Each side is scanned in equal steps and the first step with a change is halved, so a change
    and its taking back within one step may be missed.

    Parameters
    ----------
    says : callable
        As for `first_turn`.
    baseline, low, high : float
        ``low <= baseline <= high``.
    steps, halvings : int

    Returns
    -------
    list of float
        None, one or two values, the nearer one first; at each the new thing is said.
    """
    if not low <= baseline <= high:
        raise ValueError(f"the baseline {baseline} is not between {low} and {high}")
    found = []
    for end in (low, high):
        places = [baseline + (end - baseline) * step / steps for step in range(steps + 1)]
        turned = first_turn(says, baseline, places)
        if turned is None:
            continue
        same, other = places[places.index(turned) - 1], turned
        for _ in range(halvings):
            middle = (same + other) / 2
            same, other = (middle, other) if says(middle) == says(baseline) else (same, middle)
        found.append(other)
    return sorted(found, key=lambda value: abs(value - baseline))
