"""What can be replayed, and what is told of what can't."""

from datetime import date, timedelta

import pytest

from shelfwise.core.errors import SettingsError, SourceError
from shelfwise.core.own_panel import Frequency
from shelfwise.inventory.own.panel import Asked, lead_option, read_items

ASKED = Asked(Frequency.W, 0.2, 1.0, 0.0, review=1, warm_up=6, backorders=False, seed=1)


def weeks(name, units, first=0):
    monday = date(2024, 1, 1)
    return [f"{name},{monday + timedelta(weeks=first + week)},{y}" for week, y in enumerate(units)]


GOOD = [*weeks("a", range(10)), *weeks("b", [3] * 12, first=5)]


@pytest.fixture
def file_of(tmp_path):
    def make(rows, header="unique_id,ds,y", name="demand.csv"):
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n")
        return str(path)

    return make


@pytest.fixture
def leads_of(file_of):
    return lambda *rows: file_of(rows, "unique_id,periods,probability", "leads.csv")


def test_items_come_with_their_units_and_lead_times(spark, file_of, leads_of):
    """b's order comes at once or after two weeks; c's lead time is nobody's here."""
    leads = leads_of("a,1,1", "b,2,0.75", "b,0,0.25", "c,1,1")
    found = {row["unique_id"]: row for row in read_items(spark, file_of(reversed(GOOD)), leads, ASKED).collect()}
    assert found["a"]["units"] == [float(n) for n in range(10)]
    assert found["b"]["units"] == [3.0] * 12
    assert (found["a"]["lead"], found["b"]["lead"]) == ([0, 1], [0.25, 0, 0.75])
    same = read_items(spark, file_of(GOOD), 2, ASKED).where("lead = array(0D, 0D, 1D)")
    assert same.count() == 2


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            weeks("a", [1, 2, -3, 4, 5, 6, 7, 8, 9]),
            r"y must be demand, 0 or more: leave returns out. 1 are wrong: a at 2024-01-15: -3",
        ),
        (weeks("a", [1, 2, 0.5, 4, 5]), r"y must be whole units: count in smaller ones, such as grams"),
        (weeks("a", range(12))[:3] + weeks("a", range(12))[4:], r"fill the gaps, with 0 where nothing sold"),
        (weeks("a", range(12)) + weeks("a", [1]), r"each series has one row per week \(--frequency W\): add them up"),
        (GOOD + weeks("c", range(8)), r"more weeks than the warm-up of 6 and its longest lead time: .* 1 are wrong: c has 8 of 9"),
        ([], r"there is no row below the header"),
    ],
)
def test_what_is_wrong_with_the_demand_is_told(spark, file_of, rows, said):
    with pytest.raises(SourceError, match=said):
        read_items(spark, file_of(rows), 2, ASKED)


def test_a_wrong_column_is_told(spark, file_of):
    with pytest.raises(SourceError, match="column y is missing; it has unique_id, ds, units"):
        read_items(spark, file_of(GOOD, header="unique_id,ds,units"), 2, ASKED)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["a,1,1"], "every item of --demand needs a lead time. 1 are wrong: b"),
        (["a,1,1", "b,1,0.5", "b,2,0.4"], "the probabilities of each item must add up to 1. 1 are wrong: b: 0.9"),
        (["a,1,1", "b,1,0.5", "b,1,0.5"], "add their probabilities up. 1 are wrong: b with 1: 2 rows"),
        (["a,1,1", "b,1.5,1"], "periods must be a whole number from 0 to 104 in every row. 1 are wrong: b: 1.5"),
        (["a,1,1", "b,soon,1"], "periods must be a whole number from 0 to 104 in every row. 1 are wrong: b: soon"),
        (["a,1,1", "b,1,0"], "probability must be above 0 and at most 1 in every row. 1 are wrong: b: 0"),
    ],
)
def test_what_is_wrong_with_the_lead_times_is_told(spark, file_of, leads_of, rows, said):
    with pytest.raises(SourceError, match=said):
        read_items(spark, file_of(GOOD), leads_of(*rows), ASKED)


def test_a_warm_up_must_hold_two_lead_times_and_reviews(spark, file_of, leads_of):
    """2 * (3 + 1) = 8: found in the file's longest lead time."""
    with pytest.raises(SettingsError, match="--warm-up 6: policies need 8 periods to learn from"):
        read_items(spark, file_of(GOOD), leads_of("a,1,1", "b,3,1"), ASKED)


def test_a_lead_time_is_a_whole_number_or_a_file():
    assert (lead_option("3"), lead_option("3.0"), lead_option("leads.csv")) == (3, 3, "leads.csv")
    for text in ("2.5", "-1", "105", "nan", "inf"):
        with pytest.raises(SettingsError, match="a whole number of periods from 0 to 104, or a file with unique_id, periods, prob"):
            lead_option(text)
