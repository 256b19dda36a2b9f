"""Sets of candidates line by line, beside what simpler rules choose."""

from decimal import Decimal

import pytest

from shelfwise.contracts.gold.introductions import CANDIDATE_WORTH, INTRODUCTION_SETS
from shelfwise.contracts.gold.inventory import INVENTORY_PLAN
from shelfwise.core.conform import empty
from shelfwise.core.frames import local_frame
from shelfwise.introductions.compare import MONEY_LINES, compare_sets
from shelfwise.introductions.pool import ChoiceParams
from tests.introductions.builders import AS_OF, MONDAY, candidate, kept_rows, rows_of, worth_of

ALL = {"shelfwise", "aversion 0", "aversion 0.5", "aversion 0.9", "everything", "nothing", "category growth", "point forecast"}
GROWTH = {"SOUP": (9.0, 10.0), "TEA": (12.0, 10.0), "NEW": (1.0, 0.0)}


def compared(spark, *candidates, **given):
    """By set: its lines."""
    worth = worth_of(spark, *candidates) if candidates else empty(spark, CANDIDATE_WORTH)
    panel = local_frame(
        spark,
        [(MONDAY, category, of_4, of_13) for category, (of_4, of_13) in GROWTH.items()],
        "week date, category string, category_mean_4 double, category_mean_13 double",
    )
    plan = rows_of(spark, INVENTORY_PLAN, {"supplier_id": "known"})
    frame = compare_sets(worth, plan, panel, params=ChoiceParams(**{"budget": 100.0} | given), as_of=AS_OF)
    found: dict[str, dict[str, float]] = {}
    for row in kept_rows(frame, INTRODUCTION_SETS):
        found.setdefault(row["chosen_by"], {})[row["line"]] = row["amount"]
    return found


@pytest.fixture(scope="module")
def found(spark):
    """For 100: `safe` brings 50 of soup for 60; `stew`, beside it, 45 for 40; `bold` 20 of tea for 50, by its point forecast 90."""
    soup = {"shelf": "SOUP / CANS", "demand": [40.0] * 4, "crowding": 0.5, "beside": 60.0, "beside_margin": 1.0}
    return compared(
        spark,
        candidate("safe", [50.0] * 4, opening_cost=Decimal(60), **soup),
        candidate("stew", [45.0] * 4, opening_cost=Decimal(40), **soup),
        candidate("bold", [-40.0, 20, 40, 60], opening_cost=Decimal(50), category="TEA", point_profit=90.0),
    )


def test_lines_add_up_to_the_profit_of_each_set(found):
    assert set(found) == ALL
    for lines in found.values():
        assert sum(lines[name] for name in MONEY_LINES) + lines["shared"] == pytest.approx(lines["profit"])


def test_costs_are_below_zero(found):
    """A listing of 1 each; safe's margin is 51, stew's 46."""
    everything = found["everything"]
    assert (everything["listing"], everything["margin"]) == (-3, 51 + 46 + 21)
    assert (everything["items"], everything["budget"], everything["newly_served"]) == (3, 150, 6)


def test_newcomers_to_one_shelf_take_from_each_other_and_to_two_do_not(found):
    """Each alone: a = 40 sqrt(1 + a / 60): a^2 = 1600 (1 + a / 60), a = 13.33 + sqrt(177.8 + 1600) = 55.50. Shelf of 60 units at
    1, own at 2.

    Alone kept = (1 + .925)^-.5 = .7207: .7207 x (60 + 111) - 60 = 63.25. Both: (1 + 1.850)^-.5 = .5923: .5923 x (60 + 222) - 60 =
    107.05. So the second brings 43.80 instead of 63.25: shared 19.45, whoever else is in the set."""
    assert found["everything"]["shared"] == pytest.approx(107.05 - 2 * 63.25, abs=0.02)
    assert found["everything"]["profit"] == pytest.approx(50 + 45 + 20 - 19.45, abs=0.02)
    assert found["point forecast"]["shared"] == pytest.approx(0)


def test_rules_keep_to_the_limits_and_everything_does_not(found):
    assert {name: lines["budget"] <= 100 for name, lines in found.items()} == dict.fromkeys(ALL, True) | {"everything": False}


def test_nothing_is_worth_nothing(found):
    assert set(found["nothing"].values()) == {0}


def test_simpler_rules_by_hand(found):
    """Tea grows: bold comes first, and of the 50 left only stew's 40 can be paid. By point forecast bold's 90 comes first too, then
    safe, which is too dear, then stew. Shelfwise for 100: 50 + 45 - 19.45 of soup, or 45 + 20 with risk: soup."""
    assert found["category growth"]["profit"] == pytest.approx(45 + 20)
    assert found["point forecast"]["budget"] == 40 + 50
    assert found["shelfwise"]["budget"] == 60 + 40
    assert found["shelfwise"]["profit"] == pytest.approx(75.55, abs=0.02)
    assert (found["category growth"]["cvar"], found["category growth"]["p_failure"]) == (pytest.approx(5), 0)


def test_who_only_minds_the_mean_is_never_worth_less_on_the_average(found):
    assert found["aversion 0"]["profit"] == max(lines["profit"] for name, lines in found.items() if name != "everything")
    assert found["aversion 0.9"]["cvar"] >= found["aversion 0"]["cvar"] - 1e-9


def test_a_new_category_grows_least_and_a_loss_by_point_forecast_is_no_choice(spark):
    """Only one can be paid: soup shrinks, and what is new is known not to grow. Neither has a point forecast above 0."""
    found = compared(
        spark,
        candidate("new", [50.0] * 4, opening_cost=Decimal(60), category="NEW", point_profit=-1.0),
        candidate("soup", [5.0] * 4, opening_cost=Decimal(60), point_profit=0.0),
    )
    assert (found["category growth"]["profit"], found["point forecast"]["items"]) == (5, 0)


def test_everything_is_not_told_where_the_shortlist_does_not_hold_it(spark):
    assert set(compared(spark, candidate("a", [5.0]), candidate("b", [4.0]), shortlist=1)) == ALL - {"everything"}


def test_without_candidates_all_sets_are_worth_nothing(spark):
    found = compared(spark)
    assert set(found) == ALL
    assert {amount for lines in found.values() for amount in lines.values()} == {0}
