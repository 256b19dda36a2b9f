"""What is lost on an item, by hand: one trouble at a time."""

from dataclasses import replace

import numpy as np
import pytest

from shelfwise.contracts.gold.risk import KINDS, TYPES
from shelfwise.risk.futures import FutureParams, Futures, Stress, chance
from shelfwise.risk.items import PHRASES
from shelfwise.risk.losses import STEPS, chunk_of, losses, wanted
from shelfwise.risk.value import blocked, items_of, kept_cost, outcome, planned
from tests.risk.builders import STILL, drawn_rows, exposed_row

DRAWN = 4_000


def lost(*rows, stress=None, factors=None, scenarios=DRAWN, **params):
    """Losses by kind of the rows, items x scenarios, of futures in which nothing moves that `params` do not say."""
    futures = Futures(FutureParams(scenarios=scenarios, **(STILL | params)), stress or Stress())
    found = losses(chunk_of(drawn_rows(*rows, factors=factors)), futures)
    return {kind: np.broadcast_to(of, (len(rows), scenarios)) for kind, of in found.items()}


def means(found):
    return {kind: float(of.mean()) for kind, of in found.items() if np.abs(of).max() > 1e-9}


def test_every_kind_has_a_type_and_a_phrase():
    assert sorted(kind for kinds in TYPES.values() for kind in kinds) == sorted(KINDS) == sorted(PHRASES)
    assert set(lost(exposed_row(), scenarios=20)) == set(KINDS)


def test_the_plan_by_hand():
    """30 on hand sell in 3 weeks, 100 are replenished: 130 x 2.00; holding .01 a unit and week: 3 x .01 x (30 + 0) / 2 = .45."""
    items = items_of(drawn_rows(exposed_row(holding=0.01)))
    calm = outcome(items, planned(items), 1.0)
    assert calm.profit == pytest.approx(260 - 0.45)
    assert (calm.sold, calm.unmet, calm.replenished, calm.left) == (130, 0, 100, 0)


def test_what_is_left_is_held_or_cleared_whichever_is_cheaper():
    """200 on hand, 130 wanted: 70 left, 7 weeks' sales, held for 3.5 on the average: .035 each. Where clearing costs .02, those are
    cleared that would wait for more than 2 weeks: 50, and 20 are held for 1 on the average."""
    for clearing, kept in ((0.5, 70 * 0.035), (0.02, 50 * 0.02 + 20 * 0.01)):
        items = items_of(drawn_rows(exposed_row(on_hand=200.0, holding=0.01, clearing=clearing)))
        calm = outcome(items, planned(items), 1.0)
        assert calm.left == 70
        assert calm.profit == pytest.approx(260 - 13 * 0.01 * (200 + 70) / 2 - kept)


def test_a_quarter_without_a_sale_says_little_of_a_slow_item():
    """Foreseen 1, wanted none: its level halves, (1 + 0) / (1 + 1), one unit in 26 weeks: those that wait for more than 100 weeks
    are cleared at 1.00, 3.846 are held for 50 at .01. Of an item foreseen at 12 it falls to 1 / 13: 5 last 70.4 weeks, none is."""
    for foreseen, kept in ((1.0, 100 / 26 * 0.5 + 5 - 100 / 26), (12.0, 5 * 0.01 * 5 / (12 / 13 / 13) / 2)):
        row = exposed_row(
            on_hand=5.0, near=[0.0] * 11, near_mean=0.0, far=[0.0] * 11, far_mean=foreseen, holding=0.01, clearing=1.0
        )
        items = items_of(drawn_rows(row))
        none = replace(planned(items), far=np.zeros((1, 1)))
        assert outcome(items, none, 1.0).kept == pytest.approx(kept)


def test_what_is_replenished_comes_in_whole_cases():
    """Of 24: 100 more are 5 of them, 20 left. 4 are sold out, 11.5 units on the average; the last goes from 23 to 20: 10 weeks
    with (96 x 11.5 + 4 x 21.5) / 100 = 11.9, after 3 with 15: 164 at .01. The 20 are held for 1 week, .20, and spare 2 weeks of a
    case, 2 x .115."""
    items = items_of(drawn_rows(exposed_row(case_pack=24, holding=0.01, clearing=0.5)))
    calm = outcome(items, planned(items), 1.0)
    assert (calm.sold, calm.replenished, calm.left, calm.unmet) == (130, 100, 20, 0)
    assert calm.stock == pytest.approx(164 / 13)
    assert calm.kept == pytest.approx(0.20 - 0.23)
    assert calm.profit == pytest.approx(260 - 1.64 + 0.03)


