"""How fast relatives sell: by hand, and what is told of launches by it."""

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import functions as F

from shelfwise.contracts.silver import LIST_PRICES
from shelfwise.core.conform import empty
from shelfwise.demand.launches.attributes import with_siblings
from shelfwise.demand.launches.history import by_week, launches
from shelfwise.demand.launches.paces import PACES, pace, paces
from shelfwise.measures.effects import group_effects
from tests.demand.launches.conftest import AS_OF, MONDAY


def cells(*rows: tuple[str, str, str, str, list[float]]) -> pd.DataFrame:
    """Department, category, shelf, maker and log units of each item there."""
    made = [(MONDAY, *of, float(len(y)), float(np.sum(y)), float(np.square(y).sum())) for *of, y in rows]
    return pd.DataFrame(made, columns=["week", "department", "category", "shelf", "maker_id", "count", "total", "squares"])


def told(frame: pd.DataFrame) -> dict[tuple[str, str], float]:
    return {(row["name"], row["value"]): row["pace"] for _, row in paces(frame).iterrows()}


TWO = (("D", "SLOW", "SLOW / A", "m1", [0.0, 2.0]), ("D", "FAST", "FAST / B", "m2", [4.0, 6.0]))


def test_two_categories_by_hand():
    """Of one department: no effect of it. Means 1 and 5 around 3: -1.75 and 1.75 (test_effects).

    What is left, of -.25 and .25 on the average, is less than chance would make: nothing of shelves and makers."""
    found = told(cells(*TWO))
    assert found["pace_department", "D"] == 1
    assert found["pace_category", "SLOW"] == pytest.approx(np.exp(-1.75), abs=1e-6)
    assert found["pace_category", "FAST"] == pytest.approx(np.exp(1.75), abs=1e-6)
    assert {found[key] for key in found if key[0] in ("pace_shelf", "pace_maker")} == {1.0}


def test_a_maker_is_judged_by_what_its_category_leaves():
    """m2 is in the fast category alone: that its items sell is no merit of its own. m1 is faster than m3 beside it."""
    rows = [("D", "SLOW", "SLOW / A", maker, [y, y + 0.1, y - 0.1]) for maker, y in (("m1", 1.0), ("m3", 0.0))]
    rows += [("D", "FAST", "FAST / B", maker, [y, y + 0.1, y - 0.1]) for maker, y in (("m1", 6.0), ("m3", 5.0), ("m2", 5.5))]
    found = told(cells(*rows))
    assert found["pace_maker", "m1"] > 1.3 and found["pace_maker", "m3"] < 0.8
    assert found["pace_maker", "m2"] == pytest.approx(1, abs=0.1)


def test_the_order_of_rows_moves_nothing():
    frame = cells(*TWO, ("E", "OTHER", "OTHER / C", "m1", [1.0, 1.5]))
    assert told(frame) == told(frame.iloc[::-1])


def test_effects_follow_one_another_as_group_effects_says():
    """The category's, of what the department leaves."""
    rows = [("D", "A", "A / a", "m", [1.0, 2.0]), ("D", "B", "B / b", "m", [2.0, 4.0]), ("E", "C", "C / c", "m", [7.0, 9.0])]
    y, group = np.array([1.0, 2.0, 2.0, 4.0, 7.0, 9.0]), np.array([0, 0, 0, 0, 1, 1])
    department = group_effects(np.ones(6), y - y.mean(), (y - y.mean()) ** 2, group)
    left = y - y.mean() - department
    category = group_effects(np.ones(6), left, left**2, np.array([0, 0, 1, 1, 2, 2]))
    found = told(cells(*rows))
    assert [found["pace_department", name] for name in "DE"] == pytest.approx(np.exp(department[[0, 4]]), abs=1e-5)
    assert [found["pace_category", name] for name in "ABC"] == pytest.approx(np.exp(category[[0, 2, 4]]), abs=1e-5)


@pytest.fixture(scope="module")
def known(shop):
    launched = launches(shop["panel"], shop["items"], empty(shop["panel"].sparkSession, LIST_PRICES))
    described = with_siblings(launched, shop["panel"], shop["items"])
    rows = by_week(described, shop["panel"], AS_OF).withColumn("cut", F.lit("c"))
    return rows.localCheckpoint()


def test_soap_sells_faster_than_bread_and_so_do_launches_beside_it(known):
    """Rates: loaves 1 to 2 a week, soap 4 to 16."""
    of = {row["category"]: row for row in known.where("launch_week = 1").collect()}
    together = {name: np.prod([row[one] for one in PACES if row[one] > 0]) for name, row in of.items()}
    assert together["BREAD"] < together["MILK"] < together["SOAP"]


def test_a_group_that_nobody_knows_has_no_pace(shop, known):
    strange = known.where("launch_week = 1").limit(1).select(
        "item_id", "launch", "eve", "department", "private_label", "price",
        F.lit("NEW").alias("category"), F.lit("NEW / NEW").alias("shelf"), F.lit("nobody").alias("maker_id"),
    )  # fmt: skip
    row = with_siblings(strange, shop["panel"], shop["items"]).first()
    assert (row["pace_category"], row["pace_shelf"], row["pace_maker"]) == (-1, -1, -1)
    assert row["pace_department"] > 0
    assert with_siblings(strange, shop["panel"], shop["items"]).select(pace().alias("p")).first()["p"] == row["pace_department"]
