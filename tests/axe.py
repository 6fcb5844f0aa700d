"""Accessibility of a page, judged by axe-core in a browser.

Used by tests as ``axe.faults(page)``, with a page of playwright that is already open. axe-core
4.14.1 lies in ``tests/vendor/axe-core``, unchanged and under its own licence (MPL-2.0); it is part
of the tests, not of the book.
"""

from pathlib import Path

SCRIPT = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")

# Faults of the stock theme that are accepted, by rule, with the reason.
KNOWN = {
    "label-content-name-mismatch":
        "The theme names its search and colour buttons, and the switch of hidden code, with other "
        "words than it shows. Their names are still right.",
}


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
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    return page.evaluate("part => axe.run(part || document).then(found => found.violations)",
                         within)


def faults(page, within=None, impacts=GRAVE, known=KNOWN):
    """Violations that fail a test, one line each: rule, what is wrong, where, how many.

    Parameters
    ----------
    page : playwright page
    within : str, optional
        CSS selector of the part to judge; by default the whole page.
    impacts : sequence of str
        Weights that count, of ``minor``, ``moderate``, ``serious``, ``critical``.
    known : container of str
        Rules whose violations are accepted.

    Returns
    -------
    list of str
    """
    return [
        f"{found['id']} ({found['impact']}): {found['help']}; {len(found['nodes'])} place(s), "
        f"first {' '.join(map(str, found['nodes'][0]['target']))}"
        for found in violations(page, within)
        if found["impact"] in impacts and found["id"] not in known
    ]
