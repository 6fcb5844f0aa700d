"""A registry: one pydantic model whose fields are the parameters of a book.

Everything else is derived from it: validation before anything runs, `book params`, the parameter
page, the JSON Schema for editors, and the check of each chapter's parameters cell. It knows no
parameter by name; this book's are in `helpers.parameters`.
"""

import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, Field, ValidationError

from helpers import characters, words


class ParameterError(ValueError):
    """A parameter that does not exist, or a value that it cannot take. One line."""


FEWEST_STOPS = 20  # of a control from end to end, where its step is not given
STRETCHES = 4  # between the values of a grid that is not given


@dataclass(frozen=True)
class _About:
    """What a registry says of a parameter beside its type, default and bounds.

    A control's step and grid are none of what a value may be, so the JSON Schema lacks them.
    """

    unit: str
    allowed: str | None
    step: float | None
    grid: tuple | None

    def __call__(self, schema: dict) -> None:
        schema |= {"unit": self.unit} | ({"allowed": self.allowed} if self.allowed else {})


def parameter(default, meaning: str, unit: str = "-", *, allowed: str | None = None,
              step: float | None = None, grid: Sequence | None = None, **bounds):
    """One field of a registry.

    Parameters
    ----------
    default : object
        Value of the baseline.
    meaning : str
        What it means, as one phrase.
    unit : str
    allowed : str, optional
        What it may be, in words, where bounds or choices do not say it.
    step : float, optional
        Distance between two stops of a control, counted from the lowest value; by default the
        longest of 1, 2, 5, 10, … that leaves it some stops and meets the default.
    grid : sequence, optional
        Values for which answers are kept ready, in order; by default every choice, or for a number
        both ends, the default and some between. None at all for an empty one.
    **bounds
        ``ge`` and ``le``, as pydantic takes them.
    """
    return Field(default=default, description=meaning, json_schema_extra=_About(
        unit, allowed, step, None if grid is None else tuple(grid)), **bounds)


LONGEST_TITLE, LONGEST_WHY, LARGEST_BYTES = 120, 1000, 1 << 20


def _integer(text: str) -> int:
    if not characters.INTEGER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _number(text: str) -> float:
    if not characters.NUMBER.fullmatch(text):
        raise ValueError(text)
    return float(text)


def _listed(text: str) -> list[float]:
    if text.startswith("[") != text.endswith("]"):
        raise ValueError(text)
    return [_number(part.strip())
            for part in text.removeprefix("[").removesuffix("]").split(",")]


PARSERS = {
    "int": _integer,
    "float": _number,
    "bool": {"true": True, "false": False}.__getitem__,
    "str": str,
    "list[float]": _listed,
}


def _derived_step(low: float, high: float, standard: float) -> Decimal:
    """The longest of 1, 2, 5, 10, … that divides a range into enough stops, one the default."""
    low, wide, off = Decimal(str(low)), Decimal(str(high)), Decimal(str(standard))
    wide, off = wide - low, off - low
    power = (wide / FEWEST_STOPS).adjusted()
    while wide:
        for part in (5, 2, 1):
            step = Decimal(part).scaleb(power)
            if step * FEWEST_STOPS <= wide and not wide % step and not off % step:
                return step
        power -= 1
    return Decimal(1)


def _without_minus_zero(value):
    """The value; 0.0 for -0.0, which is equal to it and would have another name."""
    if isinstance(value, list):
        return [_without_minus_zero(item) for item in value]
    return value + 0.0 if isinstance(value, float) else value


