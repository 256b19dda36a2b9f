"""What a candidate earns and costs, line by line, worked by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfwise.contracts.gold.introductions import EARNED, SPENT
from shelfwise.introductions.money import (
    Rule,
    Terms,
    cvar,
    mean_and_worst,
    openings,
    outcome,
    payback_week,
    stop_rule,
    unit_worth,
)
from shelfwise.introductions.scenarios import Demand
from shelfwise.measures.levels import GRID, expected_level, smooth_law

WEEKS = 12
RULE = Rule(week=4, units=10)
# beyond its margin of 4 a unit brings .1 x 10 x .5 = .5 on other shelves and .25 of customers won; held for a week it costs .06
TERMS = Terms(
    price=10,
    cost=6,
    pack=6,
    minimum=6,
    holding_share=0.52,
    clearing_share=0.5,
    order_line=1,
    place_week=2,
    listing=7,
    fill_rate=0.9,
    halo=0.1,
    elsewhere_margin=0.5,
    won_worth=0.25,
    beside=100,
    beside_margin=3,
    crowding=0.5,
)


def of(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def wanted(early: float, late: float, delay: float = 0, shop: float = 1) -> Demand:
    return Demand(of(early), of(late), of(delay), of(shop))


# a dud, a slow seller whose order was 2 weeks late, one that sells out, and one that sells on
FUTURES = Demand(early=of(9, 12, 30, 12), late=of(16, 3, 30, 86), delay=of(0, 2, 0, 0), shop=of(0.2, 0.1, 1, 0.6))


def test_units_sold_by_hand():
    """Of 18 opening units. Dud: 9 < 10, stopped. Slow: 12, then 3 of 6. Sells out: 18, then .9 x 30. Sells on: 12, 6, .9 x 80."""
    found = outcome(TERMS, FUTURES, 18, RULE, WEEKS)
    assert found.sold.tolist() == pytest.approx([9, 15, 18 + 27, 12 + 6 + 72])
    assert found.stopped.tolist() == [1, 0, 0, 0]


LINES = {
    "margin": [36, 60, 180, 360],
    "halo": [4.5, 7.5, 22.5, 45],
    "won": [2.25, 3.75, 11.25, 22.5],
    "cannibalised": [12, 15, 60, 90],
    "holding": [3.24, 5.04, 3.6, 6.9],
    "clearing": [27, 9, 0, 0],
    "delivery": [1, 1, 6, 8],
    "place": [8, 20, 24, 24],
    "listing": [7, 7, 7, 7],
}


@pytest.mark.parametrize("line", LINES)
def test_every_line_by_hand(line):
    """9, 15, 45 and 90 units sold.

    - margin 4, halo .5 and won .25 for each of them.
    - cannibalised: of 100 units x shop's shock, 20, 10, 100 and 60. 9 of 20 and 45 of 100: attraction .5625 of the shelf's, as
      .5625 / 1.5625^.5 = .45; the shelf keeps .8 and loses 4 and 20. 15 of 10 and 90 of 60: attraction 3, since 3 / 4^.5 = 1.5;
      half is lost, 5 and 30. Margin 3.
    - holding .06 a unit and week: 18 less half of what was sold, over 4 weeks: 13.5, 12, 9 and 12 x 4. Then, over 8 weeks, the mean
      of what was left and is left: (6 + 3) / 2, 0 and 6 / 2; and half a case, 3, or half a week's sales, 86 / 8 / 2 = 5.375, if
      that is more: 54, 48 + 36, 36 + 24, 48 + 67.
    - clearing 3 for each left: 9 and 3.
    - delivery 1 for the opening order and for each case or week's sales: 27 / 6 in 5, 72 / 10.75 in 7.
    - place 2 a week: 4 until the stop, 12 less 2 late ones, 12, 12.
    """
    assert outcome(TERMS, FUTURES, 18, RULE, WEEKS).lines[line].tolist() == pytest.approx(LINES[line])


def test_lines_add_up_to_the_profit():
    """42.75 - 58.24, 71.25 - 57.04, 213.75 - 100.6, 427.5 - 135.9."""
    found = outcome(TERMS, FUTURES, 18, RULE, WEEKS)
    assert set(found.lines) == {*EARNED, *SPENT}
    assert found.profit.tolist() == pytest.approx([-15.49, 14.21, 113.15, 291.6])


def test_it_stops_only_below_the_rule_and_not_where_the_shelf_was_empty():
    """9 of 10 asked: stopped; 10: not; 9 with an opening order of 9: nobody knows what more would have sold."""
    found = [outcome(TERMS, wanted(early, 5), opening, RULE, WEEKS).stopped[0] for early, opening in ((9, 18), (10, 18), (30, 9))]
    assert found == [1, 0, 0]


def test_what_is_stopped_has_held_its_place_until_then_however_late_it_came():
    """3 weeks late, it is launched 3 weeks later; from there it is on the shelf for the 4 weeks of the rule: 4 x 2."""
    found = outcome(TERMS, wanted(1, 0, delay=3), 18, RULE, WEEKS)
    assert found.stopped.tolist() == [1]
    assert found.lines["place"].tolist() == [8]


def test_a_place_never_earns_its_price():
    """A rule read after 2 weeks, an order 4 weeks late: no less than nothing is paid."""
    assert outcome(TERMS, wanted(1, 0, delay=4), 18, Rule(2, 10), WEEKS).lines["place"][0] >= 0


def test_a_rule_read_at_the_end_leaves_no_weeks_to_replenish():
    """All 12 weeks are early: 20 of 18 wanted, nothing after; (18 - 9) x 12 unit-weeks of .06."""
    found = outcome(TERMS, wanted(20, 0), 18, Rule(12, 10), WEEKS)
    assert found.sold.tolist() == [18]
    assert found.lines["delivery"].tolist() == [1]
    assert found.lines["holding"].tolist() == pytest.approx([0.06 * 108])


def test_what_a_unit_is_worth_by_hand():
    """45 units beside 100 take 20 of them: .4444 of 3 each; 4 + .5 + .25 - 1.3333. Of none sold nothing is lost."""
    assert unit_worth(TERMS, 45) == pytest.approx(4.75 - 4 / 3)
    assert unit_worth(TERMS, 0) == 4.75


def law(*levels: tuple[int, float]) -> np.ndarray:
    """Probabilities at places of GRID: 20 is a level of 1, eight places make ten times as much."""
    found = np.zeros(len(GRID))
    for place, share in levels:
        found[place] = share
    return found


SURE = law((20, 1.0))
HIT_OR_MISS = law((12, 10 / 11), (28, 1 / 11))  # a tenth of the plan, or ten times it


@pytest.mark.parametrize(("place", "units"), [(0.04, 0), (0.06, 1), (0.4, 1), (0.5, 2), (5, 2), (10, float("inf"))])
def test_the_rule_is_where_expected_sales_no_longer_pay_for_the_place(place, units):
    """.5 planned in 4 weeks, 1 in the 8 left, a unit is worth 4.75; cost 8 weeks' place and 1 / 6 of an order line.

    Odds of a hit after y: .1 x 100^y x exp(-9.9 x .5): .00071, .0708, 7.08, 708. Levels expected: .107, .755, 8.78, 9.99.
    Needed for places of .04: .4867 / 4.75 = .102; of .06: .136; of .4: .709; of .5: .877; of 5: 8.46. Of 10: 16.9, more than any.
    """
    terms = replace(TERMS, beside=0, place_week=place)
    assert stop_rule(terms, np.full(4, 0.125), np.full(8, 0.125), HIT_OR_MISS) == Rule(4, units)


def test_a_line_is_ordered_for_each_case_but_no_more_than_weeks_are_left():
    """Where the plan is sure the rest pays or not: 400 units of 4.75 are 1,900, place 16. Cases of 1: 8 lines, of 100: 4."""
    plan = np.full(4, 50.0), np.full(8, 50.0), SURE
    rules = {(1, 235.0): 0, (1, 236.0): float("inf"), (100, 470.0): 0, (100, 472.0): float("inf")}
    for (pack, line), units in rules.items():
        assert stop_rule(replace(TERMS, beside=0, pack=pack, order_line=line), *plan) == Rule(4, units)


def test_what_items_beside_it_lose_counts_in_the_rule():
    """45 sold beside 100 are worth 3.41667 each: 25 left of them 85.42. Place and lines (25 / 6) of 85 pay, of 86 do not."""
    for cost, units in ((85.0, 0), (86.0, float("inf"))):
        terms = replace(TERMS, place_week=(cost - 25 / 6) / 8)
        assert stop_rule(terms, np.full(4, 5.0), np.full(8, 3.125), SURE) == Rule(4, units)


def test_a_rule_of_many_units_is_at_most_a_tenth_too_strict():
    """Above 30 units not every number is tried: the first of those tried that pays, and never one that does not."""
    for early, place in ((50.0, 20.0), (50.0, 40.0), (200.0, 100.0), (1000.0, 200.0)):
        terms = replace(TERMS, beside=0, place_week=place)
        rule = stop_rule(terms, np.full(4, early), np.full(8, early / 4), smooth_law())
        needed = (8 * place + min(8, 2 * early / 6)) / (4.75 * 2 * early)
        every = np.arange(10_000.0)
        least = every[np.argmax(expected_level(smooth_law(), every, 4 * early) >= needed)]
        assert least <= rule.units <= max(1.1 * least + 1, 1)


def test_the_rule_of_what_pays_in_any_case_is_none():
    """Place and lines for nothing: who sells nothing goes on too."""
    free = replace(TERMS, place_week=0, order_line=0)
    rule = stop_rule(free, np.full(4, 5.0), np.full(8, 3.0), smooth_law())
    assert rule == Rule(4, 0.0)
    assert outcome(free, wanted(0, 3), 18, rule, WEEKS).stopped.tolist() == [0]


def test_what_loses_with_every_unit_stops_in_any_case():
    losing = replace(TERMS, cost=11)
    rule = stop_rule(losing, np.full(4, 5.0), np.full(8, 3.0), smooth_law())
    assert rule == Rule(4, float("inf"))
    found = outcome(losing, wanted(17, 100), 18, rule, WEEKS)
    assert found.stopped.tolist() == [1]
    assert np.isfinite(found.profit).all()
    assert stop_rule(TERMS, np.full(4, 5.0), np.zeros(8), smooth_law()).units == float("inf")


def test_a_plan_of_nothing_in_the_first_weeks_has_a_rule_all_the_same():
    """Nothing sold of nothing planned tells nothing: the level expected is 1, and 3 x 8 units of 4.75 pay for a place of 2."""
    assert stop_rule(replace(TERMS, beside=0), np.zeros(4), np.full(8, 3.0), smooth_law()) == Rule(4, 0.0)


def test_opening_orders_are_whole_cases_and_no_fewer_than_the_minimum():
    """Cases of 6, a minimum of 7: 12. Early demand 0 to 40: the median 20 takes 24, the most 40 takes 42; 10 takes 12."""
    early = of(0, 10, 20, 30, 40)
    assert openings(replace(TERMS, minimum=7), early, of(0, 0.25, 0.5, 1)).tolist() == [12, 24, 42]
    assert openings(replace(TERMS, minimum=0, pack=1), early, of(0, 0.5)).tolist() == [1, 20]


def test_the_worst_share_by_hand():
    """The worst fifth of 10 outcomes are -4 and -2: -3. Half of their mean, 2.5, and half of that: -.25."""
    profit = of(5, -2, 3, 7, 1, -4, 6, 0, 4, 5)
    assert cvar(profit, 0.2) == -3
    assert mean_and_worst(profit, 0.5, 0.2) == pytest.approx(-0.25)
    assert mean_and_worst(profit, 0, 0.2) == pytest.approx(2.5)
    assert mean_and_worst(profit, 1, 0.2) == -3


def test_the_worst_share_is_at_least_one_outcome_and_at_most_all():
    assert cvar(of(5, -2, 3), 0.05) == -2
    assert cvar(of(5, -2, 3), 1.0) == 2


def test_payback_by_hand():
    """8 of 10 wanted are sold a week; each brings 10.75, the place takes 2. 20 units at 6, listing and line: 120 + 7 + 1 = 128.

    After a week 86 - 2 = 84, after two 168. A case of 6 and a listing of 150: 36 + 150 + 1 = 187; then each is bought first:
    86 - 12 - 2 = 72, 108, 144, 180, 216: week 5. A listing of 10,000 is never paid.
    """
    mean = np.full(6, 10.0)
    assert payback_week(TERMS, mean, 20, 0.8) == 2
    assert payback_week(replace(TERMS, listing=150), mean, 6, 0.8) == 5
    assert payback_week(replace(TERMS, listing=10_000), mean, 6, 0.8) is None


def test_cash_that_just_pays_pays():
    """84 after the first week: opening, line and listing of 36 + 1 + 47 = 84, where 18 less was bought: a case of 8."""
    assert payback_week(replace(TERMS, listing=35), np.full(6, 10.0), 8, 0.8) == 1  # 48 + 35 + 1
    assert payback_week(replace(TERMS, listing=35.01), np.full(6, 10.0), 8, 0.8) == 2


UNITS = st.integers(0, 60).map(float)
SCENARIOS = st.lists(st.tuples(UNITS, UNITS, st.integers(0, 4), st.floats(0.5, 2)), min_size=1, max_size=30)


def told(scenarios: list) -> Demand:
    return Demand(*(np.array(column, dtype=float) for column in zip(*scenarios, strict=True)))


COSTS = ("cost", "holding_share", "clearing_share", "order_line", "place_week", "listing", "crowding", "beside_margin")


@settings(deadline=None)
@given(SCENARIOS, st.integers(1, 40), st.integers(0, 40), st.floats(0, 1), st.sampled_from(COSTS))
def test_what_costs_more_never_earns_more_in_any_scenario(scenarios, opening, asked, more, dearer):
    """With the same opening order and the same stop rule."""
    demand, rule = told(scenarios), Rule(4, float(asked))
    step = 0.45 * more if dearer == "crowding" else more
    costly = replace(TERMS, **{dearer: getattr(TERMS, dearer) + step})
    before, after = (outcome(terms, demand, float(opening), rule, WEEKS).profit for terms in (TERMS, costly))
    assert (after <= before + 1e-9).all()


@settings(deadline=None)
@given(SCENARIOS, st.integers(1, 40), st.integers(0, 40))
def test_units_and_lines_are_in_order_in_any_scenario(scenarios, opening, asked):
    demand, rule = told(scenarios), Rule(4, float(asked))
    found = outcome(TERMS, demand, float(opening), rule, WEEKS)
    assert (found.sold <= demand.early + demand.late).all()
    assert all((line >= 0).all() for line in found.lines.values())
    stopped = found.stopped == 1
    assert ((demand.early < asked) & (demand.early < opening) == stopped).all()
    assert (found.sold[stopped] == demand.early[stopped]).all()
    assert (found.lines["clearing"] <= 3 * np.maximum(opening - found.sold, 0) + 1e-9).all()
    earned, spent = (sum(found.lines[name] for name in names) for names in (EARNED, SPENT))
    np.testing.assert_allclose(found.profit, earned - spent)


@settings(deadline=None)
@given(st.floats(0.05, 5), st.floats(0.05, 5), st.floats(0, 5), st.sampled_from(["cost", "order_line", "place_week", "crowding"]))
def test_the_rule_asks_for_more_where_more_has_to_be_paid(early, late, place, dearer):
    """But for how coarsely more than 30 units are tried."""
    terms = replace(TERMS, place_week=place)
    costly = replace(terms, **{dearer: getattr(terms, dearer) + 0.4})
    before, after = (stop_rule(each, np.full(4, early), np.full(8, late), smooth_law()).units for each in (terms, costly))
    assert before >= 0 and after >= (before if before < 30 else 0.9 * before)


@settings(deadline=None)
@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=50), st.floats(0.01, 1), st.floats(0, 1))
def test_the_worst_are_no_better_than_all(profits, share, aversion):
    profit = np.array(profits)
    assert profit.min() - 1e-9 <= cvar(profit, share) <= mean_and_worst(profit, aversion, share) + 1e-9 <= profit.mean() + 2e-9
