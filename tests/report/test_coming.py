"""New and announced items, as the page tells of them."""

from datetime import date

import pytest

from shelfwise.contracts.gold.launches import LAUNCH_FORECAST
from shelfwise.report.coming import Coming, coming
from tests.report.shop import HOSTILE, frame_of


@pytest.fixture(scope="module")
def found(tables):
    return coming(tables["launches"], tables["items"])


def test_the_heading_adds_up_what_is_to_come(found):
    """4 + 2 units of the announced one, 1.5 of the new one: 7.5."""
    assert (found.items, found.units) == ({"announced": 1, "new": 1}, {"announced": 6.0, "new": 1.5})
    assert found.finding() == "1 announced and 1 new items are expected to sell 8 units up to the 13th week since launch"
    assert (
        Coming({"new": 1}, {"new": 1.2}, []).finding() == "1 new item is expected to sell 1 unit up to the 13th week since launch"
    )


def test_the_announced_come_first_with_their_next_week_and_whom_they_are_like(found):
    """Its first week is told, though its second came first; two of three earlier launches, by name where there is one."""
    mate, novelty = found.top
    assert (mate["item_id"], mate["launch"], mate["units"]) == ("mate", date(2017, 11, 6), 6.0)
    assert (mate["first"]["mean"], mate["first"]["q90"], mate["prior_level"]) == (4.0, 8.0, "category")
    assert mate["alike"] == [{"name": "SOAP, 4 OZ", "similarity": 0.9}, {"name": "gone", "similarity": 0.25}]
    assert (novelty["sold"], novelty["known_weeks"], novelty["own_share"], novelty["alike"]) == (3.0, 2, 0.4, [])


def test_no_more_than_fifteen_are_shown_and_all_are_counted(spark, tables):
    rows = [
        {
            "item_id": f"i{n:02}",
            "launch_week": 1,
            "segment": "new",
            "mean": float(n),
            "analogues": [("cola", 0.5)],
            "known_weeks": 1,
        }
        for n in range(20)
    ]
    found = coming(frame_of(spark, LAUNCH_FORECAST, rows), tables["items"])
    assert [row["item_id"] for row in found.top] == [f"i{n:02}" for n in range(19, 4, -1)]
    assert (found.items, found.units) == ({"new": 20}, {"new": 190.0})
    assert found.top[0]["alike"] == [{"name": HOSTILE, "similarity": 0.5}]
    unlike = coming(frame_of(spark, LAUNCH_FORECAST, [rows[0] | {"analogues": [("cola", 0.09)]}]), tables["items"])
    assert unlike.top[0]["alike"] == []


def test_nothing_new_is_said(empty_tables):
    found = coming(empty_tables["launches"], empty_tables["items"])
    assert (found.finding(), found.top) == ("No item is new or announced", [])
