"""Latent demand: counted shelves, gaps of steady sellers, and nothing known of the future."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from chispa import assert_df_equality
from pyspark.sql import functions as F

from shelfwise.contracts.features import LATENT_DEMAND
from shelfwise.core.frames import local_frame
from shelfwise.features.latent import LatentParams, latent_demand, shelf_demand
from tests.conftest import STOCK

MONDAY = date(2017, 1, 2)
LAST = MONDAY + timedelta(weeks=1)
PARAMS = LatentParams(buckets=2, false_alarm=0.01, least_units=1.0)


def day(week: int, weekday: int = 0) -> date:
    return MONDAY + timedelta(weeks=week, days=weekday)


def days(*rows: tuple[str, str, int, float, float | None]) -> pd.DataFrame:
    """item, location, days after Monday, sold, on hand at the day's end (None: not counted)."""
    frame = pd.DataFrame(rows, columns=["item_id", "location_id", "day", "sold", "on_hand"]).astype({"on_hand": float})
    return frame.assign(day=frame["day"] - 7)  # counted from LAST, the second Monday


def estimates(frame: pd.DataFrame) -> dict[tuple[str, date], tuple[float, float]]:
    made = shelf_demand(frame, LAST)
    return {(r.item_id, r.week.date()): (round(r.units, 4), round(r.open_share, 4)) for r in made.itertuples()}


@pytest.fixture
def counted(spark):
    def make(*rows: tuple[str, date, int]):
        return local_frame(spark, [(item, "s", on, held, 0) for item, on, held in rows], STOCK)

    return make


def test_a_shelf_with_stock_at_each_days_end_demands_what_it_sold():
    """Counted on the first day only: the count holds until the next one. 3 + 2 in the first week, 1 in the second."""
    rows = days(("a", "s", 0, 3, 50), ("a", "s", 4, 2, None), ("a", "s", 9, 1, None))
    assert estimates(rows) == {("a", MONDAY): (5.0, 1.0), ("a", LAST): (1.0, 1.0)}


def test_empty_days_count_at_the_rate_of_the_others():
    """7 units in the first week, one a day, and 13 in all of the second had it not been empty from Thursday on.

    The rate of the second week: A = 7 kept + 3 sold on its three open days, B = 7 kept + 3 open: one a day, so 3 + 4 = 7.
    """
    rows = days(*[("a", "s", d, 1, 9) for d in range(10)], ("a", "s", 10, 0, 0))
    assert estimates(rows) == {("a", MONDAY): (7.0, 1.0), ("a", LAST): (7.0, round(3 / 7, 4))}


def test_what_sells_after_a_count_of_nothing_has_been_delivered():
    """Counted empty on Monday evening; on Tuesday two sell: Tuesday is open. Wednesday to Sunday nothing is known to have come."""
    rows = days(*[("a", "s", d, 2, 9) for d in range(7)], ("a", "s", 7, 2, 0), ("a", "s", 8, 2, None))
    _, share = estimates(rows)["a", LAST]
    assert share == round(1 / 7, 4)


def test_a_location_lists_an_item_from_its_first_count_or_sale():
    """Listed on the Saturday: two days, three units."""
    assert estimates(days(("a", "s", 5, 1, 9), ("a", "s", 6, 2, 7)))["a", MONDAY] == (3.0, 1.0)


def test_a_shelf_that_stays_empty_for_a_quarter_is_no_longer_listed():
    """Empty from day 7 on: open last on day 6, so day 97 is the last that counts; in the week of day 98 the item has no row."""
    rows = pd.DataFrame(
        {"item_id": "a", "location_id": "s", "day": range(8), "sold": [1.0] * 7 + [0.0], "on_hand": [5.0] * 7 + [0.0]}
    )
    late = MONDAY + timedelta(weeks=15)
    made = shelf_demand(rows.assign(day=rows["day"] - 7 * 15), late)
    assert sorted(made["week"].dt.date) == [MONDAY + timedelta(weeks=w) for w in range(14)]
    assert made.sort_values("week")["units"].to_numpy() == pytest.approx([7.0] * 14, rel=1e-4)


