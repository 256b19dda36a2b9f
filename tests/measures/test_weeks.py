"""Weeks run from Monday to Sunday."""

from datetime import date

import pytest

from shelfwise.measures.weeks import last_sunday


@pytest.mark.parametrize(
    ("as_of", "ended"),
    [(date(2017, 10, 29), date(2017, 10, 29)), (date(2017, 10, 30), date(2017, 10, 29)), (date(2017, 11, 4), date(2017, 10, 29))],
    ids=["Sunday", "Monday", "Saturday"],
)
def test_the_last_complete_week_ends_on_a_sunday(as_of: date, ended: date) -> None:
    assert last_sunday(as_of) == ended
