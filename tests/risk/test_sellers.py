"""How reliable sellers and carriers are, by hand; and against carriers whose chances are known."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import SparkSession

from shelfwise.contracts.gold.sellers import TROUBLES
from shelfwise.risk.sellers import PHRASES, TRIALS, SellerParams
from shelfwise.simulate.deliveries import DAY, deliveries, true_on_time
from shelfwise.simulate.spec import PRESETS
from tests.risk.builders import AS_OF
from tests.risk.parcels import ago, measured, measured_frame, parcel, parcels, review


def test_every_trouble_has_trials_a_phrase_and_a_bound() -> None:
    assert set(TROUBLES) == set(TRIALS) == set(PHRASES)
    assert all(0 < getattr(SellerParams(), f"tolerated_{name}") < 1 for name in TROUBLES)


def test_shares_are_drawn_towards_that_of_all(spark: SparkSession) -> None:
    """a: 1 of 10 late, b: 3 of 10. All: m = 4.5 / 21 = .2143, strength 49.51 (tests/measures/test_shares.py): a has
    (10.61 + 1) / 59.51 = .1951, b (10.61 + 3) / 59.51 = .2287. Each came two days late."""
    found = measured(spark, parcels("a", 10, 1) + parcels("b", 10, 3))
    a, b = found["seller", "a"], found["seller", "b"]
    assert (a["late_share"], b["late_share"]) == (pytest.approx(0.1951, abs=1e-4), pytest.approx(0.2287, abs=1e-4))
    assert (b["parcels"], b["delivered"], b["late"], b["very_late"], b["cancelled"], b["days_late"]) == (10, 10, 3, 0, 0, 2)
    assert a["late_q05"] < a["late_share"] < a["late_q95"] and a["p_late"] < b["p_late"]
    assert a["low_review_share"] is None and a["reviews"] == 0


def test_a_parcel_is_judged_from_its_promised_day_on(spark: SparkSession) -> None:
    """Of seven: promised for today and not there, late; came on its day, in time; promised for tomorrow and there, not judged yet;
    16 days over the promise, very late; came after 14 days, late only; of a year ago, and ordered tomorrow: not counted. Late by 0
    and 16 (so far) and 14 days: 10 on the average."""
    sent = [
        parcel("today", None, promised=0),
        parcel("in time", 0),
        parcel("early", -3, promised=-1),
        parcel("lost", None, promised=16),
        parcel("fortnight", 14, promised=40),
        parcel("long ago", 9, promised=364),
        parcel("later", None, promised=3, ordered_on=AS_OF + timedelta(days=1)),
    ]
    row = measured(spark, sent)["seller", "a"]
    assert (row["parcels"], row["delivered"], row["late"], row["very_late"]) == (4, 2, 3, 1)
    assert row["days_late"] == 10


def test_what_was_given_up_is_cancelled_and_not_late(spark: SparkSession) -> None:
    """Without a day it counts from the promised one on; one that is given up tomorrow is late today."""
    gone = {"cancelled": True}
    sent = [
        parcel("some day", None, **gone),
        parcel("not due", None, promised=-5, **gone),
        parcel("last week", None, cancelled_on=ago(7), **gone),
        parcel("tomorrow", None, cancelled_on=ago(-1), **gone),
        parcel("brought", 1, **gone),
    ]
    row = measured(spark, sent)["seller", "a"]
    assert (row["parcels"], row["cancelled"], row["late"], row["delivered"]) == (4, 3, 1, 0)
    assert row["assumed"] == ["margin", "late_cost", "customers_leave", "further_orders", "cancelled_on"]


def test_expected_losses_by_hand(spark: SparkSession) -> None:
    """One seller, whom nobody else draws (strength 2). 4 parcels of 100.00, 1 cancelled: m = 1.5 / 5, (.6 + 1) / 6 = .2667; 1 of 3
    late: m = 1.5 / 4, (.75 + 1) / 5 = .35; 1 of 2 reviews low: .5. Of 400: .2667 x .3 of margin = 32.00; .7333 x .35 x .05 =
    5.13; half are reviewed, half of these low, .3 leave, 1 order of .3 margin: 9.00."""
    sent = [parcel("o1", 3), parcel("o2"), parcel("o3"), parcel("o4", None, cancelled=True)]
    row = measured(spark, sent, [review("o1", 2), review("o2", 3), review("o1", 1, written=-1), review("o1", 1, written=364)])[
        "seller", "a"
    ]
    assert (row["sales"], row["reviews"], row["low_reviews"]) == (400, 2, 1)
    assert (row["cancelled_share"], row["late_share"], row["low_review_share"]) == (
        pytest.approx(1.6 / 6),
        pytest.approx(0.35),
        0.5,
    )
    assert row["loss_cancelled"] == pytest.approx(32)
    assert row["loss_late"] == pytest.approx(400 * (1 - 1.6 / 6) * 0.35 * 0.05)
    assert row["loss_reviews"] == pytest.approx(9)
    assert row["expected_loss"] == pytest.approx(32 + 5.1333 + 9, abs=1e-3)


def test_revenue_that_is_not_told_is_taken_for_that_of_the_others(spark: SparkSession) -> None:
    """a tells 100 of one of two parcels: 200. c tells 40 and 60, so one of all brought 200 / 3: b, who tells of none, 2 x 66.67."""
    sent = [parcel(f"{name}{place}", seller=name) for name in "abc" for place in range(2)]
    told = {"a0": Decimal(100), "c0": Decimal(40), "c1": Decimal(60)}
    found = measured(spark, [one | {"revenue": told.get(one["delivery_id"])} for one in sent])
    assert [found["seller", name]["sales"] for name in "abc"] == [Decimal(200), Decimal("133.33"), Decimal(100)]
    assert ["sales" in found["seller", name]["assumed"] for name in "abc"] == [True, True, False]
    assert found["seller", "b"]["expected_loss"] > 0


def test_where_no_revenue_is_told_at_all_losses_are_none_and_said_to_be_assumed(spark: SparkSession) -> None:
    row = measured(spark, [parcel("p", 3, revenue=None)])["seller", "a"]
    assert (row["sales"], row["expected_loss"], row["assumed"][-1]) == (0, 0, "sales")


def test_parcels_are_counted_once(spark: SparkSession) -> None:
    """Both uses, by sender and over all, are of one kept frame: of deliveries for counts and for reviews, and of reviews."""
    plan = measured_frame(spark, parcels("a", 2, 1), [review("a0", 1)])._jdf.queryExecution().optimizedPlan()
    leaves = [plan.collectLeaves().apply(place) for place in range(plan.collectLeaves().length())]
    kept = [leaf.cacheBuilder().cachedPlan().toString() for leaf in leaves if leaf.nodeName().startswith("InMemoryRelation")]
    assert len(kept) == 2 and len(set(kept)) == 1
    assert kept[0].count("LocalTableScan") == 3


def test_a_review_counts_for_each_seller_who_had_a_part_in_the_order(spark: SparkSession) -> None:
    """Two sellers, and not their carrier; the review of an order that nobody sent counts for none."""
    both = [parcel("p1", order_id="o1", carrier="Post"), parcel("p2", seller="b", order_id="o1", carrier="Post")]
    found = measured(spark, both, [review("o1", 1), review("o9", 1)])
    assert set(found) == {("seller", "a"), ("seller", "b"), ("carrier", "Post")}
    post = found["carrier", "Post"]
    assert [found["seller", name]["reviews"] for name in "ab"] == [1, 1]
    assert (post["parcels"], post["reviews"], post["low_review_share"], post["loss_reviews"]) == (2, 0, None, 0)


def test_levels_and_the_sentence(spark: SparkSession) -> None:
    """Of nine good sellers and one that is late with half of its parcels: only that one must act."""
    sent = [one for name in "abcdefghi" for one in parcels(name, 40, 1)] + parcels("z", 40, 20)
    found = measured(spark, sent)
    assert {name: row["level"] for (_, name), row in found.items()} == dict.fromkeys("abcdefghi", "ok") | {"z": "act"}
    bad = found["seller", "z"]
    assert bad["trouble"] == "late"
    share, low, high = (100 * bad[f"late_{name}"] for name in ("share", "q05", "q95"))
    assert bad["reason"].startswith(
        "20 of 40 parcels came late or have not come; drawn towards the share of all that is"
        f" {share:.1f} % ({low:.1f} to {high:.1f} % with 90 % certainty)."
        " 10.0 % are tolerated: it is worse than that with a chance of 99 %."
    )


def test_getting_worse_is_worth_a_look(spark: SparkSession) -> None:
    """60 parcels in time two quarters ago, 6 of 60 late in the last one, where as many as three of ten are tolerated."""
    before = [parcel(f"x{place}", -1, promised=120) for place in range(60)]
    now = [parcel(f"y{place}", 1 if place < 6 else -1, promised=30) for place in range(60)]
    others = parcels("b", 60, 0) + parcels("c", 60, 15) + parcels("d", 60, 0)
    row = measured(spark, before + now + others, tolerated_late=0.3)["seller", "a"]
    assert row["late_share_before"] < row["late_share"] < row["late_share_recent"] < row["late_q95"] + 0.1
    assert row["p_worsening"] > 0.95 and row["p_late"] < 0.01
    assert row["level"] == "watch"
    assert f"Late ones went from {100 * row['late_share_before']:.1f} to " in row["reason"]


def test_a_later_seller_is_never_safer(spark: SparkSession) -> None:
    """One after the other of its twelve parcels comes late, and the prior is fitted anew."""
    others = parcels("b", 30, 2) + parcels("c", 20, 4) + parcels("d", 8, 0)
    rows = [measured(spark, others + parcels("a", 12, late))["seller", "a"] for late in (0, 1, 2, 4, 8, 12)]
    for name in ("late_share", "late_q05", "p_late", "loss_late", "days_late"):
        values = [row[name] or 0.0 for row in rows]
        assert values == sorted(values), name
    order = ["ok", "watch", "act"]
    assert [order.index(row["level"]) for row in rows] == sorted(order.index(row["level"]) for row in rows)


def test_what_comes_after_as_of_moves_no_bit(spark: SparkSession) -> None:
    """Deliveries, cancellations, orders and reviews of the days after, rows in another order."""
    sent = parcels("a", 9, 2) + parcels("b", 7, 1) + [parcel("open", None), parcel("kept", None, promised=5)]
    said = [review("a0", 1), review("b1", 5)]
    known = measured(spark, sent, said)
    later = [one | {"delivered_on": ago(-2)} if one["delivery_id"] == "open" else one for one in sent]
    later = [one | {"cancelled": True, "cancelled_on": ago(-1)} if one["delivery_id"] == "kept" else one for one in later]
    news = [parcel("new", 5, promised=1, ordered_on=ago(-1)), parcel("newer", None, promised=-9, ordered_on=ago(-3))]
    assert measured(spark, (later + news)[::-1], [*said, review("a1", 1, written=-1)]) == known


def test_a_shop_without_parcels_has_no_rows(spark: SparkSession) -> None:
    assert measured(spark, [parcel("own", seller=None)]) == measured(spark, []) == {}


@pytest.mark.parametrize("seed", [7, 11])
def test_carriers_are_as_late_as_they_were_made(spark: SparkSession, seed: int) -> None:
    """6,000 parcels of the last year: the truth (Bluebird 2 % late, Prairie 7 %, the Post 21 %) lies within four standard errors,
    and only the Post is worse than tolerated."""
    spec = replace(PRESETS["tiny"], seed=seed)
    draws = np.random.default_rng(seed)
    baskets = pd.DataFrame({"customer": draws.integers(0, spec.customers, 6_000), "day": draws.integers(0, 350, 6_000)})
    sent = deliveries(spec, baskets.assign(second=draws.integers(0, DAY, 6_000)))

    def day(seconds: float) -> date:
        return ago(358 - int(seconds // DAY))

    rows = [
        parcel(str(place), seller=None, carrier=one.carrier)
        | {"ordered_on": day(one.day * DAY), "promised_on": day(one.promised_second), "delivered_on": day(one.delivered_second)}
        for place, one in enumerate(sent.itertuples())
    ]
    found = measured(spark, rows)
    truth = sent.assign(late=1 - true_on_time(spec, sent)).groupby("carrier")["late"].mean()
    assert {name for _, name in found} == set(truth.index)
    for (_, name), row in found.items():
        error = np.sqrt(truth[name] * (1 - truth[name]) / row["parcels"])
        assert row["late_share"] == pytest.approx(truth[name], abs=4 * error), name
    assert {name: row["level"] for (_, name), row in found.items() if row["trouble"] == "late"}["Union Post"] == "act"
    assert sum(row["level"] == "act" for row in found.values()) == 1
