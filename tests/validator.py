"""Validity of the HTML of a page, judged by html-validate in a browser.

Used by tests as ``Validator(browser).faults(html)``. The library lies in
``tests/vendor/html-validate``; ``tests/vendor/README.md`` says how its one file was made.
"""

from collections import Counter
from pathlib import Path

SCRIPT = Path(__file__).parent / "vendor" / "html-validate" / "html-validate.min.js"
RULES = {
    # What the standard of HTML asks, and the presets for accessibility and for whole documents.
    "extends": ["html-validate:standard", "html-validate:a11y", "html-validate:document"],
    "rules": {
        "require-sri": "off",  # every file lies beside the page that asks for it
        "no-inline-style": "error",  # the policy of a page refuses it
        "valid-id": ["error", {"relaxed": True}],  # names of results may begin with a digit
        "wcag/h32": "off",  # forms answer while one types, so there is nothing to send
        # A part that is moved sideways is a region by its role, whatever element it is.
        "prefer-native-element": ["error", {"exclude": ["region"]}],
    },
}
START = """rules => {
  const {HtmlValidate, StaticConfigLoader} = htmlValidate;
  const one = new HtmlValidate(new StaticConfigLoader({root: true, ...rules}));
  window.judge = async html => (await one.validateString(html, "page.html")).results
    .flatMap(result => result.messages)
    .map(({ruleId, message, line, column, selector}) =>
      ({ruleId, message, line, column, selector}));
}"""


class Validator:
    """html-validate in a page of its own, empty and without a policy.

    Parameters
    ----------
    browser : playwright browser
    """

    def __init__(self, browser):
        self.page = browser.new_page()
        self.page.add_script_tag(path=SCRIPT)
        self.page.evaluate(START, RULES)

    def errors(self, html: str) -> list[dict]:
        """Every error: ``ruleId``, ``message``, ``line``, ``column``, ``selector``."""
        return self.page.evaluate("html => judge(html)", html)

    def faults(self, html: str) -> list[str]:
        """One line for each rule that is broken: how often, and where first."""
        errors = self.errors(html)
        first = {error["ruleId"]: error for error in reversed(errors)}
        return [f"{rule}: {first[rule]['message']}; {count} place(s), first {first[rule]['line']}:"
                f"{first[rule]['column']} {first[rule]['selector']}"
                for rule, count in Counter(error["ruleId"] for error in errors).items()]

    def close(self) -> None:
        self.page.close()
