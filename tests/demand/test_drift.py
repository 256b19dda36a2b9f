"""What has moved is named, what has not is not."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import DEMAND_DRIFT, DEMAND_FORECAST, FORECAST_ACCURACY
from shelfwise.core.frames import local_frame
from shelfwise.demand.drift import DriftParams, check_drift, counted
from shelfwise.demand.inputs import FEATURES, UNKNOWN
from shelfwise.demand.served import served_errors
from shelfwise.demand.verdicts import BY_NATURE, Marks, moved_errors, moved_feature, overall, served_moved
from tests.demand.conftest import sunday

SINCE = date(2017, 7, 30)
AS_OF = sunday(39)
LATELY, LONG_AGO = sunday(35), sunday(25)
MARKS = Marks(least_items=50, least_series=2)
EDGES = np.array([1.0, 2.0])


def errors(segment="*", rows=1300, **of):
    """RMSSE and bias by origin, as gold.forecast_accuracy has them."""
    made = [{"segment": segment, "origin": day, "rows": rows, "rmsse": rmsse, "bias": bias} for day, (rmsse, bias) in of.items()]
    return pd.DataFrame(made)


def feature(name, then, now, marks=MARKS):
    (row,) = moved_feature(name, np.array([then, now], dtype=float), EDGES, SINCE, 1, marks).to_dict("records")
    return row


def test_features_that_move_by_nature_are_features():
    assert set(BY_NATURE) < set(FEATURES)
    assert {name for name in FEATURES if name.endswith("_trend") or name.startswith("outside")} <= set(BY_NATURE)


def test_values_are_counted_by_bins_with_one_for_what_is_not_known():
    found = counted(pd.DataFrame({"x": [0.5, 1.0, 3.0, UNKNOWN]}), {"x": EDGES})
    assert found["rows"].tolist() == [2, 0, 1, 1]
    assert found["bin"].tolist() == [0, 1, 2, 3]


def test_a_feature_that_stays_is_well():
    row = feature("price_to_own", [300, 300, 300, 0], [300, 300, 300, 0])
    assert (row["kind"], row["value"], row["verdict"]) == ("feature", 0.0, "ok")


def test_a_feature_that_has_moved_says_where_to():
    """A third of the rows above 2, then two thirds."""
    row = feature("price_to_own", [300, 300, 300, 0], [150, 150, 600, 0])
    assert row["verdict"] == "retrain"
    assert row["reason"].startswith("67 % of the rows are above 2, 33 % on 2017-07-30: a stability index of 0.46")


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ([700, 100, 100, 0], "are at most 1,"),
        ([100, 700, 100, 0], "are above 1 and at most 2,"),
        ([100, 100, 100, 600], "are not known,"),
    ],
)
def test_each_bin_has_words(now, said):
    assert said in feature("price_to_own", [300, 300, 300, 0], now)["reason"]


def test_the_marks_are_taken_at_their_value():
    """With an index of .46."""
    then, now = [300, 300, 300, 0], [150, 150, 600, 0]
    at = feature("price_to_own", then, now)["value"]
    assert feature("price_to_own", then, now, Marks(least_items=50, watch_index=at, retrain_index=1.0))["verdict"] == "watch"
    assert feature("price_to_own", then, now, Marks(least_items=50, watch_index=0.1, retrain_index=at))["verdict"] == "retrain"
    assert feature("price_to_own", then, now, Marks(least_items=50, watch_index=1.0, retrain_index=2.0))["verdict"] == "ok"


def test_what_moves_by_nature_and_what_few_items_say_is_listed_and_not_counted():
    season = feature("holidays", [900, 0, 0, 0], [0, 900, 0, 0])
    assert season["value"] > 1
    assert season["verdict"] == "not counted"
    assert season["reason"].endswith("not counted: it moves with the calendar")
    few = feature("price_to_own", [900, 0, 0, 0], [0, 49, 0, 0])
    assert few["reason"].endswith("not counted: fewer than 50 items")


def test_an_error_is_held_against_the_earlier_origins_weighed_by_their_rows():
    """Earlier (1 x .5 + 3 x .9) / 4 = .8, then 1.0: 1.25 times. Bias from 0 to +21 %."""
    rows = pd.concat(
        [
            errors(rows=1000, **{"2017-06-04": (0.5, 0.0)}),
            errors(rows=3000, **{"2017-07-02": (0.9, 0.0)}),
            errors(rows=1300, **{"2017-07-30": (1.0, 0.21)}),
        ]
    )
    error, bias = moved_errors(rows.sample(frac=1, random_state=1), MARKS).to_dict("records")
    assert (error["kind"], error["name"], error["verdict"]) == ("error", "*", "retrain")
    assert error["value"] == pytest.approx(1.25)
    assert error["reason"] == "RMSSE of all items 1.000 at the latest origin, 2017-07-30, 0.800 at earlier ones"
    assert (bias["value"], bias["verdict"]) == (pytest.approx(0.21), "retrain")


def test_a_bias_counts_either_way_and_an_error_that_shrinks_is_well():
    rows = errors("fast", **{"2017-06-04": (0.9, 0.02), "2017-07-02": (0.5, -0.1)})
    error, bias = moved_errors(rows, MARKS).to_dict("records")
    assert error["verdict"] == "ok"
    assert (bias["verdict"], bias["value"]) == ("watch", pytest.approx(-0.12))
    assert bias["reason"] == "Bias of fast items -10.0 % at the latest origin, 2017-07-02, +2.0 % at earlier ones"


def test_errors_of_one_origin_or_of_few_series_judge_nothing():
    """Thirteen forecasts are one series."""
    assert moved_errors(errors(**{"2017-07-02": (0.5, 0.0)}), MARKS).empty
    few = moved_errors(errors(rows=25, **{"2017-06-04": (0.1, 0.0), "2017-07-02": (0.9, 0.0)}), MARKS)
    assert set(few["verdict"]) == {"not counted"}


def test_an_error_that_is_not_known_is_no_reason_to_train():
    rows = errors(**{"2017-06-04": (np.nan, 0.0), "2017-07-02": (np.nan, 0.0)})
    assert moved_errors(rows, MARKS)["verdict"].tolist() == ["ok", "ok"]


@pytest.mark.parametrize(
    ("verdicts", "gravest", "said"),
    [
        (["ok", "retrain", "watch"], "retrain", "moved too far are b (feature)"),
        (["ok", "watch", "not counted"], "watch", "keep an eye on b (feature)"),
        (["ok", "not counted", "ok"], "ok", "All is well: none of 2 features and errors has moved"),
        (["not counted"] * 3, "not counted", "It can't be told"),
    ],
)
def test_the_gravest_verdict_is_that_of_all(verdicts, gravest, said):
    (row,) = overall(pd.DataFrame({"kind": "feature", "name": ["a", "b", "c"], "verdict": verdicts})).to_dict("records")
    assert (row["kind"], row["name"], row["verdict"]) == ("all", "*", gravest)
    assert said in row["reason"]


@pytest.fixture(scope="module")
def alike(planted):
    """The last week's items stand in the reference week, too: nothing has moved but the calendar and the plans."""
    now = planted["panel"].where(F.col("week") == F.lit(sunday(38)) + F.expr("INTERVAL 1 DAY"))
    then = now.withColumn("week", F.lit(date(2017, 7, 24)))
    return planted | {"panel": then.unionByName(now).localCheckpoint()}


