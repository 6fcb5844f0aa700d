"""Every page is valid HTML: what a browser has to repair, each browser repairs in its own way."""

import pytest
import visited
from validator import Validator

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def validator(browser):
    one = Validator(browser)
    yield one
    one.close()


def test_every_page_is_valid(baseline, validator):
    files = [*visited.pages(baseline[0]), "index.html"]
    faults = [f"{file}: {fault}" for file in files
              for fault in validator.faults((baseline[0] / file).read_text(encoding="utf-8"))]
    assert len(files) > 30
    assert not faults, "\n".join(faults)


PAGE = ('<!DOCTYPE html>\n<html lang="en"><head><title>A page</title></head>'
        "<body><main><h1>A page</h1>{}</main></body></html>")
BROKEN = {
    "element-permitted-content": "<details><summary><p>Code</p></summary>x</details>",
    "no-dup-id": '<p id="a">a</p><p id="a">b</p>',
    "deprecated": "<center>x</center>",
    "no-deprecated-attr": '<table border="1" align="left"><tr><td>x</td></tr></table>',
    "close-order": "<p><em>x</p></em>",
    "element-required-attributes": "<img alt='x'>",
    "attribute-allowed-values": '<button type="press">x</button>',
    "no-inline-style": '<p style="color: red">x</p>',
    "no-missing-references": '<button type="button" aria-controls="nothing">x</button>',
    "heading-level": "<h4>x</h4>",
    "input-missing-label": '<input type="text">',
    "no-implicit-button-type": "<button>x</button>",
    "text-content": '<button type="button"></button>',
    "unique-landmark": "<nav>a</nav><nav>b</nav>",
    "aria-label-misuse": '<p aria-label="x">y</p>',
    "wcag/h63": "<table><tr><th>a</th><th>b</th></tr><tr><th>c</th><td>1</td></tr></table>",
    "element-name": "<nosuch>x</nosuch>",
}


def test_a_sound_page_has_no_fault(validator):
    assert validator.faults(PAGE.format("<p>Words.</p>")) == []


@pytest.mark.parametrize("rule", BROKEN)
def test_a_fault_of_each_sort_is_found(validator, rule):
    found = validator.faults(PAGE.format(BROKEN[rule]))
    assert any(fault.startswith(f"{rule}:") for fault in found), found
