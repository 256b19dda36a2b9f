"""The LSTM: it learns what a flat forecast can't, stays what it was, and says what it needs."""

import sys

import numpy as np
import pandas as pd
import pytest

from shelfwise.core.errors import SettingsError
from shelfwise.demand import recurrent
from shelfwise.demand.recurrent import PIECE, LstmParams

LAGS = [f"lag_{k}" for k in reversed(range(6))]
PARAMS = LstmParams(cells=8, dense=8, epochs=25, step=0.01, batch=64)


def windows(rows=1500, *, seed=3):
    """What comes is the value before the last one, times the level: the order of the sequence tells, its mean does not."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.uniform(0.0, 2.0, (rows, 6)), columns=LAGS)
    level = rng.uniform(1.0, 50.0, rows)
    return table.assign(item_id=[f"i{n % 40}" for n in range(rows)], age=rng.uniform(0, 9, rows), level=level, weight=level).assign(
        target=table["lag_1"] * level
    )


@pytest.fixture(scope="module")
def lessons(spark):
    return spark.createDataFrame(windows()).repartition(3).localCheckpoint()


@pytest.fixture(scope="module")
def network(lessons):
    return recurrent.fit(lessons, LAGS, ["age"], PARAMS, series="item_id")


def test_it_learns_which_of_the_last_values_comes_again(spark, network):
    asked = spark.createDataFrame(windows(400, seed=9)).drop("target")
    truth = asked.toPandas()["lag_1"] * asked.toPandas()["level"]
    found = recurrent.score(network, asked, "lstm").toPandas()
    flat = asked.toPandas()[LAGS].mean(axis=1) * asked.toPandas()["level"]
    assert (found["lstm"] - truth).abs().mean() < 0.35 * (flat - truth).abs().mean()


def test_it_does_not_depend_on_how_its_rows_came(lessons, network):
    again = recurrent.fit(lessons.repartition(7, "lag_0"), LAGS, ["age"], PARAMS, series="item_id")
    for one, other in zip(network.weights, again.weights, strict=True):
        assert one == pytest.approx(other, abs=1e-6)


def test_rows_are_answered_alike_in_pieces_and_alone(network):
    """More rows than one piece, and one row: the padding is taken off again."""
    answered = recurrent._scored(network, "lstm")
    many = windows(PIECE + 3, seed=5)
    (whole,) = answered([many])
    (alone,) = answered([many.tail(1)])
    assert len(whole) == PIECE + 3
    assert alone["lstm"].item() == pytest.approx(whole["lstm"].iloc[-1], rel=1e-5)


def test_without_keras_it_says_what_to_install(monkeypatch, lessons):
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(SettingsError, match=r"pip install 'shelfwise\[deep\]'"):
        recurrent.fit(lessons, LAGS, ["age"], PARAMS, series="item_id")
