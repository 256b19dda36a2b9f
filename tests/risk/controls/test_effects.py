"""What controls cost and keep off, by hand: one at a time."""

import numpy as np
import pytest

from shelfwise.contracts.gold.controls import CONTROLS
from shelfwise.risk.controls.effects import effects, together
from shelfwise.risk.controls.reasons import SENTENCES
from shelfwise.risk.controls.ways import OFFERED, Ways
from shelfwise.risk.futures import FutureParams, Futures
from shelfwise.risk.units import UNIT
from tests.risk.builders import STILL, drawn_rows, exposed_row

DRAWN = 2_000
TERMS = {
    "second_source_share": 0.25,
    "second_source_premium": 0.04,
    "second_source_cost_per_year": 52.0,
    "open_terms_premium": 0.02,
    "insurance_loading": 0.4,
    "insurance_deductible": 0.1,
}


def drawn(*rows):
    return drawn_rows(*[TERMS | row for row in rows])


def still(**params):
    return Futures(FutureParams(scenarios=DRAWN, **(STILL | params)))


def effect_of(control, row, **params):
    """cost, avoided and avoided_worst (each scenario counts as much as any other) of one item."""
    worst = np.full(DRAWN, 1 / DRAWN)
    told = [one for one in effects(drawn(row), still(**params), worst, Ways()) if (one["control"] == control).any()]
    assert len(told) <= 1
    return dict(told[0].iloc[0]) if told else None


def test_every_control_is_told_and_offered():
    assert set(OFFERED) == set(CONTROLS) == set(SENTENCES) - {"together"}


def test_a_second_source_ends_an_outage_with_its_first_delivery():
    """An outage all the time, of 40 weeks on the average; the second source delivers after 2. It sells a quarter of 130 at 3.00,
    4 % dearer: 3.90. Without it what is to come from week 3 on is mostly lost; with it at most two weeks' 20 x 2.00."""
    found = effect_of("dual_source", exposed_row(outages_per_year=500.0, recover_weeks=40.0))
    assert (found["scope"], found["name"], found["yearly"]) == ("supplier", "s1", 52)
    assert found["cost"] == pytest.approx(3.9)
    assert found["avoided_worst"] == pytest.approx(found["avoided"])
    assert 50 < found["avoided"] < 200
    without = effect_of("supply_insurance", exposed_row(outages_per_year=500.0, recover_weeks=40.0))["avoided"] / 0.9
    assert 0 < without - found["avoided"] <= 40


def test_no_second_source_is_offered_where_it_would_come_too_late():
    assert effect_of("dual_source", exposed_row(lead_weeks=13, outages_per_year=1.0)) is None


def test_an_insurer_pays_nine_tenths_and_asks_two_fifths_more():
    """Shrinkage of 10 % of a stock of 15 in 3 of 13 weeks, at 3.00: some 1.04 less what is cut at the whole stock."""
    found = effect_of("stock_insurance", exposed_row(shrinkage_share=0.1))
    assert found["avoided"] == pytest.approx(0.9 * 4.5 * 3 / 13, rel=0.06)
    assert found["cost"] == pytest.approx(1.4 * found["avoided"])
    assert (found["scope"], found["name"]) == ("department", "GROCERY")


def test_open_terms_keep_off_what_a_failure_takes_of_the_advance():
    """A supplier fails for sure: half of 18.00 is lost; waiting for the money costs 2 % of 18.00."""
    row = exposed_row(advance=18.0, advance_loss_share=0.5, failure_per_year=1.0 - 1e-12, replace_weeks=0.0)
    found = effect_of("prepayment_limit", row)
    assert (found["cost"], found["avoided"]) == (pytest.approx(0.36), pytest.approx(9.0, rel=2e-3))
    assert effect_of("prepayment_limit", exposed_row()) is None


def test_a_buffer_of_two_weeks_meets_what_comes_beyond_the_stock():
    """30 on hand; wanted 30 by the plan and always 50 until week 3: 20 short. 20 more come after week 2, until which 33.3 are
    wanted: 16.7 of the 20 sell, at 2.00. By the plan the 20 only take the place of what would be replenished: they cost nothing."""
    wide = [50.0] * 11
    row = exposed_row(near=wide, far=[150.0] * 11, near_mean=30.0, far_mean=130.0)
    found = effect_of("buffer_stock", row)
    assert found["cost"] == pytest.approx(0)
    assert found["avoided"] == pytest.approx(100 / 3, abs=1e-4)
    assert effect_of("buffer_stock", exposed_row(far_mean=3.0, near_mean=1.0)) is None


