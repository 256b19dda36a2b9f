"""Key figures by day and category: worked by hand, and adding up to silver to the cent."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pyspark.sql import functions as F

from shelfwise.features.kpis import key_figures
from tests.recommend.builders import items, sales

FIRST = date(2017, 1, 1)
AS_OF = date(2017, 3, 31)
WHOLE = ("*", "*")
ADDING = ["units", "revenue", "discount", "returns", "lines"]


def figures(bought, described):
    return {(row["day"], row["department"], row["category"]): row for row in key_figures(bought, described, as_of=AS_OF).collect()}


@pytest.fixture(scope="module")
def described(spark):
    return items(
        spark,
        {"item_id": "tomato", "subcategory": "TINNED"},
        {"item_id": "pea", "subcategory": "DRIED", "maker_id": "m2"},
        {"item_id": "tea", "category": "TEA", "subcategory": "BLACK", "maker_id": "m2"},
        {"item_id": "petrol", "department": "FUEL", "category": "FUEL", "sold_by": "measure"},
        {"item_id": "lemon", "category": "FRUIT", "maker_id": "UNKNOWN"},
    ).cache()


@pytest.fixture(scope="module")
def worked(spark, described):
    """Two days, 40 days apart; the first day's sales make tomato and its maker m1 old."""
    later = FIRST + timedelta(days=40)
    bought = sales(
        spark,
        {"customer_id": "a", "item_id": "tomato", "sold_on": FIRST, "revenue": 3},
        {"customer_id": "b", "item_id": "lemon", "sold_on": FIRST, "revenue": 2},
        {
            "customer_id": "a",
            "item_id": "tomato",
            "sold_on": later,
            "quantity": 2,
            "revenue": 6,
            "discount": 1,
            "coupon_discount": 1,
        },
        {"customer_id": "a", "item_id": "pea", "sold_on": later, "revenue": 2},
        {"customer_id": "b", "item_id": "tomato", "sold_on": later, "revenue": 4},
        {"customer_id": "b", "item_id": "petrol", "sold_on": later, "quantity": 30000, "revenue": 40},
        {"customer_id": None, "item_id": "tea", "sold_on": later, "revenue": 8, "basket_id": "till"},
        {"customer_id": "b", "item_id": "tomato", "sold_on": later, "kind": "return", "quantity": -1, "revenue": "-3.50"},
        {"customer_id": "b", "item_id": "postage", "sold_on": later, "kind": "charge", "revenue": 5},
    )
    return figures(bought, described), later


def test_money_and_units_of_a_category(worked):
    """SOUP: tomato 2 + 1 and pea 1 = 4 units; 6 + 2 + 4 = 12.00; 2.00 off of 14.00; the return of 3.50 stands apart."""
    found, later = worked
    soup = found[later, "GROCERY", "SOUP"]
    assert (soup["units"], soup["revenue"], soup["discount"], soup["returns"]) == (4, 12, 2, Decimal("3.50"))
    assert soup["discount_share"] == pytest.approx(2 / 14)
    assert (soup["lines"], soup["baskets"], soup["customers"]) == (3, 2, 2)
    assert (soup["items"], soup["items_per_subcategory"]) == (2, 1.0)


def test_the_whole_shop_counts_baskets_and_customers_once(worked):
    """Baskets of a, b and the till; customers a and b; 60.00 with petrol, whose litres are no units: 4 of SOUP + 1 tea."""
    found, later = worked
    shop = found[later, *WHOLE]
    assert (shop["baskets"], shop["customers"], shop["items"], shop["lines"]) == (3, 2, 4, 5)
    assert (shop["units"], shop["revenue"], shop["returns"]) == (5, 60, Decimal("3.50"))
    assert shop["items_per_subcategory"] == 1.0


def test_shares_of_new_items_new_makers_and_promotions(worked):
    """Of 60.00: pea 2 + petrol 40 + tea 8 are new (50); m2 is new (pea 2 + tea 8 = 10), m1 is old; 6.00 were discounted."""
    found, later = worked
    shop = found[later, *WHOLE]
    assert shop["new_item_share"] == pytest.approx(50 / 60)
    assert shop["new_maker_share"] == pytest.approx(10 / 60)
    assert shop["promotion_share"] == pytest.approx(6 / 60)


def test_in_the_first_28_days_nothing_can_be_told_new(worked):
    found, _ = worked
    assert (found[FIRST, *WHOLE]["new_item_share"], found[FIRST, *WHOLE]["new_maker_share"]) == (None, None)