def test_nothing_is_replenished_whose_cases_cost_more_to_hold_than_they_earn():
    """.1 a week earns .20; half a case of 24 costs 11.5 x .05 = .575 a week to hold, one of 8 .175."""
    slow = {"on_hand": 0.0, "near_mean": 0.3, "near": [0.3] * 11, "far_mean": 1.3, "far": [1.3] * 11, "holding": 0.05}
    for case, sold in ((24, 0.0), (8, 1.0)):
        items = items_of(drawn_rows(exposed_row(**slow, case_pack=case)))
        assert outcome(items, planned(items), 1.0).sold == pytest.approx(sold)


def test_the_safety_stock_is_filled_up_and_kept():
    """10 of it: after 3 weeks with 15 on the average 10 weeks with 10, 145 unit-weeks at .01; what is left is no surplus."""
    items = items_of(drawn_rows(exposed_row(safety_stock=10.0, holding=0.01, clearing=0.5)))
    calm = outcome(items, planned(items), 1.0)
    assert (calm.sold, calm.replenished, calm.left, calm.kept) == (130, 100, 10, 0)
    assert calm.stock == pytest.approx(145 / 13)
    assert calm.profit == pytest.approx(260 - 1.45)


def test_the_safety_stock_sells_while_nothing_is_delivered():
    """Out for 4 weeks from now: the order due in week 3 comes in week 4. Of its 10 units the 6 of the safety stock sell."""
    items = items_of(drawn_rows(exposed_row(on_hand=36.0, safety_stock=6.0)))
    out = outcome(items, blocked(items, planned(items), np.array([[0.0]]), np.array([[4.0]])), 1.0)
    assert (out.sold, out.unmet, out.replenished, out.left) == (126, 4, 90, 6)


@pytest.mark.parametrize("left", [0.0, 23.0])
def test_an_empty_shelf_and_a_case_just_bought_are_worth_the_same(left):
    items = items_of(drawn_rows(exposed_row(case_pack=24, holding=0.01, clearing=0.5)))
    assert kept_cost(items, planned(items), np.array([[left]])) == pytest.approx(0)


def test_what_would_not_be_bought_again_is_worth_its_margin():
    """One left of what is not replenished: its sale in 10 weeks' time earns 2.00, less half of them at .05."""
    row = exposed_row(case_pack=24, far_mean=1.3, far=[1.3] * 11, holding=0.05, clearing=0.5)
    items = items_of(drawn_rows(row))
    assert kept_cost(items, planned(items), np.array([[1.0]])) == pytest.approx(0.05 * 10 / 2 - 2.0)


def test_nothing_moves_nothing_is_lost():
    assert means(lost(exposed_row(), exposed_row("stew", inbound=12.0, supplier_id="s2"))) == {}


def test_less_demand_loses_its_margin_and_more_of_it_what_finds_no_stock():
    """Half of the futures want twice as much. 130 more x 2.00 are won, but 30 of the first three weeks' 60 find nothing: 60.00."""
    found = lost(exposed_row(), factors=[[0.0] * 13, [2.0] * 13], block_weeks=13)
    low, high = (found["demand"][0] > 0), (found["demand"][0] < 0)
    assert low.mean() == pytest.approx(0.5, abs=0.03)
    assert found["demand"][0][low] == pytest.approx(260)
    assert found["demand"][0][high] == pytest.approx(-260)
    assert found["stock_out"][0][low] == pytest.approx(0)
    assert found["stock_out"][0][high] == pytest.approx(60)


def test_own_chances_follow_the_foreseen_line():
    """Demand even from 0 to 260 (and 0 to 60 of it soon): mean loss 0 but for stock-outs, quantiles of the demand's loss even."""
    at = np.array([0.0, 0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99, 1.0])
    found = lost(exposed_row(near=list(60 * at), far=list(260 * at)))
    won = -found["demand"][0] / 2 + 130
    assert np.quantile(won, [0.1, 0.5, 0.9]) == pytest.approx([26, 130, 234], abs=8)
    # beyond 30 of up to 60: 30 with chance 1/2, a quarter of it on the average: 7.5 units
    assert found["stock_out"].mean() == pytest.approx(15, abs=0.7)


def test_a_price_war_takes_half_of_its_cut_from_the_price_and_demand_with_it():
    """Rivals at .8: demand x .8^.3 = .9353, price x .8^.5 = .8944. 130 x 2.00 less 121.58 x 1.472 = 81.03."""
    found = lost(exposed_row(), stress=Stress(war=True), price_war=0.08)
    sold, price = 130 * 0.8**0.3, 5 * 0.8**0.5
    assert means(found)["price"] == pytest.approx(260 - sold * (price - 3))
    assert lost(exposed_row(), price_war=0.25)["price"].astype(bool).mean() == pytest.approx(0.25, abs=0.03)


