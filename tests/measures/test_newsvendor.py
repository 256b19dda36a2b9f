"""The numbers of docs/decisions/0003-order-up-to.md, and what must hold for any demand."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfwise.measures.met_demand import met_demand
from shelfwise.measures.newsvendor import (
    ARRAYS,
    Arithmetic,
    critical_ratio,
    demand_line,
    demand_quantile,
    expected_left_over,
    fewer_cases,
    order_up_to,
    order_up_to_mixed,
    pays,
    probability_up_to,
    stock_out_probability,
    whole_cases,
)
from tests.measures.demands import LEVELS, MEAN_OF_STEADY, QUANTILES, REAL_QUANTILES, SLOW, STEADY


def test_the_line_runs_from_nothing_through_every_quantile_and_on_straight():
    """From (0, 0); q95 = 22 and q99 = 27 rise by 5 in .04, so by 1.25 in the last .01: to 28.25."""
    line = demand_line(LEVELS, [5, 7, 8, 11, 14, 17, 20, 22, 27])  # made here: a line of the module's own is older than a mutant
    first, *_, last = line
    assert first == (0.0, 0.01, 0, 5)
    assert last == pytest.approx((0.99, 1.0, 27, 28.25))
    assert [a for _, _, a, _ in line] == [0, 5, 7, 8, 11, 14, 17, 20, 22, 27]


@pytest.mark.parametrize(("level", "units"), list(zip(LEVELS, [5, 7, 8, 11, 14, 17, 20, 22, 27], strict=True)))
def test_a_known_level_gives_back_its_quantile(level, units):
    assert demand_quantile(STEADY, level) == pytest.approx(units)


def test_between_two_levels_the_quantile_is_interpolated():
    """.80 is a third of the way from .75 to .90, and 17 + 3 / 3 = 18."""
    assert demand_quantile(STEADY, 0.80) == pytest.approx(18)


def test_the_ends_of_the_quantile_function():
    assert demand_quantile(STEADY, 0.0) == 0
    assert demand_quantile(STEADY, 1.0) == pytest.approx(28.25)


def test_probability_is_read_off_the_same_line():
    """18 is a third of the way from 17 to 20: .75 + .15 / 3 = .80."""
    assert probability_up_to(STEADY, 18.0) == pytest.approx(0.80)
    assert probability_up_to(STEADY, -1.0) == 0
    assert probability_up_to(STEADY, 40.0) == pytest.approx(1)


def test_a_repeated_quantile_puts_its_probability_on_one_value():
    """q01 to q25 are 0: at least a quarter of all cases want nothing, and none want less."""
    assert probability_up_to(SLOW, 0.0) == pytest.approx(0.25)
    assert probability_up_to(SLOW, -0.001) == 0


def test_stock_out_is_read_half_a_unit_above_the_position():
    """P(D > 11) = 1 - F(11.5), F(11.5) = .25 + .25 * .5 / 3 = .29167."""
    assert stock_out_probability(STEADY, 11) == pytest.approx(1 - 0.25 - 0.125 / 3)


def test_no_stock_still_serves_the_cases_without_demand():
    """F(.5) = .25 + .25 * .5 = .375."""
    assert stock_out_probability(SLOW, 0) == pytest.approx(0.625)


def test_probabilities_stay_between_zero_and_one():
    assert stock_out_probability(STEADY, 1000) == 0
    assert stock_out_probability(STEADY, -5) == 1


def test_expected_left_over_within_the_line():
    """21 units: the sum over segments of (q - p) * (21 - its middle), and of the one cut at 21, (1^2 / 2 * 2) * .05:

    .01 * 18.5 + .04 * 15 + .05 * 13.5 + .15 * 11.5 + .25 * 8.5 + .25 * 5.5 + .15 * 2.5 + .05 * .25 = 7.0725.
    """
    assert expected_left_over(STEADY, 21.0) == pytest.approx(7.0725)


def test_expected_left_over_above_all_demand_is_stock_less_mean():
    assert expected_left_over(STEADY, 40.0) == pytest.approx(40 - MEAN_OF_STEADY)


def test_nothing_is_left_over_of_nothing():
    assert expected_left_over(STEADY, 0.0) == 0
    assert expected_left_over(SLOW, -3.0) == 0


def test_left_over_counts_the_cases_without_demand_whole():
    """1 unit: a quarter of the cases leave it, and of the quarter between 0 and 1 half of it: .25 + .125."""
    assert expected_left_over(SLOW, 1.0) == pytest.approx(0.375)


@settings(deadline=None)
@given(REAL_QUANTILES, st.floats(0, 600))
def test_expected_left_over_is_the_integral_of_the_quantile_function(quantiles, position):
    """E[(y - D)+] = integral over p of (y - Q(p))+, here by the midpoint rule on 20,000 steps."""
    demand = demand_line(LEVELS, quantiles)
    p = (np.arange(20_000) + 0.5) / 20_000
    numeric = np.maximum(position - demand_quantile(demand, p), 0).mean()
    assert expected_left_over(demand, position) == pytest.approx(numeric, abs=0.02)


@settings(deadline=None)
@given(REAL_QUANTILES)
def test_quantile_and_probability_are_each_others_inverse(quantiles):
    demand = demand_line(LEVELS, quantiles)
    for p in (0.005, 0.03, 0.2, 0.5, 0.8, 0.93, 0.97, 0.995):
        assert probability_up_to(demand, demand_quantile(demand, p) + 1e-6) >= p - 1e-9


@settings(deadline=None)
@given(REAL_QUANTILES)
def test_more_stock_is_never_riskier_and_leaves_at_most_itself_more(quantiles):
    demand = demand_line(LEVELS, quantiles)
    stock = np.linspace(0, 500, 51)
    assert (np.diff(stock_out_probability(demand, stock)) <= 1e-12).all()
    rise = np.diff(expected_left_over(demand, stock))
    assert (rise >= -1e-9).all() and (rise <= 10 + 1e-9).all()


def test_the_critical_ratio_of_fresh_goods():
    """Price 2.00, cost 1.30: margin .70. Holding 500 % a year: 1.30 * 5 / 52 = .125 a week. .70 / .825 = .848485."""
    assert critical_ratio(2.0, 1.3, 0.125, 0.5, 0.99) == pytest.approx(0.848485, abs=1e-6)


def test_the_critical_ratio_keeps_to_its_bounds():
    """3.5 / 3.53125 = .99115; .1 / 1.1 = .09."""
    assert critical_ratio(10.0, 6.5, 0.03125, 0.5, 0.99) == 0.99
    assert critical_ratio(1.1, 1.0, 1.0, 0.5, 0.99) == 0.5
    assert critical_ratio(1.1, 1.0, 1.0, 0.05, 0.99) == pytest.approx(1 / 11)


def test_what_is_sold_below_cost_earns_the_lowest_ratio():
    assert critical_ratio(1.0, 2.0, 0.1, 0.5, 0.99) == 0.5
    assert critical_ratio(1.0, 2.0, 0.1, 0.0, 0.99) == 0
    assert critical_ratio(1.0, 2.0, 1.5, 0.0, 0.99) == 0


def test_a_free_item_that_costs_nothing_to_hold_earns_nothing():
    assert critical_ratio(0.0, 0.0, 0.0, 0.0, 0.99) == 0


@settings(deadline=None)
@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 10), st.floats(0, 10), QUANTILES)
def test_dearer_holding_never_raises_the_level(price, cost, holding, more, quantiles):
    demand = demand_line(LEVELS, quantiles)
    cheap = critical_ratio(price, cost, holding, 0.5, 0.99)
    dear = critical_ratio(price, cost, holding + more, 0.5, 0.99)
    assert order_up_to(demand, dear) <= order_up_to(demand, cheap)


def test_the_level_is_the_first_count_that_suffices_often_enough():
    """Q(.848485) = 17 + 3 * (.098485 / .15) = 18.97: P(D <= 18) = F(18.5) = .825, P(D <= 19) = F(19.5) = .875."""
    assert order_up_to(STEADY, 0.848485) == 19


def test_a_level_at_a_known_quantile_is_that_quantile():
    assert order_up_to(STEADY, 0.95) == 22
    assert order_up_to(SLOW, 0.99) == 6


def test_no_level_below_zero():
    """Q(.26) = .04: half a unit less would be negative."""
    assert order_up_to(SLOW, 0.26) == 0
    assert math.copysign(1, order_up_to(SLOW, 0.1)) == 1


@settings(deadline=None)
@given(QUANTILES, st.floats(0.5, 0.989))
def test_the_level_suffices_with_the_ratio_and_one_less_does_not(quantiles, ratio):
    demand = demand_line(LEVELS, quantiles)
    level = order_up_to(demand, ratio)
    assert 1 - stock_out_probability(demand, level) >= ratio - 1e-9
    if level > 0:
        assert 1 - stock_out_probability(demand, level - 1) <= ratio + 1e-9


@settings(deadline=None)
@given(QUANTILES, st.sampled_from(LEVELS[4:]))
def test_twice_the_demand_needs_twice_the_level(quantiles, ratio):
    single, double = demand_line(LEVELS, quantiles), demand_line(LEVELS, [2 * units for units in quantiles])
    assert order_up_to(double, ratio) == pytest.approx(2 * order_up_to(single, ratio), abs=1)
    assert demand_quantile(double, ratio) == pytest.approx(2 * demand_quantile(single, ratio))


def test_levels_rise_with_the_ratio():
    levels = [order_up_to(STEADY, ratio) for ratio in np.linspace(0.5, 0.99, 50)]
    assert all(a <= b for a, b in pairwise(levels))


@pytest.mark.parametrize(
    ("deficit", "pack", "minimum", "ordered"),
    [(8, 10, 10, 10), (13, 6, 6, 18), (12, 6, 6, 12), (5, 3, 6, 6), (5, 4, 6, 8), (1, 1, 0, 1), (0, 6, 6, 0), (-4, 6, 6, 0)],
)
def test_a_deficit_becomes_whole_cases_and_the_smallest_order(deficit, pack, minimum, ordered):
    assert whole_cases(deficit, pack, minimum) == ordered


@pytest.mark.parametrize(
    ("cases", "pack", "minimum", "left"),
    [
        (18, 6, 6, 12),
        (12, 6, 6, 6),
        (6, 6, 6, 0),
        (9, 3, 6, 6),
        (6, 3, 6, 0),
        (6, 3, 0, 3),
        (1, 1, 0, 0),
        (0, 6, 0, 0),
        (0, 6, -9, 0),
    ],
)
def test_a_case_less_never_falls_below_the_smallest_order(cases, pack, minimum, left):
    assert fewer_cases(cases, pack, minimum) == left


def test_a_crate_of_which_most_is_needed_pays():
    """From 11 to 21: left over rises from .685 to 7.0725, by 6.3875; the ratio allows .848485 * 10 = 8.48."""
    assert expected_left_over(STEADY, 11.0) == pytest.approx(0.685)
    assert pays(STEADY, 11.0, 10.0, 0.848485)
    assert not pays(STEADY, 11.0, 10.0, 0.63)


def test_a_case_for_one_missing_unit_can_wait():
    """From 26 to 32: 17.85375 - 11.874 = 5.97975 of 6 would be left over; the ratio allows .988906 * 6 = 5.9334."""
    assert expected_left_over(STEADY, 26.0) == pytest.approx(11.874)
    assert not pays(STEADY, 26.0, 6.0, 0.988906)


def test_what_neither_earns_nor_costs_is_left():
    """Nothing to order: 0 < 0 does not hold."""
    assert not pays(STEADY, 5.0, 0.0, 0.9)


def test_the_boundary_case_does_not_pay():
    """Above all demand each unit is left over for certain: with ratio 1 the rise equals what is allowed."""
    assert not pays([(0.0, 1.0, 0.0, 2.0)], 2.0, 4.0, 1.0)


@settings(deadline=None)
@given(QUANTILES, st.floats(0.5, 0.99))
def test_the_last_unit_up_to_the_level_pays(quantiles, ratio):
    """Between counts F is straight, so the unit's chance to be left over is F(level - 1/2), which the ratio is not below."""
    demand = demand_line(LEVELS, quantiles)
    level = order_up_to(demand, ratio)
    assert level == 0 or pays(demand, level - 1.0, 1.0, ratio + 1e-9)


