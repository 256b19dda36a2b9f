"""Rolling origins, the forecast and the trained model, on the planted shop."""

from datetime import date

import pytest
from chispa import assert_df_equality
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import DEMAND_BACKTEST, DEMAND_FORECAST
from shelfwise.core.errors import JobError
from shelfwise.core.frames import local_frame
from shelfwise.demand.accuracy import judge
from shelfwise.demand.backtest import BacktestParams, _last_year, backtest
from shelfwise.demand.champion import choose_champion
from shelfwise.demand.forecast import forecast, train
from shelfwise.demand.mixture.weights import weigh
from shelfwise.demand.origins import origins
from shelfwise.demand.quantiles import calibrate
from shelfwise.demand.regressors import GbtParams, XgbParams
from shelfwise.demand.trees import TreesParams
from shelfwise.measures.weeks import last_sunday

AS_OF = date(2017, 10, 8)
SMALL = {
    "rows": 5000,
    "gbt": GbtParams(trees=5, depth=3, min_rows_per_leaf=20, partitions=2),
    "xgboost": XgbParams(trees=5, depth=3, step=0.3, min_weight_per_leaf=20),
}


def test_origins_are_sundays_whose_thirteen_weeks_are_known():
    """29 October is a Sunday; 13 weeks earlier is 30 July, then every four weeks."""
    assert origins(date(2017, 1, 2), date(2017, 10, 29), BacktestParams()) == [
        date(2017, 7, 30),
        date(2017, 7, 2),
        date(2017, 6, 4),
    ]
    assert last_sunday(date(2017, 10, 31)) == date(2017, 10, 29)


def test_an_origin_with_too_little_before_it_is_left_out_and_none_is_an_error():
    assert origins(date(2017, 5, 29), date(2017, 10, 29), BacktestParams()) == [date(2017, 7, 30)]
    with pytest.raises(JobError, match=r"needs 21 weeks\. Choose a later --as-of"):
        origins(date(2017, 10, 2), date(2017, 10, 29), BacktestParams())


@pytest.fixture(scope="module")
def judged(planted, unasked):
    return backtest(**planted, **unasked, params=BacktestParams(**SMALL, origins=2), as_of=AS_OF).localCheckpoint()


def test_a_backtest_holds_what_then_sold_and_baselines_of_the_origin(planted, judged):
    assert judged.columns == DEMAND_BACKTEST.columns
    assert judged.count() == 80 * 13 * 2
    panel = planted["panel"].select("item_id", F.col("week"), "units", "sold_units", F.col("mean_4").alias("then"))
    origin = judged.withColumn("week", F.date_sub("origin", 6)).join(panel, ["item_id", "week"])
    assert origin.where("last_week <> units OR mean_4 <> then").count() == 0
    target = judged.withColumn("week", F.expr("date_add(origin, 7 * horizon - 6)")).join(panel, ["item_id", "week"])
    # a guessed gap judges no forecast
    assert target.where("actual <> sold_units").count() == 0
    assert judged.where("horizon = 13").agg(F.sum("actual_cum")).first() == judged.agg(F.sum("actual")).first()
    assert judged.where("seasonal_naive IS NOT NULL").count() == 0
    members = F.array("gbt", "xgboost", "mean_4", "mean_13")
    assert judged.where(~F.col("mixture").between(F.array_min(members) - 1e-9, F.array_max(members) + 1e-9)).count() == 0
    ends = judged.groupBy("item_id", "origin").agg(F.sum("mixture").alias("sum"), F.max("mixture_cum").alias("cum"))
    assert ends.where("sum IS NULL OR abs(sum - cum) > 1e-9").count() == 0


def test_last_years_week_is_known_of_items_that_had_a_year_behind_them(spark):
    """A week of age 52 speaks for the one 52 weeks later, a younger one for none."""
    weeks = [("a", date(2017, 1, 1), 51, 3.0), ("a", date(2017, 1, 8), 52, 4.0), ("b", date(2017, 1, 8), 60, 0.0)]
    told = _last_year(local_frame(spark, weeks, "item_id string, week date, age_weeks int, units double"))
    assert {tuple(row) for row in told.collect()} == {("a", date(2018, 1, 7), 4.0), ("b", date(2018, 1, 7), 0.0)}


def test_nothing_after_an_origin_moves_a_bit_of_its_forecasts(planted, judged, unasked):
    """The latest is 9 July: all that was sold, asked or planned later is absurd, and what was known later is turned around."""
    later = F.col("week") >= "2017-07-10"
    known = {"item_id", "week", "age_weeks", "category", "department", "maker_id"}
    numbers = [name for name, kind in planted["panel"].dtypes if kind == "double" and name not in known]
    rubbish = planted | {
        "panel": planted["panel"].withColumns({name: F.when(later, 1e6).otherwise(F.col(name)) for name in numbers}),
        "promotions": planted["promotions"].withColumn(
            "display_share", F.when(F.col("known_at") >= "2017-07-10", 0.5).otherwise(F.col("display_share"))
        ),
    }
    again = backtest(**rubbish, **unasked, params=BacktestParams(**SMALL, origins=2), as_of=AS_OF)
    facts = {"as_of", "actual", "actual_cum"}
    said = [name for name in judged.columns if name not in facts]
    assert_df_equality(again.select(said), judged.select(said), ignore_row_order=True)


def test_the_order_in_which_a_backtest_is_read_moves_no_bit_of_its_calibration_or_its_figures(planted, judged, served_by):
    laid = [judged.coalesce(1).sortWithinPartitions(order) for order in ("actual", "item_id")]
    calibrations = [calibrate(rows, served_by(), as_of=AS_OF).localCheckpoint() for rows in laid]
    assert_df_equality(*calibrations, ignore_row_order=True)
    figures = [judge(rows, served_by(), calibrations[0], planted["panel"], as_of=AS_OF) for rows in laid]
    assert_df_equality(*figures, ignore_row_order=True)


def test_the_forecast_covers_each_item_and_week_and_cumulates_its_means(planted, judged, unasked):
    champions = choose_champion(judged, as_of=AS_OF).localCheckpoint()
    fitted = train(
        **planted, backtest=judged, champions=champions, tuning=unasked["tuning"], params=TreesParams(**SMALL), as_of=AS_OF
    )
    calibration = calibrate(judged, champions, as_of=AS_OF)
    mixture = weigh(judged, unasked["classical"], as_of=AS_OF)
    rows = forecast(
        fitted.model,
        **planted,
        champions=champions,
        calibration=calibration,
        classical=unasked["classical"],
        mixture=mixture,
        as_of=AS_OF,
    ).localCheckpoint()
    assert rows.columns == DEMAND_FORECAST.columns
    assert rows.count() == 80 * 13
    ends = rows.groupBy("item_id").agg(F.sum("mean").alias("sum"), F.max("cum_mean").alias("cum")).where("abs(sum - cum) > 1e-9")
    assert ends.count() == 0
    assert rows.agg(F.min("week"), F.max("week")).first() == (date(2017, 10, 9), date(2018, 1, 1))
    assert 0 < fitted.metric < 1.1
    serves = {row["segment"]: row["model"] for row in champions.where("champion").collect()}
    served = {(row["segment"], row["model"]) for row in rows.select("segment", "model").distinct().collect()}
    assert served == {(segment, serves.get(segment, serves["*"])) for segment, _ in served}
