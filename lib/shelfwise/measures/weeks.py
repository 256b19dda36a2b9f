"""Weeks run from Monday to Sunday."""

from datetime import date, timedelta

WEEKS_PER_YEAR = 52


def last_sunday(as_of: date) -> date:
    """The end of the last complete week."""
    return as_of - timedelta(days=(as_of.weekday() + 1) % 7)