def test_an_items_shelves_are_summed_and_weigh_by_their_rates():
    """s sells six a day and is open throughout; t sells two a day and is open on the first of the second week's days only.

    Weeks fade to f = .917. Both: (f 42 + 42 + f 14 + 2 + 6 r) / (2 (f 7 + 7)) = 3.552 + .2235 r a day. t leans on that by 3 days:
    r (f 7 + 1 + 3) = f 14 + 2 + 3 (3.552 + .2235 r), so r = 2.615, and s likewise 5.66. Demand 42 + 2 + 6 * 2.615 = 59.69;
    open (7 * 5.66 + 2.615) / (7 * 5.66 + 7 * 2.615) = .729 of the time.
    """
    rows = days(
        *[("a", "s", d, 6, 9) for d in range(14)],
        *[("a", "t", d, 2, 9) for d in range(8)],
        *[("a", "t", d, 0, 0) for d in range(8, 14)],
    )
    units, share = estimates(rows)["a", LAST]
    assert units == pytest.approx(59.69, abs=0.005)
    assert share == pytest.approx(0.729, abs=0.0005)


def test_the_order_of_rows_and_other_items_change_nothing():
    draws = np.random.default_rng(3)
    rows = days(*[(i, s, d, float(draws.poisson(1)), float(draws.integers(0, 3))) for i in "abc" for s in "st" for d in range(14)])
    alone = shelf_demand(rows[rows["item_id"] == "b"], LAST)
    mixed = shelf_demand(rows.sample(frac=1, random_state=1), LAST)
    pd.testing.assert_frame_equal(mixed[mixed["item_id"] == "b"].reset_index(drop=True), alone)


def test_counted_items_take_the_estimate_and_others_their_sales(spark, sales_of, items_of, counted):
    """a is empty from its eighth day on, b is not counted."""
    sales = sales_of(*[("a", day(0, d), 2, 1.0) for d in range(7)], *[("b", day(0, d), 3, 1.0) for d in range(7)])
    stock = counted(("a", day(0), 20), ("a", day(1), 0))
    found = latent_demand(sales, items_of("a", "b"), stock, params=PARAMS, as_of=day(1, 6))
    rows = {(r["item_id"], r["week"]): (r["sold"], round(r["units"], 3), r["basis"], r["uncertain"]) for r in found.collect()}
    assert rows == {
        ("a", day(0)): (14.0, 14.0, "stock", False),
        ("a", day(1)): (0.0, 14.0, "stock", True),
        ("b", day(0)): (21.0, 21.0, "sales", False),
        ("b", day(1)): (0.0, 0.0, "sales", False),
    }
    assert found.columns == LATENT_DEMAND.columns


def gap_of(spark, sales_of, items_of, units: list[float]) -> list[tuple[float, str, float | None]]:
    sales = sales_of(*[("a", day(w), u, 1.0) for w, u in enumerate(units) if u])
    stock = local_frame(spark, [], STOCK)
    found = latent_demand(sales, items_of("a"), stock, params=PARAMS, as_of=day(len(units) - 1, 6)).orderBy("week").collect()
    return [(r["units"], r["basis"], r["gap_probability"]) for r in found]


def test_a_steady_seller_that_stops_counts_at_its_mean_once_chance_is_below_one_in_a_hundred(spark, sales_of, items_of):
    """Thirteen weeks of 4 and then nothing: m = 4, v = 0, exp(-4) = .018, but (0 + 1) / (13 + 2) = .067 is larger.

    After one week .067, after two .0044 < .01: from the second on the week counts as 4, for eight weeks of absence in all.
    """
    rows = gap_of(spark, sales_of, items_of, [4.0] * 13 + [0.0] * 10 + [4.0])
    assert [basis for _, basis, _ in rows] == ["sales"] * 14 + ["gap"] * 7 + ["sales"] * 3
    assert [units for units, _, _ in rows] == [4.0] * 13 + [0.0] + [4.0] * 7 + [0.0, 0.0, 4.0]
    assert rows[13][2] == pytest.approx(1 / 15)
    assert rows[14][2] == pytest.approx(1 / 225)
    assert [rows[w][2] for w in (0, 12, 23)] == [None] * 3