@pytest.fixture(scope="module")
def accuracy(spark):
    def made(latest):
        rows = [("2017-07-30", 0.8, 0.0), ("2017-08-27", latest, 0.0)]
        common = {"as_of": AS_OF, "level": "item x week", "model": "champion", "horizon": 0, "rows": 1300}
        common |= {"mae": 0.0, "mse": 0.0, "rmse": 0.0}
        whole = [dict(zip(("origin", "rmsse", "bias"), row, strict=True)) | common for row in rows]
        fields = [one | {"segment": segment} for one in whole for segment in ("*", "fast")]
        noise = [
            fields[0] | {"origin": "2017-01-01"} | wrong
            for wrong in ({"model": "gbt"}, {"level": "category x week"}, {"horizon": 3})
        ]
        every = [{**dict.fromkeys(FORECAST_ACCURACY.columns), **one} for one in [*fields, *noise, fields[0] | {"origin": "*"}]]
        return local_frame(
            spark, [tuple(one[name] for name in FORECAST_ACCURACY.columns) for one in every], FORECAST_ACCURACY.struct
        )

    return made


def drift(shop, accuracy, forecasts=None, judged=None):
    published = local_frame(accuracy.sparkSession, [], DEMAND_FORECAST.struct) if forecasts is None else forecasts
    every = accuracy if judged is None else judged
    found = check_drift(
        **shop, accuracy=accuracy, judged=every, forecasts=published, params=DriftParams(marks=MARKS), as_of=AS_OF
    ).toPandas()
    assert list(found.columns) == DEMAND_DRIFT.columns
    return found.set_index(["kind", "name"])


