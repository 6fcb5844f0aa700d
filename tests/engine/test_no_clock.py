"""No test is red because the machine is busy."""

import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@settings(max_examples=2)
@given(st.booleans())
def test_an_example_may_take_long(_):
    time.sleep(0.3)


def test_no_test_has_a_deadline_of_its_own():
    assert settings().deadline is None
    assert HealthCheck.too_slow in settings().suppress_health_check
    for file in Path(__file__).parents[1].rglob("*.py"):
        if file.name not in ("conftest.py", Path(__file__).name):
            assert "deadline=" not in file.read_text(encoding="utf-8"), file.name