def test_a_lumpy_seller_is_missed_for_longer(spark, sales_of, items_of):
    """0 and 8 in turn, 7 of 13 weeks sold: m = 56/13 = 4.31, v = 17.23, r = m^2 / (v - m) = 1.436, (1 + m/r)^-r = .137.

    Zero weeks say more, (6 + 1) / 15 = .467: .467^6 = .0103, .467^7 = .0048: the seventh week is the first that is no chance.
    """
    rows = gap_of(spark, sales_of, items_of, [8.0, 0.0] * 6 + [8.0] + [0.0] * 9)
    assert [basis for _, basis, _ in rows[13:]] == ["sales"] * 6 + ["gap"] * 2 + ["sales"]
    assert rows[19][0] == 4.0  # the last eight weeks' mean, less than 4.31
    assert rows[13][2] == pytest.approx(7 / 15)


def test_an_item_with_a_short_history_is_no_steady_seller(spark, sales_of, items_of):
    rows = gap_of(spark, sales_of, items_of, [9.0] * 12 + [0.0] * 4)
    assert {basis for _, basis, _ in rows} == {"sales"}
    assert {probability for _, _, probability in rows} == {None}


def test_an_item_that_was_fading_is_missed_for_what_it_sold_lately(spark, sales_of, items_of):
    """20 a week for 18 weeks, then 6 a week for eight: the mean of 26 is 15.7, but a gap counts as 6."""
    rows = gap_of(spark, sales_of, items_of, [20.0] * 18 + [6.0] * 8 + [0.0] * 3)
    assert [(units, basis) for units, basis, _ in rows[-2:]] == [(6.0, "gap")] * 2


def test_a_slow_seller_is_not_asked(spark, sales_of, items_of):
    """By default five a week is the least: 4 a week stay zeros, and without a probability."""
    sales = sales_of(*[(item, day(w), units, 1.0) for w in range(26) for item, units in (("slow", 4), ("fast", 5))])
    found = latent_demand(
        sales, items_of("slow", "fast"), local_frame(spark, [], STOCK), params=LatentParams(buckets=2), as_of=day(29, 6)
    )
    last = {r["item_id"]: (r["units"], r["basis"], r["gap_probability"] is None) for r in found.collect() if r["week"] == day(29)}
    assert last == {"slow": (0.0, "sales", True), "fast": (5.0, "gap", False)}


def test_twice_the_demand_is_missed_sooner_and_counts_twice(spark, sales_of, items_of):
    """Poisson-like sales of mean 2 and of mean 4 with the same zero weeks: none."""
    one = gap_of(spark, sales_of, items_of, [2.0, 1.0, 3.0] * 9 + [0.0] * 4)
    two = gap_of(spark, sales_of, items_of, [4.0, 2.0, 6.0] * 9 + [0.0] * 4)
    assert two[-1][0] == 2 * one[-1][0] > 0
    assert two[27][2] <= one[27][2]


def test_nothing_after_a_week_changes_its_row(spark, sales_of, items_of, counted):
    """Later sales and counts are planted: rows of the first 16 weeks stay bit-equal."""
    early = [("a", day(w, d), 2, 1.0) for w in range(14) for d in (0, 3)] + [("b", day(w), 5, 1.0) for w in range(14)]
    counts = [("a", day(0), 90), ("a", day(14), 0)]
    late = [("a", day(16), 900, 1.0), ("b", day(16), 700, 1.0)]
    before, after = (
        latent_demand(sales_of(*sold), items_of("a", "b"), counted(*held), params=PARAMS, as_of=day(15, 6) if cut else day(17, 6))
        for sold, held, cut in ((early, counts, True), (early + late, [*counts, ("a", day(16, 2), 40)], False))
    )
    known = after.where(F.col("week") <= F.lit(day(15))).withColumn("as_of", F.lit(day(15, 6)))
    assert_df_equality(before, known, ignore_row_order=True, ignore_nullable=True)
    assert before.where("basis = 'gap'").count() == 1
    assert before.where("basis = 'stock' AND uncertain").count() == 2