def test_formulas_use_the_arithmetic_that_they_are_given():
    """One for plain floats, whose demand is no list of segments but something that only its own `total` understands."""
    plain = Arithmetic(
        least=min,
        greatest=max,
        where=lambda condition, a, b: a if condition else b,
        ceil=lambda a: float(math.ceil(a)),
        total=lambda boxed, part: sum(part(*segment) for segment in boxed["segments"]),
        smallest=lambda most, enough: next(units for units in range(int(most) + 1) if enough(units)),
        each=lambda boxed, part: {"segments": [part(*segment, place) for place, segment in enumerate(boxed["segments"])]},
        through=lambda demands, up_to: {"segments": ARRAYS.through([boxed["segments"] for boxed in demands], up_to)},
        let=lambda values, use: use(*values),
    )
    for quantiles in ([5, 7, 8, 11, 14, 17, 20, 22, 27], [0, 0, 0, 0, 1, 3, 4, 5, 6]):
        demand = demand_line(LEVELS, quantiles)
        boxed = {"segments": demand}
        for formula in (demand_quantile, probability_up_to, stock_out_probability, expected_left_over):
            assert formula(boxed, 0.8, plain) == pytest.approx(float(formula(demand, 0.8)))
        for formula in (order_up_to, order_up_to_mixed):
            assert formula(boxed, 0.8, plain) == pytest.approx(float(formula(demand, 0.8)))
        met, plainly_met = met_demand(demand, [], demand, 4.0, ARRAYS), met_demand(boxed, {"segments": []}, boxed, 4.0, plain)
        assert plainly_met["segments"] == [pytest.approx(tuple(map(float, segment))) for segment in met]
        assert pays(boxed, 1.0, 3.0, 0.9, plain) == pays(demand, 1.0, 3.0, 0.9)
    assert critical_ratio(2.0, 1.3, 0.125, 0.5, 0.99, plain) == pytest.approx(0.848485, abs=1e-6)
    assert fewer_cases(whole_cases(13.0, 6.0, 6.0, plain), 6.0, 6.0, plain) == 12


@settings(deadline=None)
@given(st.lists(QUANTILES, min_size=1, max_size=20), st.floats(0, 300))
def test_many_items_at_once_are_as_one_by_one(batch, position):
    together = demand_line(LEVELS, list(np.array(batch, dtype=float).T))
    for formula in (probability_up_to, stock_out_probability, expected_left_over):
        alone = [formula(demand_line(LEVELS, quantiles), position) for quantiles in batch]
        assert formula(together, np.full(len(batch), position)) == pytest.approx(np.array(alone))
