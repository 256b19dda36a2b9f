"""`shelfwise evaluate demand`, as its user runs it."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import functions as F

from shelfwise.core.cli import APP, call
from shelfwise.demand.series.command import DEFAULT, MODELS, chosen_models

MONDAY = date(2020, 1, 6)
WEEKS, SERIES, HORIZON = 90, 12, 4


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Planted rates that swing with a season of 13 weeks and triple where `promoted`; the last series lies below zero."""
    folder, draws = tmp_path_factory.mktemp("own"), np.random.default_rng(6)
    weeks = np.arange(WEEKS + HORIZON)
    rows, plans = [], []
    for n in range(SERIES):
        promoted = draws.uniform(size=len(weeks)) < 0.15
        rate = (5 + 4 * n) * (1 + 0.5 * np.sin(2 * np.pi * weeks / 13)) * np.where(promoted, 3, 1)
        sign = -1 if n == SERIES - 1 else 1
        days = [MONDAY + timedelta(weeks=int(w)) for w in weeks]
        rows += [(f"s{n}", day, y) for day, y in zip(days[:WEEKS], sign * draws.poisson(rate), strict=False)]
        plans += [(f"s{n}", day, int(p)) for day, p in zip(days, promoted, strict=True)]
    pd.DataFrame(rows, columns=["unique_id", "ds", "y"]).to_csv(folder / "history.csv", index=False)
    pd.DataFrame(plans, columns=["unique_id", "ds", "promoted"]).to_csv(folder / "plans.csv", index=False)
    return folder


def arguments(shop, *more):
    sizes = ["--horizon", str(HORIZON), "--frequency", "W", "--season", "13", "--origins", "2"]
    return ["evaluate", "demand", "--history", str(shop / "history.csv"), *sizes, *more]


def test_it_prints_a_table_and_writes_forecasts_that_know_the_plans(spark, shop, tmp_path, capsys):
    out = tmp_path / "out"
    models = "naive,naive2,theta,tsb,xgboost,combination"
    code = call(APP, arguments(shop, "--exogenous", str(shop / "plans.csv"), "--models", models, "--out", str(out)))
    said = capsys.readouterr()
    assert code == 0, said.err
    assert "12 series, 2 origins, 4 steps, season 13" in said.out
    table = pd.concat(pd.read_csv(part) for part in (out / "accuracy").glob("*.csv")).set_index("model")
    assert set(table.index) == set(models.split(","))
    # the plans triple demand: only the model that reads them can know
    assert table.loc["xgboost", "wrmsse"] < 0.8 * table.loc[["naive", "theta", "tsb"], "wrmsse"].min()
    assert table.loc["combination", "wrmsse"] < table.loc["theta", "wrmsse"]
    assert table.loc["naive2", "owa"] == pytest.approx(1.0)
    assert (table["seconds"].drop("combination") > 0).all()  # a mixture fits nothing of its own
    ahead = spark.read.parquet(str(out / "forecasts"))
    assert ahead.count() == SERIES * HORIZON * 6
    first, last = ahead.agg(F.min("ds"), F.max("ds")).first()
    assert (first, last) == (MONDAY + timedelta(weeks=WEEKS), MONDAY + timedelta(weeks=WEEKS + HORIZON - 1))
    assert ahead.where("q05 > q95 OR (q05 < 0 AND unique_id <> 's11') OR q50 IS NULL").count() == 0
    assert ahead.where("unique_id = 's11' AND model = 'xgboost'").agg(F.max("forecast")).first()[0] < 0
    history = spark.read.csv(str(shop / "history.csv"), header=True).withColumn("ds", F.to_date("ds"))
    held = spark.read.parquet(str(out / "backtest")).join(history.withColumnRenamed("y", "was"), ["unique_id", "ds"])
    assert held.where("y = CAST(was AS double)").count() == SERIES * HORIZON * 2 * 6


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--models", "naive,prophet"], "--models: there is no model 'prophet'."),
        (["--models", "combination"], "--models: name some; 'combination' mixes"),
        (["--frequency", "H"], "--frequency H: it is D, W, M, Q or Y"),
    ],
)
def test_a_wrong_option_is_told_before_anything_starts(shop, capsys, more, said):
    assert call(APP, arguments(shop, *more)) == 2
    assert said in capsys.readouterr().err


def test_what_lies_in_the_way_is_left_alone(shop, tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    assert call(APP, arguments(shop, "--out", str(tmp_path))) == 2
    assert "there is something already; name a folder that is empty" in capsys.readouterr().err


def test_a_bad_file_ends_with_one_and_no_stack_trace(spark, shop, tmp_path, capsys):
    bad = tmp_path / "bad.csv"
    bad.write_text("unique_id,ds,y\na,2020-01-06,lots\n")
    assert call(APP, ["evaluate", "demand", "--history", str(bad), "--horizon", "1", "--frequency", "W"]) == 1
    said = capsys.readouterr().err
    assert "bad.csv: y must be a number in every row" in said
    assert "Traceback" not in said


def test_models_come_in_the_order_in_which_they_rest_on_each_other():
    assert chosen_models("combination, xgboost ,naive") == ["naive", "xgboost", "combination"]
    assert chosen_models(None) == list(DEFAULT)
    assert set(MODELS) - set(DEFAULT) == {"arima_110", "lstm"}