def test_a_drafted_order_that_is_not_placed_can_not_be_left_over():
    """200 more are on their way, 120 of them drafted, holding .01 a week. By the plan 100 of 230 are left, without the draft none:
    what would be held costs nothing. If nothing sells at all, 120 fewer are cleared, at .50 each: 60 in every future."""
    row = exposed_row(inbound=200.0, drafted=120.0, near=[0.0] * 11, far=[0.0] * 11, holding=0.01, clearing=0.5, advance=60.0)
    found = effect_of("exposure_cap", row)
    assert found["scope"] == "item"
    assert found["avoided"] - found["cost"] > 60
    assert effect_of("exposure_cap", exposed_row(inbound=200.0)) is None


def test_an_order_that_would_only_come_a_week_later_is_not_taken_back():
    """The shelf is empty; a case of 24 is due in week 2, else in week 3: of 1 a week the third week's sale is lost, at 2.00. What
    is left in the end, 13 or 14 of a case, is worth the same but for some cents."""
    empty = {"on_hand": 0.0, "inbound": 24.0, "drafted": 24.0, "case_pack": 24, "holding": 0.005, "clearing": 1.0}
    slow = {"near": [3.0] * 11, "near_mean": 3.0, "far": [13.0] * 11, "far_mean": 13.0}
    found = effect_of("exposure_cap", exposed_row(**empty | slow))
    assert found["cost"] == pytest.approx(2.0, abs=0.15)
    assert found["avoided"] == pytest.approx(0, abs=1e-4)


def test_surplus_is_what_no_likely_demand_takes():
    """230 on hand, 13 weeks want 130 for sure: 100 are cleared at .05. Held they would cost .01 a week for 13 weeks; then the 50
    that wait for more than 5 weeks are cleared, and 50 held for 2.5."""
    row = exposed_row(on_hand=230.0, holding=0.01, clearing=0.05)
    found = effect_of("clear_out", row)
    held_then_cleared = 13 * 0.01 * 100 + 50 * 0.05 + 50 * 0.025
    assert found["cost"] == pytest.approx(100 * 0.05 - held_then_cleared)
    assert found["avoided"] == pytest.approx(0)
    assert effect_of("clear_out", exposed_row()) is None
    # what is worth more held until it sells than cleared is no surplus
    assert effect_of("clear_out", exposed_row(on_hand=230.0, holding=0.01, clearing=0.5)) is None


def test_what_is_chosen_for_nobody_changes_nothing():
    rows = drawn(exposed_row(outages_per_year=5.0)).assign(**dict.fromkeys(OFFERED, False))
    items, cost, avoided = together(rows, still(), Ways())
    assert (items, cost) == (0, 0)
    assert (avoided == 0).all()


def test_two_controls_against_one_loss_count_it_once():
    """An outage for sure: second source and insurance keep off less than the sum of both, and never more than is lost."""
    row = exposed_row(outages_per_year=500.0, recover_weeks=40.0)
    rows = drawn(row)
    marks = dict.fromkeys(OFFERED, False)

    def kept_off(*names):
        _, _, avoided = together(rows.assign(**(marks | dict.fromkeys(names, True))), still(), Ways())
        return avoided.mean() / UNIT

    source, insured, both = kept_off("dual_source"), kept_off("supply_insurance"), kept_off("dual_source", "supply_insurance")
    assert source == pytest.approx(effect_of("dual_source", row)["avoided"])
    assert max(source, insured) < both < source + insured
    assert both < insured / 0.9 + 1e-9


def test_more_at_stake_is_never_less_worth_keeping():
    """Metamorphic: outages oftener, an advance twice as large: what a control keeps off does not fall."""
    for control, usual, worse in (
        ("dual_source", {"outages_per_year": 0.5}, {"outages_per_year": 2.0}),
        ("supply_insurance", {"outages_per_year": 0.5}, {"outages_per_year": 2.0}),
        (
            "prepayment_limit",
            {"advance": 10.0, "advance_loss_share": 0.5, "failure_per_year": 0.3},
            {"advance": 20.0, "advance_loss_share": 0.5, "failure_per_year": 0.3},
        ),
    ):
        assert effect_of(control, exposed_row(**worse))["avoided"] > effect_of(control, exposed_row(**usual))["avoided"]
