"""What each model counts in the mixture, and the mixture itself."""

from datetime import date

import numpy as np
import pytest
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import DEMAND_BACKTEST
from shelfwise.contracts.gold.mixture import CLASSICAL_FORECAST, DEMAND_MIXTURE
from shelfwise.core.frames import local_frame
from shelfwise.demand.mixture.weights import MEMBERS, serving_mixture, shares, weigh, with_classical, with_mixture
from shelfwise.demand.segments import SEGMENTS
from shelfwise.measures.mixing import RIDGE

AS_OF = date(2017, 10, 29)
DAYS = (date(2017, 10, 29), date(2017, 7, 2))  # further apart than the weeks that are asked for


def backtest_of(spark, errors, *, segment="fast", items=("a",), days=DAYS):
    """16 units each week, level 16.02; a model is off by its error at each origin: `errors[model]` has one per origin, or None."""
    rows = []
    for item in items:
        for place, day in enumerate(days):
            for horizon in (1, 2):
                known = dict.fromkeys(DEMAND_BACKTEST.columns) | {
                    "as_of": AS_OF,
                    "item_id": item,
                    "origin": day,
                    "horizon": horizon,
                }
                known |= {"department": "D", "category": "C", "segment": segment, "price": 1.0, "last_week": 16.0}
                known |= {"actual": 16.0, "actual_cum": 16.0 * horizon, "mean_4": 16.0, "mean_13": 16.0}
                known |= {model: None if error is None else 16.0 + error[place] for model, error in errors.items()}
                rows.append(tuple(known[name] for name in DEMAND_BACKTEST.columns))
    return local_frame(spark, rows, DEMAND_BACKTEST.struct)


def classical_of(spark, items=(), *, tsb=16.0, days=DAYS):
    rows = [
        tuple(
            {"as_of": AS_OF, "item_id": item, "origin": day, "horizon": h, "tsb": tsb, "fell_back": []}.get(name)
            for name in CLASSICAL_FORECAST.columns
        )
        for item in items
        for day in days
        for h in (1, 2)
    ]
    return local_frame(spark, rows, CLASSICAL_FORECAST.struct)


def mixed(spark, backtest, classical):
    rows = with_mixture(with_classical(backtest.drop("mixture", "mixture_cum"), classical)).localCheckpoint()
    return {(row["item_id"], row["origin"]): row["mixture"] for row in rows.where("horizon = 1").collect()}


def test_an_origin_is_mixed_by_what_earlier_ones_have_taught(spark):
    """At the earlier origin the trees are right, at the later one XGBoost is; the later believes the trees, the earlier nobody."""
    backtest = backtest_of(spark, {"gbt": (8.0, 0.0), "xgboost": (0.0, 8.0), "mean_4": (40.0, 40.0), "mean_13": (40.0, 40.0)})
    found = mixed(spark, backtest, classical_of(spark))
    # four models, mean squared error (64 + 2 x 1600) / 4 = 816: lean .05; the right one's .05 against nearly .128
    assert 16 + 0.5 * 8 < found["a", DAYS[0]] < 24
    assert found["a", DAYS[1]] == pytest.approx(16 + (0 + 8 + 40 + 40) / 4)


def test_classical_models_count_where_there_are_any_and_only_there(spark):
    """TSB is right, all others are 16 too high, for two items; only one of them is asked for TSB."""
    errors = dict.fromkeys(("gbt", "xgboost", "mean_4", "mean_13"), (16.0, 16.0))
    backtest, classical = backtest_of(spark, errors, items=("a", "b")), classical_of(spark, ["a"])
    found = mixed(spark, backtest, classical)
    assert found["b", DAYS[0]] == pytest.approx(32.0, abs=1e-4)
    assert found["a", DAYS[0]] < 18.5
    assert found["a", DAYS[1]] == pytest.approx(16 + 16 * 4 / 5)
    asked = with_classical(backtest.where("horizon = 1").drop("mixture", "mixture_cum"), classical)
    served = serving_mixture(asked, weigh(backtest, classical, as_of=AS_OF)).toPandas().groupby("item_id")["mixture"].max()
    assert served["b"] == pytest.approx(32.0, abs=1e-4)
    assert served["a"] < 18.5


@pytest.mark.parametrize("way", [1, -1])
def test_one_order_that_nobody_foresaw_does_not_decide(spark, way):
    """Both miss 100,000 units once, one by half as much; in all other weeks that one is off by 8, the other right.

    Weeks usually change by 4 units: both errors of the one week count for 40. Where nothing is known to be usual they count whole.
    """
    errors = {"gbt": (0.0, 0.0), "xgboost": (8.0, 8.0), "mean_4": (40.0, 40.0), "mean_13": (40.0, 40.0)}
    backtest = backtest_of(spark, errors, items=[f"i{n}" for n in range(10)])
    once = (F.col("item_id") == "i3") & (F.col("horizon") == 1) & (F.col("origin") == F.lit(DAYS[1]))
    hit = {"actual": way * 1e5 + 16, "xgboost": way * 5e4 + 16}
    rows = backtest.withColumns({name: F.when(once, value).otherwise(F.col(name)) for name, value in hit.items()})

    def weights(scale):
        table = weigh(rows.withColumn("scale", F.lit(scale).cast("double")), classical_of(spark), as_of=AS_OF)
        return table.where("segment = 'fast' AND NOT with_classical").toPandas().set_index("model")["weight"]

    known, unknown = weights(4.0), weights(None)
    assert known["gbt"] > known["xgboost"]
    assert unknown["gbt"] < unknown["xgboost"]