class Registry:
    """What can be set, by a pydantic model that is strict, frozen and takes nothing else."""

    def __init__(self, model: type[BaseModel]):
        self.model = model
        for name in self.names():
            self._check_stops(name)

    def names(self) -> list[str]:
        """All parameter names, in registry order."""
        return list(self.model.model_fields)

    def defaults(self) -> dict[str, Any]:
        """The baseline: every parameter with its default value."""
        return self.model().model_dump()

    def type_name(self, name: str) -> str:
        """Type of a parameter as readers see it: int, float, bool, str or list[float]."""
        annotation = self.model.model_fields[name].annotation
        if get_origin(annotation) is Literal:
            return "str"
        return str(annotation) if get_origin(annotation) else annotation.__name__

    def choices(self, name: str) -> tuple[str, ...]:
        """Values that a parameter can take, where they can be listed; else nothing."""
        annotation = self.model.model_fields[name].annotation
        if get_origin(annotation) is Literal:
            return get_args(annotation)
        return ("true", "false") if annotation is bool else ()

    def bounds(self, name: str) -> tuple[float, float] | None:
        """Lowest and highest value of a number; None for anything else."""
        ends = [next((getattr(bound, side) for bound in self.model.model_fields[name].metadata
                      if hasattr(bound, side)), None) for side in ("ge", "le")]
        return None if None in ends else (ends[0], ends[1])

    def step(self, name: str) -> int | float | None:
        """Distance between two stops of a control of a number; None for anything else."""
        bounds, given = self.bounds(name), self._about(name).step
        if given is not None or bounds is None:
            return given
        found = _derived_step(*bounds, self.defaults()[name])
        return max(1, int(found)) if self.type_name(name) == "int" else float(found)

    def grid(self, name: str) -> list:
        """Values for which answers are kept ready, in order; the default is one of them.

        Every choice; for a number both ends, the default and some stops between; for a list of
        shares the default and each corner. None where no two values are compared, as for a seed.
        """
        given, standard = self._about(name).grid, self.defaults()[name]
        if given is not None:
            return list(given)
        if self.type_name(name) == "bool":
            return [False, True]
        if self.choices(name):
            return list(self.choices(name))
        bounds = self.bounds(name)
        if bounds is None:
            return [standard, *([float(place == corner) for place in range(len(standard))]
                                for corner in range(len(standard)))]
        low, high = bounds
        stretch = (high - low) / STRETCHES
        between = (self.nearest_stop(name, low + stretch * place) for place in range(1, STRETCHES))
        # One next to the default would tell nearly the same.
        apart = (value for value in between if abs(value - standard) >= stretch / 2)
        return sorted({*map(type(standard), bounds), standard, *apart})

    def nearest_stop(self, name: str, value: float) -> int | float:
        """The stop of a number's control that is nearest to a value, as it would be typed."""
        (low, high), step = self.bounds(name), self.step(name)
        first, one = Decimal(str(low)), Decimal(str(step))
        last = (Decimal(str(high)) - first) // one
        place = min(max(round((Decimal(str(value)) - first) / one), 0), last)
        return type(self.defaults()[name])(first + place * one)

    def _about(self, name: str) -> _About:
        return self.model.model_fields[name].json_schema_extra

    def _check_stops(self, name: str) -> None:
        """Refuse a step or grid that its parameter cannot take; whoever writes one sees it."""
        about, bounds, standard = self._about(name), self.bounds(name), self.defaults()[name]
        if about.step is not None:
            if bounds is None:
                raise ParameterError(f"{name}: step: only a number with two bounds has one.")
            low, high, one = (Decimal(str(each)) for each in (*bounds, about.step))
            if not 0 < one <= high - low or any(
                    (place - low) % one for place in (high, Decimal(str(standard)))):
                raise ParameterError(f"{name}: step: expected one that leads from {low} to {high} "
                                     f"and meets {standard}; got {about.step}.")
        if about.grid:
            for value in about.grid:
                self.validate({name: value})
            if standard not in about.grid or any(
                    about.grid.count(value) > 1 for value in about.grid):
                raise ParameterError(f"{name}: grid: expected values that differ, the default "
                                     f"{self.literal(standard)} among them.")

    def allowed(self, name: str) -> str:
        """What a parameter may be, in words: its range or its choices."""
        said = self._about(name).allowed
        if said:
            return said
        if self.choices(name):
            return ", ".join(self.choices(name))
        low, high = self.bounds(name)
        return f"{low} to {high}"

    def unit(self, name: str) -> str:
        """Unit of a parameter; ``-`` where it has none."""
        return self._about(name).unit

    def meaning(self, name: str) -> str:
        """What a parameter means, as one phrase."""
        return self.model.model_fields[name].description

    def expected(self, name: str) -> str:
        """One phrase that says what a parameter takes, for error messages."""
        measured = "" if self.unit(name) == "-" else f" ({self.unit(name)})"
        return f"{self.type_name(name)}{measured}, {self.allowed(name)}"

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Check some parameters and return them, unchanged but for a minus before a zero.

        Parameters
        ----------
        values : dict
            Parameter values by name. Those left out keep their defaults.

        Returns
        -------
        dict
            The same names with validated values.

        Raises
        ------
        ParameterError
            For the first unknown name (with the nearest known one), wrong type or value out of
            range.
        """
        for name in values:
            if name not in self.model.model_fields:
                raise ParameterError(self._unknown(name))
        try:
            checked = self.model(**values).model_dump()
        except ValidationError as error:
            raise ParameterError(self._invalid(error.errors()[0], values)) from None
        return {name: _without_minus_zero(checked[name]) for name in values}

    def check(self, namespace: dict[str, Any] | None = None, /, **values) -> None:
        """Refuse a wrong parameter before anything is computed; the first call of every chapter.

        Parameters
        ----------
        namespace : dict, optional
            The variables of the notebook, ``globals()``: those that are parameters are checked,
            so that no chapter lists its parameters twice.
        **values
            Parameters by name, for who has no such namespace.

        Raises
        ------
        ParameterError
            As for `validate`.
        """
        declared = {name: value for name, value in (namespace or {}).items()
                    if name in self.model.model_fields}
        self.validate({**declared, **values})

    def _unknown(self, name: str) -> str:
        nearest = words.nearest(str(name), self.names(), cutoff=0.5)
        hint = f" Nearest name: {nearest} ({self.expected(nearest)})." if nearest else ""
        return (f"{characters.shown(name)} is not a parameter; expected one of the names that "
                f"`book params` lists.{hint}")

    def _invalid(self, problem: dict, values: dict[str, Any]) -> str:
        if not problem["loc"]:
            return problem["msg"].removeprefix("Value error, ") + "."
        name = problem["loc"][0]
        return f"{name}: expected {self.expected(name)}; got {characters.shown(values[name])}."

    def parse(self, assignment: str) -> tuple[str, Any]:
        """Read one ``name=value`` of the command line, by the type of the parameter.

        Raises
        ------
        ParameterError
            If there is no ``=``, the name is unknown or the text cannot be of its type.
        """
        name, separator, text = assignment.partition("=")
        name, text = name.strip(), text.strip()
        if not separator:
            first = self.names()[0]
            raise ParameterError(f"{characters.shown(assignment)}: expected name=value, such as "
                                 f"{first}={self.literal(self.defaults()[first])}.")
        if name not in self.model.model_fields:
            raise ParameterError(self._unknown(name))
        try:
            value = PARSERS[self.type_name(name)](text)
        except (ValueError, KeyError):
            raise ParameterError(f"{name}: expected {self.expected(name)}; "
                                 f"got {characters.shown(text)}.") from None
        return name, self.validate({name: value})[name]

    def parse_all(self, assignments: Iterable[str]) -> dict[str, Any]:
        """Read the ``name=value`` of a command line, each name once.

        Raises
        ------
        ParameterError
            As for `parse`, and for a name that is given twice: one of the two would be lost.
        """
        found = {}
        for assignment in assignments:
            name, value = self.parse(assignment)
            if name in found:
                raise ParameterError(f"{name} is given twice: {self.literal(found[name])} and "
                                     f"{self.literal(value)}. Give it once.")
            found[name] = value
        return found

    @staticmethod
    def literal(value) -> str:
        """A value as it is typed after ``--set name=``; `parse` reads it back."""
        return value if isinstance(value, str) else json.dumps(value)

    def read_scenario(self, path: Path) -> dict[str, Any]:
        """Read a scenario file: ``title``, ``why`` and a table ``[parameters]``.

        Returns
        -------
        dict
            ``title``, ``why`` and validated ``parameters`` (the differences from the baseline).

        Raises
        ------
        ParameterError
            If the file is not valid TOML, lacks a part, has an unknown one, or holds a wrong
            parameter.
        """
        path = Path(path)
        try:
            if not path.is_file():  # to read a pipe would be to wait for ever
                raise ParameterError(f"{path.name} is no file. Put a scenario there, or move it.")
            if path.stat().st_size > LARGEST_BYTES:
                raise ParameterError(f"{path.name} is no scenario: it has "
                                     f"{path.stat().st_size:,} bytes.")
            scenario = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ParameterError(f"{path.name} is not valid TOML: {error}.") from None
        except OSError as error:
            raise ParameterError(f"{path.name} cannot be read: {error.strerror}.") from None
        if set(scenario) != {"title", "why", "parameters"}:
            got = ", ".join(characters.shown(part).strip("'") for part in list(scenario)[:5])
            raise ParameterError(f"{path.name}: expected title, why and [parameters]; "
                                 f"got {got or 'nothing'}. `book new scenario NAME` writes one.")
        for part, longest in (("title", LONGEST_TITLE), ("why", LONGEST_WHY)):
            text = scenario[part]
            fault = characters.fault(text) if isinstance(text, str) else "is no text"
            if not fault and not text.strip():
                fault = "is empty"
            if not fault and len(text) > longest:
                fault = f"has {len(text):,} signs, at most {longest}"
            if fault:
                raise ParameterError(f"{path.name}: {part}: expected one line of text; "
                                     f"{characters.shown(text)} {fault}.")
        if not isinstance(scenario["parameters"], dict):
            raise ParameterError(f"{path.name}: parameters: expected a table [parameters] with "
                                 f"lines name = value; got "
                                 f"{characters.shown(scenario['parameters'])}.")
        try:
            return {**scenario, "parameters": self.validate(scenario["parameters"])}
        except ParameterError as error:
            raise ParameterError(f"{path.name}: {error}") from None

    def table(self):
        """The registry as a frame: name, type, unit, default, allowed, meaning."""
        import pandas as pd

        values = self.defaults()
        return pd.DataFrame(
            {
                "name": name,
                "type": self.type_name(name),
                "unit": self.unit(name),
                "default": self.literal(values[name]),
                "allowed": self.allowed(name),
                "meaning": self.meaning(name),
            }
            for name in self.names()
        )
