"""What would sell that has never sold: candidates of suppliers and of the catalogue, beside what was launched lately."""

from datetime import timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import functions as F

from shelfwise.contracts.gold.introductions import CANDIDATE_FORECAST
from shelfwise.contracts.gold.launches import LAUNCH_BACKTEST
from shelfwise.contracts.silver import CANDIDATES, LIST_PRICES
from shelfwise.core.conform import conform, empty
from shelfwise.core.frames import local_frame
from shelfwise.demand.launches.candidates import CandidateParams, forecast_candidates
from shelfwise.measures.levels import GRID
from tests.demand.launches.conftest import AS_OF, DEPARTMENTS, MONDAY, PANEL, WEEKS, Item, assortment, items_frame, panel_rows
from tests.rows import row

LAST = MONDAY + timedelta(weeks=WEEKS - 1)
LATELY = [item.name for item in assortment() if item.launch >= WEEKS - 13]
# a plain mean takes the place of the attribute model; two of the catalogue
PARAMS = CandidateParams(least_lessons=10**9, catalogue=2)
SHELF = {"department": "FOOD", "category": "MILK", "subcategory": "LOAVES", "maker_id": "m1"}
PROPOSED = {
    "dear": SHELF | {"list_price": Decimal("9.50")},
    "unpriced": SHELF,
    "new maker": SHELF | {"maker_id": "m7"},
    "new category": SHELF | {"category": "TOFU", "maker_id": "m7"},
    # a department that nothing is sold of; what has long been on sale; what is priced in the catalogue too
    "nowhere": SHELF | {"department": "MOON", "category": "DUST", "maker_id": "m7"},
    "old-MILK-m1-0": SHELF,
    "both": SHELF,
}
# in the catalogue, never sold: two whose neighbours sell 20 and 8 a week, one of 1 a week for which there is no place
LISTED = {"soap": ("SOAP", "m1"), "milk": ("MILK", "m1"), "bread": ("BREAD", "m0"), "both": ("MILK", "m1")} | dict.fromkeys(
    ("stale", "unwanted", "announced"), ("SOAP", "m1")
)
NEXT_WEEK, UNWANTED = AS_OF + timedelta(days=1), MONDAY + timedelta(weeks=35)
# on the list and never sold: one since the prices begin, one for nine weeks; one comes next week
PRICES = {"stale": (5, MONDAY), "unwanted": (4, UNWANTED), "announced": (3, NEXT_WEEK)}


@pytest.fixture(scope="module")
def asked(spark, shop, plans, calendar):
    """The shop beside one milk of m1 that costs 100; launches of the last thirteen weeks sell a thousand times as much."""
    odd = Item("odd", "MILK", "m1", 0, price=100.0)
    loud = F.when(F.col("item_id").isin(LATELY), 1000.0).otherwise(1.0) * F.col("units")
    more = spark.createDataFrame(panel_rows([odd], lambda item, week: 1.0), PANEL)
    panel = shop["panel"].withColumn("units", loud).unionByName(more)
    listed = items_frame(spark, [odd, *[Item(name, category, maker, 0) for name, (category, maker) in LISTED.items()]])
    proposed = [row(CANDIDATES, item_id=name, **of) for name, of in PROPOSED.items()]
    prices = [row(LIST_PRICES, item_id=name, starts_on=day, price=Decimal(price)) for name, (price, day) in PRICES.items()]
    return {
        "panel": panel,
        "items": shop["items"].unionByName(listed),
        "candidates": local_frame(spark, proposed, CANDIDATES.struct),
        "list_prices": local_frame(spark, prices, LIST_PRICES.struct),
        "promotions": plans,
        "calendar": calendar,
        "backtest": empty(spark, LAUNCH_BACKTEST),
    }


@pytest.fixture(scope="module")
def told(asked) -> pd.DataFrame:
    frame = conform(forecast_candidates(**asked, params=PARAMS, as_of=AS_OF), CANDIDATE_FORECAST)
    broken = " OR ".join(f"NOT coalesce({rule}, true)" for rule in CANDIDATE_FORECAST.rules().values())
    rows = frame.selectExpr("*", f"{broken} AS broken").toPandas()
    assert not rows["broken"].any()
    assert rows["item_id"].is_unique
    return rows.set_index("item_id")


def test_candidates_are_what_suppliers_propose_and_what_the_catalogue_has_never_sold(told):
    """Of the catalogue the two whose neighbours bring most; `both` is proposed; what is on sale, on the list or to come is none."""
    candidates = told[told["stage"] == "candidate"]
    assert set(candidates.index) == {"dear", "unpriced", "new maker", "new category", "both", "soap", "milk"}
    assert set(candidates["launch"]) == {AS_OF + timedelta(days=1)}


def test_a_price_that_nobody_has_said_is_the_median_of_shelf_and_maker(told):
    """m1's milk on the shelf costs 2 to 6, and one 100; a new maker's is the shelf's; a new category's the department's."""
    new = {name: told.loc[name] for name in told.index}
    live = [item for item in assortment() if item.launch <= WEEKS - 1]
    of_both = [item.price for item in live if (item.category, item.maker) == ("MILK", "m1")] + [100.0]
    of_shelf = [item.price for item in live if item.category == "MILK"] + [100.0]
    of_food = [item.price for item in live if DEPARTMENTS[item.category] == "FOOD"] + [100.0]
    prices = {name: (float(new[name]["price"]), bool(new[name]["price_assumed"])) for name in PROPOSED if name in told.index}
    assert prices["dear"] == (9.5, False)
    for name, of in (("unpriced", of_both), ("new maker", of_shelf), ("new category", of_food)):
        assert prices[name] == (np.sort(of)[(len(of) - 1) // 2], True)
    assert bool(new["soap"]["price_assumed"])


def test_what_the_shop_knows_of_a_candidate_is_said(told):
    known = told.loc[["dear", "new maker", "new category", "soap"], "known"].to_dict()
    assert known == {"dear": "maker and category", "new maker": "category", "new category": "neither", "soap": "maker and category"}
    assert np.isnan(told.loc["new category", "category_weekly"])
    assert told.loc["dear", "category_weekly"] == pytest.approx(32)


def test_launches_of_the_last_thirteen_weeks_are_asked_on_their_own_eve(told):
    """Launches begin in weeks 9 to 37 of 44; week 31 and later are of the last thirteen."""
    launched = told[told["stage"] == "launched"]
    lately = {item.name: MONDAY + timedelta(weeks=item.launch) for item in assortment()}
    assert launched["launch"].to_dict() == {name: lately[name] for name in LATELY} | {"unwanted": UNWANTED}
    assert not launched["price_assumed"].any()
    assert set(launched["known"]) == {"maker and category"}


def test_forecasts_are_of_the_size_of_earlier_launches_and_are_not_taught_by_those_asked_for(told):
    """Soap sells 10 to 20 a week, 130 to 260 in 13 weeks, milk .4 of that; what is asked for has sold a thousand times as much."""
    assert (told["mean"].map(len) == 13).all()
    assert told["mean"].map(sum).to_numpy() == pytest.approx(told["units"].to_numpy())
    assert told.loc["soap", "units"] > 1.5 * told.loc["milk", "units"]
    assert told["units"].max() < 1.3 * 260


def test_where_no_launch_was_judged_any_level_may_come(told):
    assert told["levels"].map(sum).to_numpy() == pytest.approx(1)
    assert told["levels"].map(lambda law: law @ GRID).to_numpy() == pytest.approx(1, abs=0.01)
