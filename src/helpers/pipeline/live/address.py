"""The values of a page as an address: what differs from the baseline, sorted by name.

``damping=0.8&horizon_year=2030`` is read alike behind the ``?`` of a page and as the name of a
file. The baseline has an empty one, so an address says the same wherever it is met.
"""

from collections.abc import Mapping
from urllib.parse import quote, unquote_plus

from helpers import parameters

LONGEST = 2000  # signs; all parameters of a book together need a fraction of it


def of(values: Mapping) -> str:
    """The address of some values; those that are the baseline's say nothing.

    Parameters
    ----------
    values : mapping
        Validated parameters by name.
    """
    standard = parameters.defaults()
    return "&".join(f"{name}={quote(parameters.literal(values[name]), safe='')}"
                    for name in sorted(values) if values[name] != standard[name])


def file_name(values: Mapping) -> str:
    """Name of a file for some values, without its end: the address, or a word for the baseline.

    A file of the end alone would be hidden, and hosts and archives leave such files out.
    """
    return of(values) or parameters.BASELINE


def of_file(name: str) -> dict:
    """The values that the name of such a file stands for; raises as `read`."""
    return {} if name == parameters.BASELINE else read(name)


def read(text: str) -> dict:
    """The values that an address sets beside the baseline, in any order and spelling.

    Raises
    ------
    parameters.ParameterError
        If it is too long, names what is no parameter, gives a value that cannot be taken, or one
        name twice.
    """
    if len(text) > LONGEST:
        raise parameters.ParameterError(
            f"The address has {len(text):,} signs, at most {LONGEST:,} are read.")
    assignments = [unquote_plus(part) for part in text.split("&") if part]
    values, standard = parameters.parse_all(assignments), parameters.defaults()
    parameters.validate(values)  # what holds between two of them
    return {name: value for name, value in values.items() if value != standard[name]}
