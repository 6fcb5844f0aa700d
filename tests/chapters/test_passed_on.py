"""A chapter hands its parameters on: no helper gets a typed value, or its own default, instead.

A parameter of a function that means what a parameter of the book means is known by its name. Where
a chapter declares that parameter, the call must give it a value that is computed, not typed.
"""

import ast
import importlib
import inspect
import pkgutil
from functools import cache

import pytest
from small_book import REAL

import helpers
from helpers import parameters
from helpers.pipeline import chapters

# Name in a signature -> parameters that it may be.
MEANT = {**{name: (name,) for name in parameters.names()},
         "coverage": ("interval_coverage",), "seed": ("random_seed",),
         "persistence": ("persistence_share",), "confidence": ("min_confidence",),
         "power": ("aggregation_power",), "weights": ("dimension_weights",),
         "concentration": ("weight_concentration",), "rule": ("dating_rule",),
         "basis": ("exchange_rate_basis",), "model": ("growth_model", "count_model"),
         "price_year": ("base_year",), "rate_year": ("base_year",)}

# Chapter, function and argument -> why the chapter's own parameter is not wanted there.
EXCEPTED = {
    ("2-3-market-expansion", "growth.projected_path", "damping"):
        "paths at a constant rate, which the print implies or states",
    ("2-3-market-expansion", "growth.projected_path", "persistence"):
        "the path at the rate that is stated, beside those that may last only in part",
    ("3-4-investment", "markets.in_money", "price_year"): "a rate of exchange, no price",
    ("3-6-country-comparison", "composite.q_value", "power"):
        "where other kinds of mean stand on the scale of codings",
    ("a2-hindsight", "growth.base_rate", "reference_class"): "each class is listed",
    ("a2-hindsight", "hindsight.faded_end", "damping"): "the path that nothing damps",
}


@cache
def methods() -> dict:
    """Methods of the classes of helpers by their name, those without arguments left out."""
    found = {}
    for module in pkgutil.walk_packages(helpers.__path__, "helpers."):
        if module.name.startswith("helpers.pipeline"):
            continue
        for thing in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(thing) and thing.__module__ == module.name:
                found |= {name: each for name, each in vars(thing).items()
                          if inspect.isfunction(each) and not name.startswith("_")}
    return found


def called(call: ast.Call, modules: dict):
    """Signature that a call answers to, its own object left out; None for what is no helper."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in modules:
            found = getattr(importlib.import_module(modules[name]), attribute, None)
            names = list(inspect.signature(found).parameters) if inspect.isfunction(found) else []
        case ast.Attribute(attr=attribute) if attribute in methods():
            names = list(inspect.signature(methods()[attribute]).parameters)[1:]
        case _:
            names = []
    return names


def faults(declared, sources) -> list[tuple[str, str, str]]:
    """Function, argument and what is given instead of a declared parameter."""
    trees = [ast.parse(source) for source in sources]
    modules = {alias.asname or alias.name: f"helpers.{alias.name}" for tree in trees
               for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
               and node.module == "helpers" for alias in node.names}
    found = []
    for call in (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)):
        names = called(call, modules)
        given = dict(zip(names, call.args, strict=False))
        given |= {each.arg: each.value for each in call.keywords if each.arg}
        more = any(each.arg is None for each in call.keywords)  # **settings may hold it
        for name in dict.fromkeys([*names, *given]):
            if not set(MEANT.get(name, ())) & set(declared):
                continue
            value = given.get(name)
            if isinstance(value, ast.Constant) or (value is None and not more):
                shown = "its default" if value is None else ast.unparse(value)
                found.append((ast.unparse(call.func), name, shown))
    return found


@cache
def of_chapter(name):
    chapter = chapters.read(REAL, name)
    return faults(chapter.parameters, [cell["source"] for cell in chapter.code_cells])


@pytest.mark.parametrize("name", chapters.names(REAL))
def test_a_chapter_hands_its_parameters_on(name):
    found = [f"{name}: {function} gets {value} for {argument}, and the chapter has a parameter for "
             "it: hand that on, or say in EXCEPTED why not"
             for function, argument, value in of_chapter(name)
             if (name, function, argument) not in EXCEPTED]
    assert found == []


def test_every_exception_is_needed():
    needed = {(name, function, argument) for name in chapters.names(REAL)
              for function, argument, _ in of_chapter(name)}
    assert set(EXCEPTED) <= needed


@pytest.mark.parametrize("declared, source, found", [
    (["min_confidence"], "from helpers import markets\nmarkets.at_least(rows, 'medium')",
     [("markets.at_least", "confidence", "'medium'")]),
    (["min_confidence"], "from helpers import markets\nmarkets.at_least(rows, min_confidence)", []),
    (["interval_coverage"], "group.band(0.8)", [("group.band", "coverage", "0.8")]),
    (["damping"], "from helpers import growth\ngrowth.projected_path(1, 0.1, 2019, years)",
     [("growth.projected_path", "damping", "its default")]),
    (["random_seed"], "trend.predict(years, draws=draws, seed=7)",
     [("trend.predict", "seed", "7")]),
    ([], "trend.predict(years, draws=10, seed=7)", []),
])
def test_what_is_typed_or_left_out_is_found(declared, source, found):
    assert faults(declared, [source]) == found
