"""Models of single items at the backtest's origins and at as_of, on the planted shop."""

from datetime import date

import pytest
from chispa import assert_df_equality
from pyspark.sql import functions as F

from shelfwise.contracts.gold.mixture import CLASSICAL_FORECAST
from shelfwise.demand.classical import forecasts
from shelfwise.demand.mixture.classical import ClassicalParams, forecast_classical

AS_OF = date(2017, 10, 8)
PARAMS = ClassicalParams(models=("croston_sba", "tsb"), items=5, origins=1)
ORIGIN = date(2017, 7, 9)


@pytest.fixture(scope="module")
def made(planted):
    return forecast_classical(planted["panel"], params=PARAMS, as_of=AS_OF).localCheckpoint()


def test_the_items_with_the_most_revenue_are_asked_at_each_origin(planted, made):
    assert made.columns == CLASSICAL_FORECAST.columns
    rows = made.toPandas()
    assert sorted(rows["origin"].unique()) == [ORIGIN, AS_OF]
    assert (rows.groupby(["item_id", "origin"])["horizon"].agg(list).map(tuple) == tuple(range(1, 14))).all()
    panel = planted["panel"].withColumn("revenue", F.col("shelf_price") * F.col("mean_13")).select("item_id", "week", "revenue")
    for origin in (ORIGIN, AS_OF):
        then = panel.where(f"week = date_sub('{origin}', 6)").orderBy(F.desc("revenue"), "item_id").limit(5).toPandas()
        assert set(rows[rows["origin"] == origin]["item_id"]) == set(then["item_id"])


def test_an_item_of_one_good_week_brings_in_less_than_a_steady_one(planted):
    """60 units in its only week are no 60 a week."""
    last = F.col("week") == "2017-10-02"
    young = F.col("item_id") == "i79"
    changed = (
        planted["panel"]
        .where(~young | last)
        .withColumns(
            {
                "mean_13": F.when(young, 60.0).otherwise(F.col("mean_13")),
                "age_weeks": F.when(young, 0).otherwise(F.col("age_weeks")),
            }
        )
    )
    asked = forecast_classical(changed, params=PARAMS, as_of=AS_OF).where(f"origin = '{AS_OF}'")
    assert "i79" not in {row["item_id"] for row in asked.select("item_id").distinct().collect()}


def test_a_forecast_is_what_the_library_says_of_the_weeks_up_to_the_origin(planted, made):
    rows = made.where(f"origin = '{ORIGIN}'").toPandas()
    item = rows["item_id"].iloc[0]
    known = planted["panel"].where(f"item_id = '{item}' AND week < '{ORIGIN}'").orderBy("week").toPandas()["units"].to_numpy(float)
    by_hand = forecasts(known, horizon=13, season=1, models=PARAMS.models, budget=5.0)
    mine = rows[rows["item_id"] == item].sort_values("horizon")
    for name in PARAMS.models:
        assert mine[name].to_numpy() == pytest.approx(by_hand[name].mean)
    assert mine["theta"].isna().all()
    assert (mine["fell_back"].map(len) == 0).all()


def test_nothing_after_an_origin_moves_its_forecasts(planted, made):
    later = F.col("week") >= "2017-07-10"
    rubbish = planted["panel"].withColumns({name: F.when(later, 1e6).otherwise(F.col(name)) for name in ("units", "mean_13")})
    again = forecast_classical(rubbish, params=PARAMS, as_of=AS_OF)
    assert_df_equality(*[rows.where(f"origin = '{ORIGIN}'") for rows in (again, made)], ignore_row_order=True)


def test_a_model_out_of_time_leaves_the_last_week_and_is_named(planted):
    few = planted["panel"].where("item_id IN ('i70', 'i71')")
    rows = forecast_classical(few, params=PARAMS.model_copy(update={"seconds": 1e-6}), as_of=AS_OF).toPandas()
    assert rows["fell_back"].map(sorted).map(tuple).unique().tolist() == [("croston_sba", "tsb")]
    panel = few.select("item_id", F.date_add("week", 6).alias("origin"), "units").toPandas()
    last = rows.merge(panel, on=["item_id", "origin"], how="left")
    assert last["units"].max() > 0
    for name in PARAMS.models:
        assert last[name].tolist() == last["units"].tolist()


def test_no_models_no_rows(planted):
    assert forecast_classical(planted["panel"], params=ClassicalParams(models=()), as_of=AS_OF).count() == 0