def test_a_single_origin_has_no_mixture_and_dormant_items_expect_nothing(spark):
    alone = backtest_of(spark, {"gbt": (1.0,), "xgboost": None}, days=DAYS[:1])
    sleeper = backtest_of(spark, {"gbt": (1.0,), "xgboost": None}, segment="dormant", items=("z",), days=DAYS[:1])
    assert mixed(spark, alone.unionByName(sleeper), classical_of(spark)) == {("a", DAYS[0]): None, ("z", DAYS[0]): None}
    awake = backtest_of(spark, {"gbt": (1.0, 1.0), "xgboost": None})
    asleep = backtest_of(spark, {"gbt": (1.0, 1.0), "xgboost": None}, segment="dormant", items=("z",))
    found = mixed(spark, awake.unionByName(asleep), classical_of(spark))
    assert found["z", DAYS[0]] == 0.0
    assert found["a", DAYS[1]] == pytest.approx(16 + 1 / 3)


def test_what_is_to_come_is_mixed_by_all_origins(spark):
    """Errors of 8 and 0, 0 and 8 cancel: equal weights, and the means, always 8 too high, share what the lean gives them."""
    backtest = backtest_of(spark, {"gbt": (0.0, -8.0), "xgboost": (-8.0, 0.0), "mean_4": (0.0, 0.0), "mean_13": (0.0, 0.0)})
    table = weigh(backtest, classical_of(spark), as_of=AS_OF)
    assert table.columns == DEMAND_MIXTURE.columns
    weights = table.where("segment = 'fast' AND NOT with_classical").toPandas().set_index("model")["weight"]
    assert weights.sum() == pytest.approx(1.0)
    assert weights["gbt"] == pytest.approx(weights["xgboost"])
    assert weights["mean_4"] > weights["gbt"]
    # a segment that has taught nothing is served by all
    others = table.where("segment = 'new' AND NOT with_classical").toPandas().set_index("model")["weight"]
    assert others.to_dict() == pytest.approx(weights.to_dict())
    asked = backtest.where("horizon = 1").drop("mixture", "mixture_cum")
    served = serving_mixture(with_classical(asked, classical_of(spark)), table).select("mixture", *weights.index).toPandas()
    by_hand = sum(weights[name] * served[name] for name in weights.index)
    assert served["mixture"].to_numpy() == pytest.approx(by_hand.to_numpy())


def test_every_segment_and_kind_has_shares_and_an_item_of_the_other_kind_is_the_last_resort():
    size = len(MEMBERS)
    matrix = np.full((size, size), np.nan)
    matrix[:2, :2] = np.diag([1.0, 4.0])
    found = {(segment, kind): weights for segment, kind, weights in shares({("slow", False, DAYS[0], DAYS[0]): matrix})}
    assert set(found) == {(segment, kind) for segment in SEGMENTS for kind in (False, True)}
    by_hand = {"gbt": (1.6 + RIDGE) / (2 + 2 * RIDGE), "xgboost": (0.4 + RIDGE) / (2 + 2 * RIDGE)}
    assert all(weights == pytest.approx(by_hand, abs=1e-5) for weights in found.values())
    assert shares({}) == []


def test_items_without_classical_forecasts_are_never_given_their_weights():
    """All that was taught, was by items that have them."""
    matrix = np.diag(np.linspace(1.0, 2.0, len(MEMBERS)))
    found = {kind: weights for segment, kind, weights in shares({("fast", True, DAYS[0], DAYS[0]): matrix}) if segment == "fast"}
    assert set(found[False]) == {"gbt", "xgboost", "mean_4", "mean_13"}
    assert set(found[True]) == set(MEMBERS)
    assert sum(found[False].values()) == pytest.approx(1.0)


def test_only_weeks_that_had_ended_by_then_teach():
    """On 2 July: those that end by then, of whatever origin; before any has ended, models share alike."""
    day, earlier = DAYS[1], date(2017, 6, 4)
    right, wrong = np.full((2, len(MEMBERS), len(MEMBERS)), np.nan)
    right[:2, :2], wrong[:2, :2] = np.diag([0.0, 1.0]), np.diag([1.0, 0.0])
    ends = [day, date(2017, 7, 9), date(2017, 10, 29)]
    taught = {("fast", False, earlier, end): right if end == day else wrong for end in ends}
    place = [segment for segment in SEGMENTS for _ in (0, 1)].index("fast")
    assert shares(taught, known_at=day)[place][2]["gbt"] > 0.9
    assert shares(taught)[place][2]["gbt"] < 0.5
    assert shares(taught, known_at=earlier)[place][2] == pytest.approx({"gbt": 0.5, "xgboost": 0.5})


def test_a_mixture_does_not_depend_on_how_rows_came(spark):
    rng = np.random.default_rng(5)
    errors = {name: tuple(rng.normal(0, 3, 2).tolist()) for name in ("gbt", "xgboost", "mean_4", "mean_13")}
    backtest = backtest_of(spark, errors, items=[f"i{n}" for n in range(30)]).withColumn(
        "actual", F.col("actual") + F.pmod(F.xxhash64("item_id", "horizon"), F.lit(7))
    )
    tables = [
        weigh(rows, classical_of(spark), as_of=AS_OF) for rows in (backtest.coalesce(1).orderBy("actual"), backtest.repartition(5))
    ]
    assert tables[0].exceptAll(tables[1]).count() == 0
