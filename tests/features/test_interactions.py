"""Who met what, how strongly, and the numbers that stand for ids."""

from datetime import date, timedelta

import pytest

from shelfwise.contracts.features import INTERACTIONS
from shelfwise.features.interactions import InteractionParams, customer_item_pairs, met_pairs, signals
from shelfwise.measures.pairs import number_ids, purchases
from tests.recommend.builders import events, sales

AS_OF = date(2017, 3, 31)
MONDAY, TUESDAY = date(2017, 3, 6), date(2017, 3, 7)


def ago(days):
    return AS_OF - timedelta(days=days)


def met(bought, looked, **params):
    pairs = customer_item_pairs(bought, looked, params=InteractionParams(**params), as_of=AS_OF)
    return {(pair["customer_id"], pair["item_id"]): pair for pair in pairs.collect()}


def met_by_c(bought, looked, **params):
    """The one pair, without numbers."""
    (pair,) = met_pairs(signals(bought, looked), InteractionParams(**params), AS_OF).collect()
    return pair


def test_baskets_are_counted_once_and_units_added(spark):
    """Monday's basket holds the item on two lines (1 + 2 units), Tuesday's on one (4): 2 baskets, 7 units; 25 and 24 days ago."""
    bought = sales(
        spark,
        {"customer_id": "c", "item_id": "i", "sold_on": MONDAY, "quantity": 1},
        {"customer_id": "c", "item_id": "i", "sold_on": MONDAY, "quantity": 2},
        {"customer_id": "c", "item_id": "i", "sold_on": TUESDAY, "quantity": 4},
    )
    pair = met(bought, events(spark))["c", "i"]
    assert (pair["baskets"], pair["units"], pair["first_bought_on"], pair["last_bought_on"]) == (2, 7.0, MONDAY, TUESDAY)
    assert (pair["views"], pair["clicks"], pair["carts"], pair["dwell_seconds"]) == (0, 0, 0, 0.0)
    assert (pair["as_of"], pair["last_met_on"]) == (AS_OF, TUESDAY)
    assert pair["strength"] == pytest.approx(0.5 ** (25 / 120) + 0.5 ** (24 / 120), abs=1e-7)


def test_each_signal_counts_by_kind_and_half_as_much_after_a_half_life(spark):
    """Baskets today and 120 days ago: 1 + 1/2. A cart 240 days ago: .3 / 4; a click today: .05; views 120 days ago: of 30 seconds

    .02 / 2, of 31 seconds .05 / 2, not timed .02 / 2. In all 1.67; with a half-life of 60 1 + 1/4 + .3 / 16 + .05 + .09 / 4."""
    bought = sales(
        spark, {"customer_id": "c", "item_id": "i", "sold_on": ago(0)}, {"customer_id": "c", "item_id": "i", "sold_on": ago(120)}
    )
    looked = events(
        spark,
        {"customer_id": "c", "item_id": "i", "happened_on": ago(240), "kind": "cart"},
        {"customer_id": "c", "item_id": "i", "happened_on": ago(0), "kind": "click"},
        {"customer_id": "c", "item_id": "i", "happened_on": ago(120), "dwell_seconds": 30.0},
        {"customer_id": "c", "item_id": "i", "happened_on": ago(120), "dwell_seconds": 31.0},
        {"customer_id": "c", "item_id": "i", "happened_on": ago(120)},
    )
    pair = met_by_c(bought, looked)
    assert (pair["baskets"], pair["views"], pair["clicks"], pair["carts"], pair["dwell_seconds"]) == (2, 3, 1, 1, 61.0)
    assert (pair["last_bought_on"], pair["last_met_on"]) == (AS_OF, AS_OF)
    assert pair["strength"] == pytest.approx(1.67, abs=3e-7)
    assert met_by_c(bought, looked, half_life=60.0)["strength"] == pytest.approx(1.34125, abs=3e-7)


def test_what_was_only_looked_at_is_numbered_and_no_purchase(spark):
    """c bought i and looked at j; d has only looked. Three items and customers that are known, three different numbers each."""
    bought = sales(
        spark, {"customer_id": "c", "item_id": "i", "sold_on": MONDAY}, {"customer_id": "b", "item_id": "i", "sold_on": MONDAY}
    )
    looked = events(
        spark,
        {"customer_id": "c", "item_id": "j", "happened_on": TUESDAY},
        {"customer_id": "d", "item_id": "k", "happened_on": TUESDAY},
        {"customer_id": None, "item_id": "l", "happened_on": TUESDAY},
    )
    found = met(bought, looked, buckets=1)
    assert set(found) == {("b", "i"), ("c", "i"), ("c", "j"), ("d", "k")}
    assert {pair["customer_id"]: pair["customer_index"] for pair in found.values()} == {"b": 0, "c": 1, "d": 2}
    assert {pair["item_id"]: pair["item_index"] for pair in found.values()} == {"i": 0, "j": 1, "k": 2}
    only = found["d", "k"]
    assert (only["baskets"], only["units"], only["first_bought_on"], only["last_bought_on"]) == (0, 0.0, None, None)
    assert (only["views"], only["dwell_seconds"], only["last_met_on"]) == (1, 0.0, TUESDAY)
    pairs = customer_item_pairs(bought, looked, params=InteractionParams(), as_of=AS_OF)
    assert {(pair["customer_id"], pair["item_id"]) for pair in purchases(pairs).collect()} == {("b", "i"), ("c", "i")}
    good = " AND ".join(f"({check})" for check in INTERACTIONS.checks.values())
    assert pairs.where(good).count() == 4