def test_dearer_supplies_cost_what_is_replenished_and_not_passed_on():
    """100 units replenished at 3.00, half of a rise of standard deviation .1: 15.00 either way."""
    found = lost(exposed_row(), cost_sd=0.1, passed_on=0.5)["cost"]
    assert found.std() == pytest.approx(15, rel=0.05)
    assert found.mean() == pytest.approx(0, abs=1)


def test_a_late_order_loses_what_the_shelf_lacks_until_then():
    """10 on hand, 20 inbound for week 2, in half of the cases in week 3 instead: of the third week's 10 none are there, and 10 are
    left over for the weeks after it."""
    late = exposed_row(on_hand=20.0, inbound=10.0, week_shares=[0.0, 0.0, 0.5, 0.5] + [0.0] * 10)
    found = lost(late)["late"][0]
    assert (found > 0).mean() == pytest.approx(0.5, abs=0.03)
    assert found[found > 0] == pytest.approx(20)


def test_lead_times_doubled_wait_for_the_next_orders_too():
    """Nothing inbound: next orders come after week 5 instead of 3, so 20 units x 2.00 are lost."""
    assert means(lost(exposed_row(), stress=Stress(slower=2.0))) == pytest.approx({"late": 40})


def test_short_orders_lack_their_share_on_the_average():
    """100 inbound, 100 wanted soon: a tenth of it does not come, at 2.00 a unit."""
    row = exposed_row(on_hand=0.0, inbound=100.0, near=[100.0] * 11, near_mean=100.0, lead_weeks=0, short_share=0.1)
    found = lost(row | {"week_shares": [1.0] + [0.0] * 13})["short"][0]
    assert (found > 0).mean() == pytest.approx(0.2, abs=0.02)
    assert found.mean() == pytest.approx(20, abs=2)


def test_an_outage_loses_sales_once_the_stock_is_gone():
    """The largest supplier out for 4 weeks from now: the next order, due in week 3, comes in week 4: 10 units x 2.00."""
    struck = drawn_rows(exposed_row()).assign(of_largest_supplier=True)
    futures = Futures(FutureParams(scenarios=20, **STILL), Stress(out_weeks=4.0))
    assert losses(chunk_of(struck), futures)["outage"] == pytest.approx(20)
    assert lost(exposed_row(), stress=Stress(out_weeks=4.0), scenarios=20)["outage"] == pytest.approx(0)


def test_what_comes_in_an_outage_waits_for_its_end():
    """20 on hand, 10 inbound in week 2, out from week 1 for 5: it comes in week 6, and nothing else before. 20 of the first 60
    are there, and the 10 that come late spare a replenishment."""
    items = items_of(drawn_rows(exposed_row(on_hand=20.0, inbound=10.0)))
    out = outcome(items, blocked(items, planned(items), np.array([[1.0]]), np.array([[5.0]])), 1.0)
    assert out.sold == pytest.approx(20 + 70)
    assert out.replenished == pytest.approx(60)


def test_a_failure_takes_the_advance_along():
    """PD .5 a year: 1 - .5^(1/4) = .159 in a quarter; 45 % of 100.00, and 8 weeks without."""
    found = lost(exposed_row(failure_per_year=0.5, advance=100.0, advance_loss_share=0.45))["failure"][0]
    assert (found > 0).mean() == pytest.approx(1 - 0.5**0.25, abs=0.02)
    assert found[found > 0].min() == pytest.approx(45, abs=0.5)  # at the very end of the quarter
    assert found.max() <= 45 + 2 * 80 + 1e-9


def test_a_supplier_that_has_stopped_already_fails_now():
    """Of a year's .96 .95 has happened: .95 + .05 x (1 - (1 - .2)^(1/4)) = .9527, and not 1 - .04^(1/4) = .5528."""
    found = lost(exposed_row(failure_per_year=0.96, stopped_chance=0.95, advance=100.0, advance_loss_share=0.45))["failure"][0]
    assert (found > 0).mean() == pytest.approx(0.95 + 0.05 * (1 - 0.8**0.25), abs=0.015)


def test_a_recall_loses_the_stock_and_what_would_have_sold():
    """Once a year: 1 - e^(-1/4) = .221 in a quarter. At week 13 x t: 260 x (1 - t), and what is left of 30 units at 3.00."""
    assert chance(1.0) == pytest.approx(0.2212, abs=1e-4)
    found = lost(exposed_row(recalls_per_year=1.0))["recall"][0]
    assert (found > 0).mean() == pytest.approx(0.2212, abs=0.02)
    assert found[found > 0].mean() == pytest.approx(130 + 30**2 / 130 / 2 * 3, rel=0.05)


