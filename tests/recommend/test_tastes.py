import math
from datetime import timedelta

import pytest
from pyspark.sql import functions as F

from shelfwise.contracts.newcomers import TASTE_REACH
from shelfwise.core.errors import JobError
from shelfwise.measures.pairs import purchases
from shelfwise.recommend.als import AlsParams, fit_factors, stamped
from shelfwise.recommend.candidates import of_goods
from shelfwise.recommend.tastes import TasteParams, taste_reach, tastes
from tests.recommend.builders import factors, items, pairs
from tests.recommend.conftest import AS_OF

LATELY, FIRST_DAY, TOO_OLD = (AS_OF - timedelta(days=days) for days in (3, 90, 91))
COOKS, BAKERS = (1, 2, 3, 4), (5, 6, 7)
BREAD = {"category": "BREAD"}
PARAMS = TasteParams(tastes=2)


@pytest.fixture(scope="module")
def small(spark):
    """Cooks buy soup (i1, i2), bakers bread (i3, i4), all of them petrol (i5).

    The fourth cook has long stayed away; the first tried a bread. i7 is not listed. Customer 8 only looked, 9 bought what nobody
    else did (i6)."""
    soup = [(c, i, n, TOO_OLD if c == 4 else LATELY) for c in COOKS for i, n in ((1, 3), (2, 2))]
    bread = [(c, 3, 2, FIRST_DAY) for c in BAKERS] + [(5, 4, 1, LATELY), (6, 4, 1, LATELY), (7, 4, 1, TOO_OLD), (1, 3, 1, LATELY)]
    petrol = [(c, 5, 9, LATELY) for c in COOKS + BAKERS]
    met = pairs(spark, *soup, *bread, *petrol, (5, 7, 1, LATELY), (8, 1, 0, None), (9, 6, 1, LATELY)).localCheckpoint()
    goods = items(
        spark,
        {"item_id": "i1"},
        {"item_id": "i2", "maker_id": "m2"},
        {"item_id": "i3", "maker_id": "m2"} | BREAD,
        {"item_id": "i4", "maker_id": "m3"} | BREAD,
        {"item_id": "i5", "sold_by": "measure"},
        {"item_id": "i6", "category": "ODD"},
    ).localCheckpoint()
    als = fit_factors(of_goods(purchases(met), goods), AlsParams(rank=2, min_customers=2, iterations=3))
    return stamped(als, met), met, goods


@pytest.fixture(scope="module")
def reached(small):
    return rows_by_scope(taste_reach(*small, params=PARAMS, as_of=AS_OF))


def rows_by_scope(frame):
    """taste, department, category, maker: customers, buyers, baskets."""
    return {tuple(row[1:5]): tuple(row[5:]) for row in frame.collect()}


def placed(spark, rows, params):
    return {row["customer_index"]: row["taste"] for row in tastes(factors(spark, rows), params).collect()}


def test_cooks_and_bakers_are_counted_where_they_bought_lately(reached):
    """Four cooks have a factor and three bakers: cooks are taste 0, of whom three came in the last 91 days.

    Soup: 3 cooks x (3 + 2) = 15 baskets, 9 of them m1's i1; the bread of the first is m2's, as i2 is: 3 x 2 + 1 = 7.
    Bread: 3 bakers x 2, with i4's two of late 8; the unlisted i7 makes 9. Neither petrol nor customers 8 and 9 are there."""
    assert reached == {
        (0, "*", "*", "*"): (3, 3, 16.0),
        (0, "GROCERY", "SOUP", "*"): (3, 3, 15.0),
        (0, "GROCERY", "BREAD", "*"): (3, 1, 1.0),
        (0, "*", "*", "m1"): (3, 3, 9.0),
        (0, "*", "*", "m2"): (3, 3, 7.0),
        (1, "*", "*", "*"): (3, 3, 9.0),
        (1, "GROCERY", "BREAD", "*"): (3, 3, 8.0),
        (1, "UNKNOWN", "UNKNOWN", "*"): (3, 1, 1.0),
        (1, "*", "*", "m2"): (3, 3, 6.0),
        (1, "*", "*", "m3"): (3, 2, 2.0),
        (1, "*", "*", "UNKNOWN"): (3, 1, 1.0),
    }


