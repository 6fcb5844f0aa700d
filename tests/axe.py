"""Accessibility of a page, judged by axe-core in a browser.

Used by tests as ``axe.faults(page)``, with a page of playwright that is already open. Every rule
for WCAG 2.0 to 2.2, levels A and AA, and every best practice is asked, none is excepted. axe-core
4.14.1 lies in ``tests/vendor/axe-core``, unchanged and under its own licence (MPL-2.0); it is part
of the tests, not of the book.
"""

from pathlib import Path

SCRIPT = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
# A run by default leaves out what is off (sizes of targets) or on trial: rules are asked by name.
RULES = """() => axe.getRules()
  .filter(rule => !rule.tags.some(tag => tag.endsWith("aaa") || tag.endsWith("-obsolete")))
  .map(rule => rule.ruleId)"""
# Nothing is fetched a second time for a rule: the policy of a page would count it as a fault.
RUN = """([within, rules]) => axe.run(within || document, {
    runOnly: {type: "rule", values: rules}, resultTypes: ["violations"], preload: false})
  .then(found => found.violations)"""


def rules(page):
    """Names of the rules that are asked on an open page."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    return page.evaluate(RULES)


def violations(page, within=None):
    """Everything axe-core finds on an open page.

    Parameters
    ----------
    page : playwright page
    within : str, optional
        CSS selector of the part to judge; by default the whole page.

    Returns
    -------
    list of dict
        Violations as axe-core gives them: ``id``, ``impact``, ``help``, ``nodes``.
    """
    return page.evaluate(RUN, [within, rules(page)])


def faults(page, within=None):
    """Violations, one line each: rule, what is wrong, how many, where first.

    Parameters
    ----------
    page : playwright page
    within : str, optional
        CSS selector of the part to judge; by default the whole page.

    Returns
    -------
    list of str
    """
    return [
        f"{found['id']} ({found['impact']}): {found['help']}; {len(found['nodes'])} place(s), "
        f"first {' '.join(map(str, found['nodes'][0]['target']))}"
        for found in violations(page, within)
    ]