def test_shrinkage_and_returns_by_their_shares():
    """Of (30 + 0) / 2 units in 3 of 13 weeks a tenth, at 3.00: 1.04. A fiftieth of 130 comes back, at 2.00 of margin and 1.00."""
    found = means(lost(exposed_row(shrinkage_share=0.1, return_share=0.02, return_loss_share=0.2)))
    assert found == {"shrinkage": pytest.approx(4.5 * 3 / 13, rel=0.05), "returns": pytest.approx(2.6 * 3)}


ROWS = [
    exposed_row("a", near=[0.0, 1.0, 5.0, 9.0, 16.0, 28.0, 40.0, 55.0, 63.0, 80.0, 84.0], outages_per_year=1.0),
    exposed_row(
        "b", supplier_id="s2", inbound=20.0, short_share=0.2, failure_per_year=0.4, return_share=0.1, holding=0.02, clearing=1.0
    ),
    exposed_row("c", far=[50.0 + 16 * k for k in range(11)], recalls_per_year=0.5, shrinkage_share=0.1, department="DRINKS"),
]


def test_kinds_add_up_to_what_the_plan_loses():
    """Of what changes the plan's own course: what it earns calm less what it earns once all of it has befallen it."""
    moving = {"break_chance": 0.3, "price_war": 0.3, "rival_sd": 0.1, "scenarios": 500}
    found = lost(*ROWS, **moving)
    futures, chunk = Futures(FutureParams(**(STILL | moving))), chunk_of(drawn_rows(*ROWS))
    calm = planned(chunk.items)
    world = wanted(chunk, futures, calm)
    for befall in STEPS.values():
        world = befall(chunk, futures, world)
    lost_on_the_way = outcome(chunk.items, calm, 1.0).profit - outcome(chunk.items, world, 1.0).profit
    course = np.sum([found[kind] for kind in ("demand", "stock_out", *STEPS)], axis=0)
    assert course == pytest.approx(lost_on_the_way, abs=1e-9)
    assert all(np.abs(found[kind]).max() > 0 for kind in STEPS if kind != "late")


def test_an_item_is_drawn_alike_in_whatever_company():
    params = {"break_chance": 0.3, "price_war": 0.3, "rival_sd": 0.1, "cost_sd": 0.1, "return_sd": 0.2, "scenarios": 200}
    together, alone = lost(*ROWS, **params), [lost(row, **params) for row in ROWS]
    for kind in KINDS:
        assert (together[kind] == np.vstack([one[kind] for one in alone])).all(), kind


def worst(row, **params):
    """CVaR at 95 %, all kinds."""
    total = np.sum(list(lost(row, **params).values()), axis=0)[0]
    return np.sort(total)[-DRAWN // 20 :].mean()


@pytest.mark.parametrize(
    ("safer", "riskier"),
    [
        ({"outages_per_year": 0.5}, {"outages_per_year": 2.0}),
        ({"outages_per_year": 1.0, "recover_weeks": 3.0}, {"outages_per_year": 1.0, "recover_weeks": 9.0}),
        ({"failure_per_year": 0.2}, {"failure_per_year": 0.5}),
        ({"failure_per_year": 0.3, "replace_weeks": 4.0}, {"failure_per_year": 0.3, "replace_weeks": 10.0}),
        ({"shrinkage_share": 0.05}, {"shrinkage_share": 0.10}),
        ({"recalls_per_year": 0.2}, {"recalls_per_year": 1.0}),
        (
            {"on_hand": 20.0, "inbound": 10.0},
            {"on_hand": 20.0, "inbound": 10.0, "week_shares": [0.0, 0.0, 0.5, 0.5] + [0.0] * 10},
        ),
        (
            {"case_pack": 8, "safety_stock": 5.0, "outages_per_year": 0.5, "holding": 0.01, "clearing": 0.5},
            {"case_pack": 8, "safety_stock": 5.0, "outages_per_year": 2.0, "holding": 0.01, "clearing": 0.5},
        ),
        ({"outages_per_year": 1.0, "safety_stock": 20.0}, {"outages_per_year": 1.0, "safety_stock": 0.0}),
        ({"near": [25.0 + k for k in range(11)]}, {"near": [20.0 + 2 * k for k in range(11)]}),
        ({"far": [80.0 + 10 * k for k in range(11)]}, {"far": [30.0 + 20 * k for k in range(11)]}),
    ],
)
def test_more_often_longer_later_and_more_volatile_is_never_safer(safer, riskier):
    assert worst(exposed_row(**riskier)) > worst(exposed_row(**safer)) - 1e-9