def test_the_same_population_and_the_same_errors_are_well(alike, accuracy):
    found = drift(alike, accuracy(0.8))
    assert set(found.loc["feature"].index) == set(FEATURES)
    features = found.loc["feature"].drop(index=list(BY_NATURE))
    assert features["value"].abs().max() == 0
    assert set(features["verdict"]) == {"ok"}
    assert found.loc[("all", "*"), "verdict"] == "ok"


def test_planted_shifts_of_prices_and_of_units_are_named_and_nothing_else_is(alike, accuracy):
    """Prices twice those of the category, three times the units in every mean of the last week."""
    last = F.col("week") > F.lit(date(2017, 7, 24))
    units = ("units", "lag_1", "lag_2", "lag_3", "mean_4", "mean_13", "mean_26", "sd_13", "mean_promoted", "mean_unpromoted")
    tripled = {name: F.when(last, F.col(name) * 3).otherwise(F.col(name)) for name in units}
    price = F.when(last, F.col("price_to_category") * 2).otherwise(F.col("price_to_category"))
    shifted = alike | {"panel": alike["panel"].withColumns(tripled | {"price_to_category": price})}
    found = drift(shifted, accuracy(0.8))
    features = found.loc["feature"]
    assert set(features.index[features["verdict"] == "retrain"]) == {"log_level", "price_to_category"}
    assert found.loc[("all", "*"), "verdict"] == "retrain"
    assert "log_level (feature), price_to_category (feature)" in found.loc[("all", "*"), "reason"]


def test_a_planted_error_is_named(alike, accuracy):
    """.8, then 1.1: 1.375 times, of all and of the fast items."""
    found = drift(alike, accuracy(1.1))
    assert found.loc[("error", "fast"), "value"] == pytest.approx(1.375)
    assert found.loc[("error", "fast"), "verdict"] == "retrain"
    assert found.loc[("bias", "fast"), "verdict"] == "ok"
    assert "all items (error), fast (error)" in found.loc[("all", "*"), "reason"]


def published(panel, mean, *, day=LATELY, segment="fast", q95=1e6):
    """What was said on `day` of the weeks since: `mean` (an expression of what then sold) of each."""
    ahead = F.lit(day).cast("date")
    said = {"as_of": ahead, "horizon": (F.datediff("week", ahead) + 6) / 7, "segment": F.lit(segment), "model": F.lit("xgboost")}
    said |= {"mean": F.expr(mean), "cum_mean": F.lit(0.0)}
    names = [name for name in DEMAND_FORECAST.columns if name.startswith(("q", "cum_q"))]
    said |= dict.fromkeys(names, F.lit(0.0)) | {"q95": F.expr(str(q95)).cast("double")}
    rows = panel.where(F.col("week") > ahead).withColumns(said).withColumn("horizon", F.col("horizon").cast("int"))
    return rows.select(*DEMAND_FORECAST.columns)


def usual(spark, *, wape=0.4, bias=0.0, segments=("fast",), day=LATELY):
    """The champions' figures of that day's backtest by segment and horizon."""
    common = dict.fromkeys(FORECAST_ACCURACY.columns) | {"as_of": day, "level": "item x week", "model": "champion", "origin": "*"}
    common |= {"rows": 1300, "mae": 0.0, "mse": 0.0, "rmse": 0.0, "wape": wape, "bias": bias}
    rows = [common | {"segment": segment, "horizon": h} for segment in segments for h in range(1, 14)]
    noise = [
        rows[0] | wrong
        for wrong in ({"model": "gbt", "wape": 9.0}, {"level": "category x week", "wape": 9.0}, {"origin": "2017-07-30"})
    ]
    every = [tuple(one[name] for name in FORECAST_ACCURACY.columns) for one in [*rows, *noise]]
    return local_frame(spark, every, FORECAST_ACCURACY.struct)


