"""Established items and earlier launches together: by hand, and planted slopes recovered."""

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import functions as F

from shelfwise.contracts.silver import LIST_PRICES
from shelfwise.core.conform import empty
from shelfwise.demand.launches.attributes import with_siblings
from shelfwise.demand.launches.curves import with_curves
from shelfwise.demand.launches.history import by_week, launches
from shelfwise.demand.launches.relatives import relations, with_relatives
from tests.demand.launches.conftest import AS_OF


def lessons(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    """Department, category, pace and units of launches that the shop's curve says 10 of."""
    names = ["department", "category", "pace", "units"]
    return pd.DataFrame(rows, columns=names).assign(cut="c", level=10.0, item_id=[f"i{n}" for n in range(len(rows))])


def factors(frame: pd.DataFrame) -> dict[tuple[str, str], float]:
    told = relations(frame)
    return {(row["department"], row["category"]): row["factor"] for _, row in told.iterrows()}


def test_factors_by_hand():
    """Two launches of a pace of 1: 20 of cheese, 10 of milk. All are 1.5 x the curve; dairy is as the shop.

    Cheese sells 20 / 15 of that, one launch: (1.333 + 20) / 21; milk 10 / 15: (.667 + 20) / 21."""
    found = factors(lessons(("DAIRY", "CHEESE", 1.0, 20.0), ("DAIRY", "MILK", 1.0, 10.0)))
    assert found["*", "*"] == pytest.approx(1.5)
    assert found["DAIRY", "*"] == pytest.approx(1)
    assert found["DAIRY", "CHEESE"] == pytest.approx((20 / 15 + 20) / 21)
    assert found["DAIRY", "MILK"] == pytest.approx((10 / 15 + 20) / 21)


def test_a_category_counts_beside_its_department():
    """40 launches of food at 20 and 40 of others at 10, all of pace 1, one category each: shop 1.5, food (40 x 1.333 + 20) / 60.

    What its one category sells beyond that: 20 of 15 x 1.2222, (40 x 1.0909 + 20) / 60."""
    rows = [("FOOD", "BREAD", 1.0, 20.0)] * 40 + [("REST", "SOAP", 1.0, 10.0)] * 40
    found = factors(lessons(*rows))
    assert found["FOOD", "*"] == pytest.approx((40 * 20 / 15 + 20) / 60)
    left = 20 / (15 * found["FOOD", "*"])
    assert found["FOOD", "BREAD"] == pytest.approx((40 * left + 20) / 60)


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0])
def test_a_planted_slope_is_recovered_where_there_are_launches_enough(slope):
    """5,000 of log sd 1; and of ten nothing but what was believed before: one, give or take a half."""
    draws = np.random.default_rng(3)
    pace = np.exp(0.7 * draws.standard_normal(5000))
    units = 40 * pace**slope * np.exp(draws.standard_normal(5000))
    many = lessons(*[("D", "C", *one) for one in zip(pace, units, strict=True)])
    assert relations(many)["slope"].iloc[0] == pytest.approx(slope, abs=0.06)
    few = relations(many.iloc[:10])["slope"].iloc[0]
    assert abs(few - 1) < abs(slope - 1) + 0.5


@pytest.mark.parametrize("rows", [[("D", "C", 2.0, 5.0)], [("D", "C", 1.5, 5.0), ("D", "E", 1.5, 1.0), ("D", "E", 1.5, 2.0)]])
def test_where_paces_do_not_differ_a_launch_is_as_fast_as_its_relatives(rows):
    assert set(relations(lessons(*rows))["slope"]) == {1.0}


def test_the_order_of_lessons_moves_nothing():
    draws = np.random.default_rng(5)
    rows = lessons(*[("D", "AB"[n % 2], pace, units) for n, (pace, units) in enumerate(draws.uniform(0.5, 20, (50, 2)))])
    assert relations(rows).equals(relations(rows.sample(frac=1, random_state=1)))


@pytest.fixture(scope="module")
def known(shop):
    launched = launches(shop["panel"], shop["items"], empty(shop["panel"].sparkSession, LIST_PRICES))
    described = with_siblings(launched, shop["panel"], shop["items"])
    rows = by_week(described, shop["panel"], AS_OF).withColumn("cut", F.lit("c"))
    return rows.localCheckpoint()


def said(asked, taught):
    return with_relatives(with_curves(asked, taught), taught).toPandas()


def test_relatives_are_level_by_pace_and_factors(known):
    """As `relations` says, put together by hand."""
    taught = known.where("units IS NOT NULL")
    rows = said(known, taught)
    pace = np.prod([np.where(rows[name] > 0, rows[name], 1.0) for name in rows if name.startswith("pace_")], axis=0)
    lesson = rows[rows["units"].notna()].assign(pace=pace[rows["units"].notna()], cut="c")
    by_item = lesson.groupby(["cut", "department", "category", "item_id"], as_index=False).agg(
        units=("units", "sum"), level=("level", "sum"), pace=("pace", "max")
    )
    told = relations(by_item).set_index(["department", "category"])
    slope, shop = told["slope"].iloc[0], told.loc[("*", "*"), "factor"]
    beside = [
        told.loc[(d, "*"), "factor"] * told.loc[(d, c), "factor"] for d, c in zip(rows["department"], rows["category"], strict=True)
    ]
    expected = rows["level"] * pace**slope * shop * np.array(beside)
    np.testing.assert_allclose(rows["relatives"], expected, rtol=1e-9)


def test_of_a_category_without_lessons_the_department_and_its_pace_speak(known):
    taught = known.where("units IS NOT NULL AND category <> 'MILK'")
    rows = said(known.where("category = 'MILK' AND launch_week = 1"), taught)
    assert len(rows) and (rows["relatives"] > 0).all()
    hidden = said(known.where("category = 'MILK' AND launch_week = 1").withColumn("pace_category", F.lit(-1.0)), taught)
    assert not np.allclose(rows["relatives"], hidden["relatives"])


def test_twice_the_lessons_sales_are_about_twice_as_much_of_relatives(known):
    """But for the half unit that logs need."""
    taught = known.where("units IS NOT NULL")
    once, twice = (said(known, of)["relatives"].sum() for of in (taught, taught.withColumn("units", 2 * F.col("units"))))
    assert twice == pytest.approx(2 * once, rel=0.02)
