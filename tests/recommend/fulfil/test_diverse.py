"""Candidates in turn, each for what those before it leave of its probability."""

import numpy as np
import pandas as pd
import pytest

from shelfwise.core.frames import local_frame
from shelfwise.recommend.fulfil.diverse import ATTRIBUTES, DiverseParams, diverse, in_turn

WEIGHTS = {"shelf": 0.5, "category": 0.3, "maker_id": 0.2}


def batch(*rows):
    return pd.DataFrame(rows, columns=["customer_index", "item_index", "probability", *ATTRIBUTES])


def turns(found):
    """Item and worth of each customer, in turn."""
    return {c: [(r.item_index, pytest.approx(r.worth)) for r in rows.itertuples()] for c, rows in found.groupby("customer_index")}


def drawn(customers, seed):
    """Up to 12 candidates a customer from few shelves and makers, some of them unknown, rows in no order."""
    draw = np.random.default_rng(seed)
    rows = [
        (c, int(item), float(draw.uniform(0, 0.3)), *[draw.choice(["a", "b", "c", None]) for _ in ATTRIBUTES])
        for c in range(customers)
        for item in draw.choice(40, int(draw.integers(1, 13)), replace=False)
    ]
    return batch(*[rows[n] for n in draw.permutation(len(rows))])


def one_by_one(mine, params):
    """The definition, for one customer."""
    rows = mine.sort_values(["probability", "item_index"], ascending=[False, True]).to_dict("records")
    picks, pool = [], rows[: params.pool]

    def worth(row):
        alike = [sum(w for name, w in WEIGHTS.items() if row[name] is not None and row[name] == pick[name]) for pick, _ in picks]
        return row["probability"] * (1 - params.strength * max(alike, default=0.0))

    while pool:
        best = max(pool, key=worth)
        picks.append((best, worth(best)))
        pool.remove(best)
    rest = sorted(((row, worth(row)) for row in rows[params.pool :]), key=lambda one: -one[1])
    return [(row["item_index"], value) for row, value in picks + rest]


def test_what_is_like_an_earlier_pick_waits_for_what_is_not():
    """Item 2 shares shelf and category with 1: .4 (1 - .5 x .8) = .24; 3 the category: .3 (1 - .5 x .3) = .255, so 3 is next."""
    rows = batch((7, 1, 0.5, "a", "x", "m"), (7, 2, 0.4, "a", "x", "n"), (7, 3, 0.3, "b", "x", "n"), (7, 4, 0.2, None, None, None))
    found = in_turn(rows, DiverseParams(strength=0.5))
    assert turns(found) == {7: [(1, 0.5), (3, 0.255), (2, 0.24), (4, 0.2)]}
    assert found["turn"].tolist() == [1, 2, 3, 4]


def test_the_unknown_is_like_nothing():
    rows = batch((7, 1, 0.5, None, None, None), (7, 2, 0.4, None, None, None))
    assert turns(in_turn(rows, DiverseParams(strength=1.0))) == {7: [(1, 0.5), (2, 0.4)]}


def test_beyond_the_pool_all_of_the_pool_counts():
    """A pool of 2: item 3 is like 1 in all, .3 (1 - 1) = 0; 4 is like 2 in the maker, .2 (1 - .2) = .16."""
    rows = batch((7, 1, 0.5, "a", "x", "m"), (7, 2, 0.4, "b", "y", "n"), (7, 3, 0.3, "a", "x", "m"), (7, 4, 0.2, "c", "z", "n"))
    assert turns(in_turn(rows, DiverseParams(strength=1.0, pool=2))) == {7: [(1, 0.5), (2, 0.4), (4, 0.16), (3, 0.0)]}


@pytest.mark.parametrize(("strength", "pool"), [(0.3, 30), (0.8, 5)])
def test_many_customers_at_once_get_what_each_gets_alone(strength, pool):
    rows, params = drawn(40, 3), DiverseParams(strength=strength, pool=pool)
    assert turns(in_turn(rows, params)) == {c: one_by_one(mine, params) for c, mine in rows.groupby("customer_index")}


def test_without_strength_probabilities_stay_as_they_are():
    found = in_turn(drawn(20, 5), DiverseParams(strength=0.0, pool=4))
    assert (found["worth"] == found["probability"]).all()
    best_first = found.sort_values(["customer_index", "probability", "item_index"], ascending=[True, False, True])
    assert best_first["turn"].tolist() == found["turn"].tolist()


def test_the_executors_give_what_one_batch_gives(spark):
    rows, params = drawn(30, 8), DiverseParams()
    schema = "customer_index int, item_index int, probability double, shelf string, category string, maker_id string"
    found = diverse(local_frame(spark, rows.to_dict("records"), schema).repartition(3), params).toPandas()
    assert turns(found.sort_values(["customer_index", "turn"])) == turns(in_turn(rows, params))