def test_what_was_published_is_judged_by_the_weeks_that_are_over_since(spark, planted):
    """Half as much again as sold, on a day four weeks ago; the backtest was 40 % off. Nobody's 95 % quantile was passed."""
    panel = planted["panel"]
    forecasts = published(panel, "1.5 * sold_units")
    other = published(panel, "sold_units", segment="slow", q95="sold_units - 1")
    (row,) = served_errors(panel, forecasts, usual(spark), as_of=AS_OF).where("segment = 'fast'").collect()
    assert (row["items"], row["weeks"], row["since"]) == (80, 4, sunday(35))
    assert row["wape"] == row["bias"] == pytest.approx(0.5)
    assert (row["expected_wape"], row["expected_bias"], row["above"]) == (pytest.approx(0.4), 0.0, 0.0)
    both = served_errors(panel, forecasts.unionByName(other), usual(spark, segments=("fast", "slow")), as_of=AS_OF).toPandas()
    found = both.set_index("segment")
    assert (found.loc["slow", "wape"], found.loc["slow", "above"]) == (0.0, 1.0)
    assert (found.loc["*", "wape"], found.loc["*", "above"]) == (pytest.approx(0.25), 0.5)


def test_a_backtest_of_another_day_says_nothing_of_what_was_to_be_expected(spark, planted):
    forecasts = published(planted["panel"], "1.5 * sold_units")
    other = usual(spark).withColumn("as_of", F.lit(AS_OF))
    assert served_errors(planted["panel"], forecasts, other, as_of=AS_OF).isEmpty()
    (row,) = (
        served_errors(planted["panel"], forecasts, other.unionByName(usual(spark)), as_of=AS_OF).where("segment = '*'").collect()
    )
    assert row["expected_wape"] == pytest.approx(0.4)


def test_a_part_of_a_unit_above_a_quantile_is_none(spark, planted):
    """Quantiles are whole units: 4.3 is not above 4, 4.6 is."""
    forecasts = published(planted["panel"], "sold_units", q95="sold_units")
    for part, above in ((0.3, 0.0), (0.6, 1.0)):
        panel = planted["panel"].withColumn("units", F.col("sold_units") + part)
        (row,) = served_errors(panel, forecasts, usual(spark), as_of=AS_OF).where("segment = 'fast'").collect()
        assert row["above"] == above


def test_what_was_published_longer_ago_than_a_forecast_reaches_judges_nothing(spark, planted):
    forecasts = published(planted["panel"], "99.0", day=LONG_AGO)
    assert served_errors(planted["panel"], forecasts, usual(spark, day=LONG_AGO), as_of=AS_OF).isEmpty()


def test_published_errors_ask_for_training_when_enough_weeks_tell():
    row = {"segment": "*", "items": 80, "weeks": 4, "since": sunday(35), "wape": 0.5, "bias": 0.15, "expected_wape": 0.4}
    row |= {"expected_bias": 0.02, "above": 0.08}
    found = served_moved(pd.DataFrame([row]), MARKS).set_index("kind")
    assert found.loc["served error", ["value", "verdict"]].tolist() == [pytest.approx(1.25), "retrain"]
    assert found.loc["served bias", ["value", "verdict"]].tolist() == [pytest.approx(0.13), "watch"]
    assert found.loc["served tail", ["value", "verdict"]].tolist() == [0.08, "watch"]
    assert found.loc["served error", "reason"] == (
        f"Forecasts of all items published since {sunday(35)} were 50 % of demand off, 40 % in the backtest"
    )
    for few in ({"weeks": 3}, {"items": 49}):
        assert set(served_moved(pd.DataFrame([row | few]), MARKS)["verdict"]) == {"not counted"}


def test_a_drift_check_hears_of_what_was_published(alike, accuracy, planted, spark):
    forecasts = published(planted["panel"], "1.5 * sold_units")
    found = drift(alike | {"panel": planted["panel"]}, accuracy(0.8), forecasts, usual(spark, wape=0.3))
    assert found.loc[("served error", "*"), "verdict"] == "retrain"
    assert "all items (served error)" in found.loc[("all", "*"), "reason"]