def test_an_item_is_new_for_28_days(spark, described):
    """tea first sells on day 30: new on day 57, the 28th, and not on day 58; a maker that nobody knows is never new."""
    days = [FIRST + timedelta(days=n) for n in (0, 30, 57, 58)]
    lines = [{"customer_id": "a", "item_id": "tomato", "sold_on": days[0]}]
    lines += [{"customer_id": "a", "item_id": item, "sold_on": day} for item in ("tea", "lemon") for day in days[1:]]
    found = figures(sales(spark, *lines), described)
    assert [found[day, "GROCERY", "TEA"]["new_item_share"] for day in days[1:]] == [1.0, 1.0, 0.0]
    assert [found[day, "GROCERY", "TEA"]["new_maker_share"] for day in days[1:]] == [1.0, 1.0, 0.0]
    assert [found[day, "GROCERY", "FRUIT"]["new_maker_share"] for day in days[1:]] == [0.0, 0.0, 0.0]


def test_repeat_share_asks_whether_the_customer_had_bought_there_before_that_day(worked):
    """SOUP: a had, b (lemon only) had not: 1/2. The shop: both had. The first day: nobody had. TEA: only a stranger bought."""
    found, later = worked
    assert found[later, "GROCERY", "SOUP"]["repeat_share"] == 0.5
    assert found[later, *WHOLE]["repeat_share"] == 1.0
    assert found[FIRST, *WHOLE]["repeat_share"] == 0.0
    assert found[later, "GROCERY", "TEA"]["repeat_share"] is None
    assert found[later, "GROCERY", "TEA"]["customers"] == 0


def test_a_category_with_returns_alone_sold_nothing(spark, described):
    returned = {"customer_id": "a", "item_id": "tea", "sold_on": FIRST, "kind": "return", "quantity": -1, "revenue": -8}
    row = figures(sales(spark, returned), described)[FIRST, "GROCERY", "TEA"]
    assert (row["revenue"], row["returns"], row["lines"], row["baskets"], row["items"]) == (0, 8, 0, 0, 0)
    assert (row["discount_share"], row["items_per_subcategory"], row["promotion_share"]) == (None, None, None)


CENTS = st.integers(0, 99_999).map(lambda cents: Decimal(cents) / 100)
LINE = st.fixed_dictionaries(
    {
        "customer_id": st.sampled_from([None, "a", "b", "c"]),
        "item_id": st.sampled_from(["tomato", "pea", "tea", "petrol", "lemon", "nowhere described"]),
        "sold_on": st.sampled_from([FIRST + timedelta(days=n) for n in (0, 1, 35)]),
        "quantity": st.integers(1, 9),
        "revenue": CENTS,
        "discount": CENTS,
        "coupon_discount": CENTS,
        "kind": st.sampled_from(["sale", "sale", "sale", "return", "charge"]),
    }
).map(lambda line: line if line["kind"] != "return" else line | {"quantity": -line["quantity"], "revenue": -line["revenue"]})


@given(st.lists(LINE, min_size=25, max_size=60))
@examples(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_categories_add_up_to_the_shop_and_the_shop_to_silver_to_the_cent(spark, described, lines):
    bought = sales(spark, *lines)
    found = key_figures(bought, described, as_of=AS_OF)
    level = F.when(F.col("category") == "*", "shop").otherwise("categories").alias("level")
    sums = found.groupBy("day", level).agg(*(F.sum(name).alias(name) for name in ADDING)).collect()
    by_day = {(row["level"], row["day"]): tuple(row[name] for name in ADDING) for row in sums}
    assert by_day == {(level, day): sums for day, sums in of_silver(lines).items() for level in ("shop", "categories")}


def of_silver(lines):
    """The sums of each day that has a sale or return, by plain arithmetic; petrol and undescribed items have no units."""
    days = {line["sold_on"] for line in lines if line["kind"] != "charge"}
    return {day: _sums([line for line in lines if line["sold_on"] == day]) for day in days}


def _sums(lines):
    sold = [line for line in lines if line["kind"] == "sale"]
    counted = [line for line in sold if line["item_id"] not in ("petrol", "nowhere described")]
    return (
        sum(line["quantity"] for line in counted),
        sum(line["revenue"] for line in sold),
        sum(line["discount"] + line["coupon_discount"] for line in sold),
        -sum(line["revenue"] for line in lines if line["kind"] == "return"),
        len(sold),
    )


def test_no_row_passes_through_python(spark, described):
    bought = sales(spark, {"customer_id": "a", "item_id": "tea", "sold_on": FIRST})
    plan = key_figures(bought, described, as_of=AS_OF)._jdf.queryExecution().executedPlan().toString()
    assert "Python" not in plan
