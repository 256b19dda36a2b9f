"""Marginals of five baskets, counted by hand, and the verdicts on ratios.

    week of Monday 2 January: Ann buys 3 of x and 1 of y (2nd), Bob 1 of x (8th)
    week of 9 January:        nothing but Ann's 1 of y (9th) and Bob's 4 of x (12th)
    week of 16 January:       Ann 1 of x, bought twice on one receipt as 2 lines of 1 (16th): 2 units
    the 22nd ends the third week: Ann takes 1 of z; 1 of x came back on the 17th, which is no sale

Basket days: Ann 2, 9, 16, 22; Bob 8, 12.
"""

from datetime import date

import pytest
from pyspark.sql import DataFrame, SparkSession

from shelfwise.core.frames import local_frame
from shelfwise.simulate.likeness import FIGURES, compare, marginals

LINES = "customer_id string, basket_id string, item_id string, sold_on date, quantity int, revenue double, discount double"
X, Y, Z = "x", "y", "z"


def line(customer: str, day: int, item: str, quantity: int, discount: float = 0.0) -> tuple[object, ...]:
    return customer, f"{customer}{day}", item, date(2023, 1, day), quantity, 2.0 * quantity - discount, discount


@pytest.fixture(scope="module")
def lines(spark: SparkSession) -> DataFrame:
    rows = [
        line("ann", 2, X, 3),
        line("ann", 2, Y, 1),
        line("bob", 8, X, 1),
        line("ann", 9, Y, 1),
        line("bob", 12, X, 4, discount=2.6),
        line("ann", 16, X, 1),
        line("ann", 16, X, 1),
        line("ann", 17, X, -1),
        line("ann", 22, Z, 1),
    ]
    return local_frame(spark, rows, LINES)


@pytest.fixture(scope="module")
def value(spark: SparkSession, lines: DataFrame) -> dict[str, float]:
    """x is promoted in its second week, twice over; y before it was ever sold; z in the only week that it has."""
    weeks = [(X, date(2023, 1, 9)), (X, date(2023, 1, 9)), (Y, date(2022, 12, 26)), (Z, date(2023, 1, 16))]
    promoted = local_frame(spark, weeks, "item_id string, week date")
    return {row["figure"]: row["value"] for row in marginals(lines, promoted).collect()}


def test_every_figure_is_there_once(value: dict[str, float]) -> None:
    assert list(value) == sorted(FIGURES, key=list(value).index) and len(value) == len(FIGURES)


def test_a_line_is_an_item_of_a_basket(value: dict[str, float]) -> None:
    """Lines of the six baskets: 2, 1, 1, 1, 1, 1; the two lines of x on one receipt are one. 13 units / 7 lines."""
    assert value["lines per basket, mean"] == pytest.approx(7 / 6)
    assert value["lines per basket, median"] == 1
    assert value["lines per basket, p90"] == pytest.approx(1.5)  # between the 5th (1) and the 6th (2), half way
    assert value["units per line"] == pytest.approx(13 / 7)


def test_popularity_is_a_curve_over_items(value: dict[str, float]) -> None:
    """x 10, y 2, z 1 of 13 units: the top 1 and 10 % are one item, half is two. Gini: 2 (1 + 4 + 30) / (3 * 13) - 4 / 3."""
    assert value["units of the top 1 % of items"] == pytest.approx(10 / 13)
    assert value["units of the top 10 % of items"] == pytest.approx(10 / 13)
    assert value["units of the top 50 % of items"] == pytest.approx(12 / 13)
    assert value["Gini of items' units"] == pytest.approx(70 / 39 - 4 / 3)


def test_equally_popular_items_have_a_gini_of_zero(spark: SparkSession) -> None:
    """Four items of one unit each: the ranks of a tie are summed as one block, 1 + 2 + 3 + 4 = 10; 2 * 10 / 16 - 5 / 4 = 0."""
    even = local_frame(spark, [line("ann", 2, item, 1) for item in "abcd"], LINES)
    none = local_frame(spark, [], "item_id string, week date")
    value = {row["figure"]: row["value"] for row in marginals(even, none).collect()}
    assert value["Gini of items' units"] == pytest.approx(0)
    assert value["units of the top 50 % of items"] == pytest.approx(0.5)
    # one day is no complete week
    assert value["item-weeks without a sale"] is None and value["promotion lift"] is None


def test_pauses_are_between_the_days_of_one_customer(value: dict[str, float]) -> None:
    """Ann 7, 7, 6; Bob 4."""
    assert value["days between a customer's basket days, mean"] == 6
    assert value["days between a customer's basket days, median"] == pytest.approx(6.5)
    assert value["days between a customer's basket days, p90"] == 7


def test_visits_and_repeats(value: dict[str, float]) -> None:
    """Six baskets of two customers in three weeks. Pairs: Ann x (2nd, 16th) and y (2nd, 9th) and Bob x again, Ann z not."""
    assert value["baskets per customer and week"] == pytest.approx(1)
    assert value["customer-item pairs bought again"] == pytest.approx(3 / 4)


def test_item_weeks_count_from_the_first_sale(value: dict[str, float]) -> None:
    """x 4, 4, 2; y 1, 1, 0; z only 1 in the third week: 7 item-weeks, one without a sale, 13 units, squares 36 + 2 + 1 = 39.

    39 / 7 - (13 / 7)^2, over 13 / 7, is 39 / 13 - 13 / 7. Within: x 36 - 100 / 3, y 2 - 4 / 3, z 0; 10 / 3 over 13 units.
    """
    assert value["item-weeks without a sale"] == pytest.approx(1 / 7)
    assert value["item-weeks, variance / mean"] == pytest.approx(3 - 13 / 7)
    assert value["item-weeks, variance within items / mean"] == pytest.approx(10 / 3 / 13)


def test_lift_is_of_items_with_both_kinds_of_weeks(value: dict[str, float]) -> None:
    """x sold 4 promoted and (4 + 2) / 2 = 3 else. y's plan is before its first sale; z has no week without a promotion.

    Promoted are two of seven item-weeks with 4 + 1 of 13 units.
    """
    assert value["promotion lift"] == pytest.approx(4 / 3)
    assert value["promoted item-weeks"] == pytest.approx(2 / 7)
    assert value["units sold in promoted item-weeks"] == pytest.approx(5 / 13)


def test_discounts_are_a_share_of_list_value(value: dict[str, float]) -> None:
    """13 units at 2.00 are 26.00; 2.60 were taken off."""
    assert value["discount share of list value"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict"),
    [
        (5, 4, "alike"),
        (4, 5, "alike"),
        (5.1, 4, "near"),
        (1, 2, "near"),
        (2.01, 1, "differs"),
        (0.49, 1, "differs"),
        (0, 0, "alike"),
        (1, 0, "differs"),
        (0, 1, "differs"),
    ],
)
def test_a_ratio_has_its_verdict_either_way(ours: float, theirs: float, verdict: str) -> None:
    (row,) = compare({"units per line": ours}, {"units per line": theirs})
    assert row.verdict == verdict
    assert bool(row.why) == (verdict != "alike")


def test_figures_are_compared_in_their_order_where_both_shops_have_them() -> None:
    ours = dict.fromkeys(reversed(FIGURES), 1.0)
    theirs = {figure: 1.0 for figure in FIGURES if figure != "promotion lift"}
    assert [row.figure for row in compare(ours, theirs)] == list(theirs)
