"""All effects in one table, from a shop's sales."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from shelfwise.contracts.features import ITEM_PROFILE
from shelfwise.contracts.newcomers import LAUNCH_EFFECTS
from shelfwise.contracts.silver import SALES_LINES
from shelfwise.introductions.launch_effects import EffectParams, bought, estimate_launch_effects
from shelfwise.introductions.switching import GROUPS
from tests.introductions.builders import AS_OF, items_of, kept_rows, rows_of
from tests.introductions.test_crowding import planted

BEGIN = date(2017, 1, 2)  # a Monday
FIRST_WEEK = {"bread": 0, "late": 12, "new": 13, "petrol": 13}


def monday(week):
    return BEGIN + timedelta(weeks=week)


def sales_of(spark, *lines):
    """(customer, item, week and day of it) and what is not usual; sold at noon of the day."""
    rows = [
        {"line_id": f"l{n}", "basket_id": f"b{n}", "kind": "sale", "customer_id": who, "item_id": item}
        | {"sold_on": (day_sold := monday(week) + timedelta(days=day)), "sold_at": datetime.combine(day_sold, time(12))}
        | {"revenue": Decimal("2.50"), "quantity": Decimal(2)}
        | more
        for n, (who, item, week, day, more) in enumerate((*line, {}) if len(line) == 4 else line for line in lines)
    ]
    return rows_of(spark, SALES_LINES, *rows)


def goods(spark):
    items = items_of(spark, *[{"item_id": name, "sold_by": "measure" if name == "petrol" else "each"} for name in FIRST_WEEK])
    told = [{"item_id": name, "first_sold_on": monday(week), "unit_price": 1.25} for name, week in FIRST_WEEK.items()]
    return items, rows_of(spark, ITEM_PROFILE, *told)


def test_an_item_is_a_newcomer_in_its_first_eight_weeks_if_the_data_went_thirteen_without_it(spark):
    """The data begin on a Wednesday, its week on the Monday before. `new` came in week 13 and is new until 20; `late` in 12."""
    lines = [("ann", "bread", 0, 2), ("ann", "new", 13, 0), ("bob", "new", 20, 6), ("ann", "new", 21, 0), ("ann", "late", 12, 0)]
    refused = [("ann", "petrol", 14, 0), (None, "new", 14, 0), ("ann", "new", 14, 0, {"kind": "return"}), ("ann", "unknown", 14, 0)]
    found = bought(sales_of(spark, *lines, *refused), *goods(spark)).collect()
    told = {(row["customer_id"], row["item_id"], row["week_number"]): row["is_newcomer"] for row in found}
    assert told == {
        ("ann", "bread", 0): False,
        ("ann", "late", 12): False,
        ("ann", "new", 13): True,
        ("bob", "new", 20): True,
        ("ann", "new", 21): False,
    }
    assert len(found) == 5
    assert {(row["shelf"], row["price"], row["revenue"], row["units"]) for row in found} == {("SOUP / CANS", 1.25, 2.5, 2.0)}


def test_effects_of_a_small_shop_keep_the_contract(spark):
    """One shelf of two gets a newcomer. ann and bob buy bread, late, bread, and eva, who came in week 14, new, late, new: of
    whichever

    customer is drawn both switches are within one maker and price, as by shares. Won: week 14 has three baskets, of which hers
    alone holds a newcomer and is a first one, 1 - 1/3; with hers of week 16 4 units of it were sold. Nobody tries anything eight
    weeks before the end."""
    panel, planted_items = planted(spark, [0.4, None])
    items, profiles = goods(spark)
    regulars = [(who, item, week, 0) for who in ("ann", "bob") for week, item in ((0, "bread"), (5, "late"), (14, "bread"))]
    sales = sales_of(spark, *regulars, *[("eva", item, week, 0) for week, item in ((14, "new"), (15, "late"), (16, "new"))])
    of_both = planted_items.unionByName(items)
    effects = estimate_launch_effects(panel, of_both, profiles, sales, params=EffectParams(customers=1), as_of=AS_OF)
    rows = kept_rows(effects, LAUNCH_EFFECTS)
    found = {(row["effect"], row["scope"]): (row["measured"], row["cases"]) for row in rows}
    assert len(found) == len(rows)
    crowded = {("crowding", scope): (pytest.approx(0.4), 2) for scope in ("*", "category:SOUP")}
    switched = {(effect, scope): (pytest.approx(1), 2) for effect in GROUPS for scope in ("*", "department:GROCERY")}
    assert found == crowded | switched | {("won", "*"): (pytest.approx(1 / 6), 1)}
