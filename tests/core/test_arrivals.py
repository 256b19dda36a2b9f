"""What is said of an error that came from deep inside."""

import pytest

from shelfwise.core.arrivals import why

WORKER = """
An exception was thrown from the Python worker. Please see the stack trace below.
Traceback (most recent call last):
  File "worker.py", line 3, in main
ValueError: the third value is odd

"""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError("outer\nCaused by: middle\nCaused by: the innermost"), "the innermost"),
        (RuntimeError(WORKER), "ValueError: the third value is odd"),
        (RuntimeError("first line\nsecond"), "first line"),
        (MemoryError(), "MemoryError"),
    ],
    ids=["cause", "worker", "plain", "empty"],
)
def test_the_innermost_cause_is_said_in_one_line(error, said):
    assert why(error) == said