@pytest.mark.parametrize("parts", [2, 7])
def test_rows_keep_the_contract_whatever_the_partitions(small, reached, parts):
    model, met, goods = small
    frame = taste_reach(model, met.repartition(parts), goods.repartition(parts), params=PARAMS, as_of=AS_OF)
    assert rows_by_scope(frame) == reached
    assert frame.where(" OR ".join(f"NOT ({rule})" for rule in TASTE_REACH.rules().values())).isEmpty()
    assert [(name, kind.replace("bigint", "long")) for name, kind in frame.dtypes] == [
        (name, column.type) for name, column in TASTE_REACH.schema.items()
    ]


def test_fewer_customers_than_tastes_are_as_many_tastes_as_can_be(small):
    """Six customers came lately, in at most as many tastes; each has one taste, so that the tastes' customers are six."""
    rows = rows_by_scope(taste_reach(*small, params=TasteParams(tastes=20), as_of=AS_OF))
    customers = [customers for (_, *scope), (customers, _, _) in rows.items() if scope == ["*", "*", "*"]]
    assert 2 <= len(customers) <= 6
    assert sum(customers) == 6


def test_where_nothing_was_met_or_sold_lately_there_is_no_row(small):
    model, met, goods = small
    assert taste_reach(model, met.limit(0), goods, params=PARAMS, as_of=AS_OF).isEmpty()
    assert taste_reach(model, met, goods, params=PARAMS, as_of=AS_OF + timedelta(days=400)).isEmpty()


def test_a_model_of_other_interactions_is_refused(small):
    """Its numbers would name other customers."""
    model, met, goods = small
    with pytest.raises(JobError, match="run train_recommender"):
        taste_reach(model, met.where(F.col("customer_id") != "c1"), goods, params=PARAMS, as_of=AS_OF)


def test_tastes_are_numbered_by_their_customers_and_then_by_centre(spark):
    """Three point along y, two along x, two against it, whose centre (-1, 0) comes first; how far says nothing, nor does 8."""
    known = {1: [0.1, 9], 2: [0, 0.2], 3: [0.2, 9], 4: [5, 0], 5: [0.1, 0], 6: [-7, 0], 7: [-0.1, 0], 8: [0, 0]}
    assert placed(spark, known, TasteParams(tastes=3)) == {1: 0, 2: 0, 3: 0, 6: 1, 7: 1, 4: 2, 5: 2}


def test_tastes_are_the_same_however_the_factors_came(spark):
    """Sixty customers all around, without any clusters: there a changed order of sums or draws would soonest show."""
    known = {n: [math.cos(n * n), math.sin(n * n)] for n in range(60)}
    once = placed(spark, known, TasteParams())
    assert set(once.values()) == set(range(8))
    for parts in (2, 7):
        again = tastes(factors(spark, dict(reversed(known.items()))).repartition(parts), TasteParams())
        assert {row["customer_index"]: row["taste"] for row in again.collect()} == once


def test_who_did_not_teach_the_centres_has_the_nearest_taste(spark):
    """Twenty along x and nineteen along y, of whom twelve teach."""
    known = {n: [1, n / 1000] if n % 2 == 0 else [n / 1000, 1] for n in range(39)}
    assert placed(spark, known, TasteParams(tastes=2, taught_by=12)) == {n: n % 2 for n in range(39)}


def test_nobody_has_a_taste_where_nobody_has_a_factor_and_fewer_than_tastes_have_one_each(spark):
    assert placed(spark, {1: [0.0, 0.0]}, PARAMS) == {}
    assert placed(spark, {1: [0.0, 2.0]}, PARAMS) == {1: 0}
    assert placed(spark, {1: [0.0, 2.0], 2: [1.0, 0.0], 3: [0.0, 1.0]}, TasteParams()) == {1: 0, 3: 0, 2: 1}


def test_the_plan_has_no_python_and_no_cross_product(small):
    plan = taste_reach(*small, params=PARAMS, as_of=AS_OF)._jdf.queryExecution().executedPlan().toString()
    assert "Python" not in plan
    assert "CartesianProduct" not in plan
