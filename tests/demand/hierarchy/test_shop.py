"""The whole way of a small shop: forecasts of its levels, judged, and made to add up."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import DEMAND_BACKTEST, LEVELS, quantile_name
from shelfwise.contracts.gold.hierarchy import DEMAND_HIERARCHY, HIERARCHY_ACCURACY, HIERARCHY_BACKTEST
from shelfwise.core.errors import JobError
from shelfwise.core.frames import local_frame
from shelfwise.demand.hierarchy.backtest import backtest_hierarchy, with_base_variance
from shelfwise.demand.hierarchy.bases import base_forecasts, dispersions, node_weeks
from shelfwise.demand.hierarchy.forecast import forecast_hierarchy
from shelfwise.demand.hierarchy.intervals import level_calibration
from shelfwise.demand.hierarchy.judge import chosen_method, judge_hierarchy
from shelfwise.demand.quantiles import calibrate

MONDAY, WEEKS = date(2017, 1, 2), 43
AS_OF = MONDAY + timedelta(weeks=WEEKS, days=-1)
ORIGINS = (AS_OF - timedelta(weeks=17), AS_OF - timedelta(weeks=13))
PATHS = {f"i{n}": ("D" if n < 8 else "E", f"C{n // 4}") for n in range(12)}
RATES = {item: 2.0 + n for n, item in enumerate(PATHS)}


@pytest.fixture(scope="module")
def shop(spark, served_by):
    """Twelve items of Poisson demand; the 13-week mean serves them, a quarter too high for i11."""
    rng = np.random.default_rng(3)
    units = {item: rng.poisson(rate, WEEKS).astype(float) for item, rate in RATES.items()}
    weeks = [
        (item, MONDAY + timedelta(weeks=w), *path, float(units[item][w]), float(units[item][max(0, w - 12) : w + 1].mean()))
        for item, path in PATHS.items()
        for w in range(WEEKS)
    ]
    panel = local_frame(
        spark, weeks, "item_id string, week date, department string, category string, units double, mean_13 double"
    ).localCheckpoint()
    rows = []
    for item, (department, category) in PATHS.items():
        for origin in ORIGINS:
            known = (origin - MONDAY).days // 7 + 1
            history = units[item][:known]
            mean, actual = float(history[-13:].mean()), units[item][known : known + 13]
            mean *= 1.25 if item == "i11" else 1.0
            scale = float(np.sqrt(np.mean(np.diff(history) ** 2)))
            for horizon in range(1, 14):
                rows.append(
                    dict.fromkeys(DEMAND_BACKTEST.columns)
                    | {"as_of": AS_OF, "item_id": item, "department": department, "category": category, "origin": origin}
                    | {"horizon": horizon, "segment": "smooth", "scale": scale, "price": 2.0, "mean_13": mean, "mean_4": mean}
                    | {"actual": float(actual[horizon - 1]), "actual_cum": float(actual[:horizon].sum()), "last_week": mean}
                )
    backtest = local_frame(spark, [tuple(row.values()) for row in rows], DEMAND_BACKTEST.struct).localCheckpoint()
    champions = served_by("mean_13")
    calibration = calibrate(backtest, champions, as_of=AS_OF).localCheckpoint()
    levels = backtest_hierarchy(panel, backtest, champions, calibration, as_of=AS_OF).localCheckpoint()
    accuracy = judge_hierarchy(levels, as_of=AS_OF).localCheckpoint()
    return {"panel": panel, "calibration": calibration, "backtest": levels, "accuracy": accuracy, "units": units}


@pytest.fixture(scope="module")
def forecast(spark, shop):
    rows = [(item, h, "smooth", RATES[item] * (1 + 0.01 * h)) for item in PATHS for h in range(1, 14)]
    items = local_frame(spark, rows, "item_id string, horizon int, segment string, mean double")
    known = {name: shop[name] for name in ("panel", "backtest", "accuracy", "calibration")}
    frame = forecast_hierarchy(items, **known, as_of=AS_OF)
    assert frame.columns == DEMAND_HIERARCHY.columns
    return frame.toPandas()


def test_levels_are_judged_by_what_their_items_sold(shop):
    """A node's actual is the sum of its items'; 13 weeks of 12 items, 3 categories, 2 departments and all, at 2 origins."""
    rows = shop["backtest"].toPandas()
    assert shop["backtest"].columns == HIERARCHY_BACKTEST.columns
    assert rows.groupby("level").size().to_dict() == {"item": 312, "category": 78, "department": 52, "all": 26}
    known = (ORIGINS[0] - MONDAY).days // 7 + 1
    expected = sum(float(units[known + 4]) for units in shop["units"].values())
    everything = rows[(rows["level"] == "all") & (rows["origin"] == ORIGINS[0]) & (rows["horizon"] == 5)]
    assert everything["actual"].item() == expected
    # price 2 x the 13-week means, of which the items' forecasts are made
    first = rows[(rows["level"] == "item") & (rows["origin"] == ORIGINS[0]) & (rows["horizon"] == 1)]
    assert everything["weight"].item() == pytest.approx(2 * first["base"].sum())


def test_wrmsse_is_the_levels_mean_of_rmsse_weighed_by_revenue(shop):
    rows = shop["backtest"].toPandas()
    rows["sq"] = (rows["bottom_up"] - rows["actual"]) ** 2
    node = ["level", "department", "category", "item_id", "origin"]
    series = rows.groupby(node).agg(sq=("sq", "mean"), scale=("scale", "max"), weight=("weight", "max")).reset_index()
    series["score"] = np.sqrt(series["sq"]) / series["scale"] * series["weight"]
    expected = series.groupby("level").agg(score=("score", "sum"), weight=("weight", "sum"))
    by_level = (expected["score"] / expected["weight"]).to_dict()
    found = shop["accuracy"].where("method = 'bottom_up'").toPandas().set_index("level")["wrmsse"]
    assert shop["accuracy"].columns == HIERARCHY_ACCURACY.columns
    assert found.to_dict() == pytest.approx(by_level | {"*": np.mean(list(by_level.values()))}, rel=1e-6)


def test_the_chosen_method_adds_up_and_has_the_lowest_wrmsse(shop):
    table = shop["accuracy"].where("level = '*'").toPandas().set_index("method")
    coherent = table.drop(index="base")
    assert list(table.index[table["chosen"]]) == [coherent["wrmsse"].idxmin()]
    with pytest.raises(JobError, match="judge_hierarchy"):
        chosen_method(shop["accuracy"].where("method = 'base'"))


def test_intervals_of_levels_are_judged_without_their_own_origin(shop):
    """What sold after one origin does not move the calibration that leaves it out, and does move the others."""
    table = shop["accuracy"].where("chosen").toPandas().set_index("level")
    assert table.loc[["all", "department", "category"], "coverage_80"].between(0.5, 0.97).all()
    assert np.isnan(table.loc["item", "coverage_80"])
    tenfold = F.when(F.col("origin") == F.lit(ORIGINS[0]), 10 * F.col("actual")).otherwise(F.col("actual"))
    order = ["left_out", "cumulated", "segment", "horizon"]
    true, other = (
        level_calibration(rows, "bottom_up", as_of=AS_OF).toPandas().sort_values(order).set_index("left_out")["dispersion"]
        for rows in (shop["backtest"], shop["backtest"].withColumn("actual", tenfold))
    )
    assert (true.loc[ORIGINS[0]].to_numpy() == other.loc[ORIGINS[0]].to_numpy()).all()
    assert (true.loc[ORIGINS[1]].to_numpy() < other.loc[ORIGINS[1]].to_numpy()).all()


def test_forecasts_of_all_levels_add_up_and_quantiles_do_not_cross(forecast):
    items = forecast[forecast["level"] == "item"]
    assert len(forecast) == 13 * (12 + 3 + 2 + 1)
    for level, path in {"all": [], "department": ["department"], "category": ["department", "category"]}.items():
        keys = ["horizon", *path]
        for mean in ("mean", "cum_mean"):
            own = forecast[forecast["level"] == level].set_index(keys)[mean]
            assert (items.groupby(keys)[mean].sum() - own).abs().to_numpy().max() < 1e-6
    for cumulated in (False, True):
        grid = forecast[[quantile_name(p, cumulated=cumulated) for p in LEVELS]].to_numpy()
        assert (np.diff(grid, axis=1) >= 0).all()


def test_a_shop_is_surer_of_its_whole_than_of_its_items(forecast):
    """Poisson items of 2 to 13 a week: the whole sells 90, relative to which its 80 % interval is far narrower than theirs."""
    width = ((forecast["q90"] - forecast["q10"]) / forecast["mean"]).groupby(forecast["level"]).mean()
    assert width["all"] < 0.6 * width["item"]
    assert width["all"] < width["category"] < width["item"]


def test_weeks_are_those_after_the_origin(forecast):
    days = forecast.groupby("horizon")["week"].agg(lambda week: pd.to_datetime(week).dt.date.unique()[0])
    assert days[1] == AS_OF + timedelta(days=1) and days[13] == AS_OF + timedelta(weeks=12, days=1)


def test_what_comes_after_an_origin_does_not_change_its_base_forecasts(shop):
    later = F.when(F.col("week") > F.lit(ORIGINS[0]), 999.0).otherwise(F.col("units"))
    rubbish = base_forecasts(node_weeks(shop["panel"].withColumn("units", later)), ORIGINS[:1]).toPandas()
    clean = base_forecasts(node_weeks(shop["panel"]), ORIGINS[:1]).toPandas()
    order = ["level", "department", "category", "horizon"]
    pd.testing.assert_frame_equal(*(frame.sort_values(order, ignore_index=True) for frame in (rubbish, clean)), check_exact=True)


def test_a_levels_variance_comes_from_the_other_origins_errors(spark):
    """Forecasts of 10, off by 10 at the first origin and by 20 at the second: d = ((100 - 10) / 10) / 10 = .9, and 3.9.

    So the first is weighed by 10 + 3.9 x 100, the second by 10 + .9 x 100, a coming one by (9 + 39) / 20 = 2.4: 10 + 2.4 x 100;
    an origin alone in its backtest has but its own.
    """
    rows = [("all", "*", "*", "*", day, 1, 10.0, 10.0 + off) for day, off in zip(ORIGINS, (10.0, 20.0), strict=True)]
    frame = local_frame(
        spark,
        rows,
        "level string, department string, category string, item_id string, origin date, horizon int, base double, actual double",
    )
    weighed = with_base_variance(frame, dispersions(frame), left_out=F.col("origin")).toPandas().set_index("origin")["variance"]
    assert weighed.to_dict() == pytest.approx({ORIGINS[0]: 400.0, ORIGINS[1]: 100.0})
    coming = with_base_variance(frame, dispersions(frame), left_out=F.lit(date(1900, 1, 1))).toPandas()["variance"]
    assert list(coming) == pytest.approx([250.0, 250.0])
    alone = frame.where(F.col("origin") == F.lit(ORIGINS[1]))
    assert with_base_variance(alone, dispersions(alone), left_out=F.col("origin")).first()["variance"] == pytest.approx(400.0)
