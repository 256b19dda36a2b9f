"""Items replayed on Spark, in whatever blocks, are those of one process."""

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import functions as F

from shelfwise.core.frames import local_frame
from shelfwise.core.own_panel import Frequency
from shelfwise.inventory.own import trial
from shelfwise.inventory.own.panel import Asked
from shelfwise.measures.stocking.every import NAMES, TUNED, decisions

ASKED = Asked(Frequency.W, 0.2, 1.0, 2.0, review=2, warm_up=10, backorders=False, seed=7)
RANDOM = [0.2, 0.5, 0.3]
KEY = ["policy", "unique_id"]


@pytest.fixture(scope="module")
def shop():
    """Items of different length and level, every third with a lead time of one period, the others with a random one."""
    draws = np.random.default_rng(2)
    units = [draws.poisson(draws.gamma(1, 1 + n % 7, 16 + n % 5)).astype(float).tolist() for n in range(30)]
    leads = [[0.0, 1.0] if n % 3 == 0 else RANDOM for n in range(30)]
    return pd.DataFrame({"unique_id": [f"i{n}" for n in range(30)], "units": units, "lead": leads})


def sorted_by_key(rows):
    return rows.drop(columns="seconds").sort_values(KEY, ignore_index=True)


def alone(shop, settled):
    """One item after the other, without Spark."""
    made = decisions(NAMES, settled)
    return sorted_by_key(pd.concat([trial.replay_block(shop.iloc[[n]], made, ASKED) for n in range(len(shop))]))


def test_spark_finds_what_one_item_after_the_other_finds(spark, shop, monkeypatch):
    monkeypatch.setattr(trial, "ITEMS_A_BLOCK", 4)
    rows = list(shop.itertuples(index=False, name=None))
    items = local_frame(spark, rows, "unique_id string, units array<double>, lead array<double>").repartition(3, F.rand(1))
    settled = trial.best_settings(items, NAMES, ASKED)
    tried = pd.concat([trial.tune_block(shop.iloc[[n]], list(TUNED), ASKED) for n in range(len(shop))])
    totals = tried.groupby(["policy", "setting"])["cost"].sum()
    assert settled == {name: totals[name].idxmin() for name in TUNED}
    found = sorted_by_key(trial.replay_items(items, decisions(NAMES, settled), ASKED).toPandas())
    assert len(found) == 30 * len(NAMES)
    pd.testing.assert_frame_equal(found, alone(shop, settled)[found.columns], check_exact=True)


def test_items_of_one_block_know_nothing_of_each_other(shop):
    """Nor of the rest of the longest of them: equal to the last bit."""
    one_law, settled = shop[[lead == RANDOM for lead in shop["lead"]]], {"tuned_z": 1.0, "tuned_quantile": 0.7}
    together = sorted_by_key(trial.replay_block(one_law, decisions(NAMES, settled), ASKED))
    pd.testing.assert_frame_equal(together, alone(one_law, settled), check_exact=True)


def test_the_tuning_sees_the_warm_up_alone(shop):
    one_law = shop[[lead == RANDOM for lead in shop["lead"]]]
    planted = one_law.assign(units=[units[:10] + [999.0] * (len(units) - 10) for units in one_law["units"]])
    honest, rubbish = (trial.tune_block(items, list(TUNED), ASKED) for items in (one_law, planted))
    pd.testing.assert_frame_equal(honest, rubbish)