def test_returns_charges_and_unknown_customers_are_no_interest(spark):
    bought = sales(
        spark,
        {"customer_id": "c", "item_id": "kept", "sold_on": MONDAY},
        {"customer_id": "c", "item_id": "returned", "sold_on": MONDAY, "kind": "return", "quantity": -1},
        {"customer_id": "c", "item_id": "postage", "sold_on": MONDAY, "kind": "charge"},
        {"customer_id": None, "item_id": "kept", "sold_on": MONDAY},
    )
    assert set(met(bought, events(spark))) == {("c", "kept")}


def test_what_happens_after_as_of_changes_nothing(spark):
    """Neither a row nor a number: tomorrow c looks at i again and at j, and buys i again."""
    now = {"customer_id": "c", "item_id": "i"}
    bought, looked = [now | {"sold_on": ago(3)}], [now | {"happened_on": ago(0)}]
    later = [now | {"happened_on": ago(-1)}, {"customer_id": "c", "item_id": "j", "happened_on": ago(-1)}]
    known = met(sales(spark, *bought), events(spark, *looked))
    assert met(sales(spark, *bought, now | {"sold_on": ago(-1)}), events(spark, *looked, *later)) == known


def test_twice_the_baskets_are_twice_the_purchases_part_of_strength_to_the_bit(spark):
    """Each day's basket comes again under another name; looks stay. However the rows are spread, no bit moves."""
    days = [n * n for n in range(20)]
    bought = [{"customer_id": "c", "item_id": "i", "sold_on": ago(n)} for n in days]
    again = [line | {"basket_id": f"again {n}"} for n, line in enumerate(bought)]
    looked = events(
        spark, *({"customer_id": "c", "item_id": "i", "happened_on": ago(n), "dwell_seconds": n / 7} for n in range(0, 200, 3))
    )
    none, once, twice = (
        met_by_c(sales(spark, *lines).repartition(parts, "line_id"), looked.repartition(parts, "event_id"))
        for parts, lines in enumerate(([], bought, [*bought, *again]), start=1)
    )
    assert (none["baskets"], once["baskets"], twice["baskets"]) == (0, 20, 40)
    assert none["strength"] > 0
    assert once["strength"] - none["strength"] == twice["strength"] - once["strength"]
    assert none["dwell_seconds"] == once["dwell_seconds"] == twice["dwell_seconds"]


def test_numbers_are_unique_whatever_the_number_of_buckets(spark):
    """500 ids; in one bucket the numbers are 0 to 499 without a gap."""
    ids = spark.range(500).selectExpr("concat('id', id) AS id")
    for buckets in (1, 7, 64):
        numbers = [row["n"] for row in number_ids(ids, "id", "n", buckets).collect()]
        assert len(set(numbers)) == 500
        assert min(numbers) >= 0
    assert sorted(row["n"] for row in number_ids(ids, "id", "n", 1).collect()) == list(range(500))


def test_numbers_do_not_depend_on_the_order_of_reading(spark):
    ids = spark.range(300).selectExpr("concat('id', id) AS id")
    shuffled = ids.repartition(5).sortWithinPartitions("id", ascending=False)
    assert set(number_ids(ids, "id", "n", 8).collect()) == set(number_ids(shuffled, "id", "n", 8).collect())


def test_sales_and_events_are_read_once_and_no_row_passes_through_python_or_meets_all_others(spark):
    """The three uses of the pairs are of one kept frame."""
    bought = sales(spark, {"customer_id": "c", "item_id": "i", "sold_on": MONDAY})
    looked = events(spark, {"customer_id": "c", "item_id": "i", "happened_on": MONDAY})
    plan = customer_item_pairs(bought, looked, params=InteractionParams(), as_of=AS_OF)._jdf.queryExecution()
    leaves = plan.optimizedPlan().collectLeaves()
    kept = [leaves.apply(n) for n in range(leaves.length())]
    assert {leaf.nodeName().split()[0] for leaf in kept} == {"InMemoryRelation"}
    once = {leaf.cacheBuilder().cachedPlan().toString() for leaf in kept}
    assert len(once) == 1
    (pairs,) = once
    assert pairs.count("LocalTableScan") == 2
    for text in (pairs, plan.executedPlan().toString()):
        assert not [word for word in ("Python", "CartesianProduct", "NestedLoop") if word in text]
