"""Effects: every term of demand's equation, alone and by hand, and all of them at once on the shop as planned."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from shelfwise.simulate import effects
from shelfwise.simulate import plans as planned
from shelfwise.simulate.catalogue import NEVER, categories, items
from shelfwise.simulate.plans import DISCOUNT, GIFT, NONE, THRESHOLD, Plans, plans
from shelfwise.simulate.spec import Spec

SPEC = Spec(days=364, customers=1, items=480, suppliers=24, locations=2)
WEEKS = 52
ITEM, WEEK = 3, 10  # the item-week that most examples are about; its group is items 0 to 7
BARE = np.zeros((480, WEEKS))


@pytest.fixture(scope="module")
def plan() -> Plans:
    return plans(SPEC)


def nothing_planned() -> Plans:
    """Every item at its first price, no promotion, no rival that moves."""
    no, none = np.zeros((480, WEEKS), dtype=bool), np.zeros((480, WEEKS), dtype=np.int64)
    price = np.repeat(items(SPEC).price[:, None], WEEKS, axis=1)
    return Plans(price, kind=none, depth=BARE, display=no, mailer=no, known=none, rivals=BARE)


def with_cell(array: np.ndarray, value, item: int = ITEM, week: int = WEEK) -> np.ndarray:
    changed = array.copy()
    changed[item, week] = value
    return changed


def log_lift(monkeypatch, changed: Plans, before: Plans | None = None) -> np.ndarray:
    """Items x weeks: log demand under one plan less that under the other, from `as_if_listed` itself."""
    log = []
    for one in (changed, before or nothing_planned()):
        monkeypatch.setattr(planned, "plans", lambda spec, one=one: one)
        monkeypatch.setattr(effects, "plans", lambda spec, one=one: one)
        monkeypatch.setattr(effects, "relative_prices", planned.relative_prices.__wrapped__)
        log.append(np.log(effects.as_if_listed.__wrapped__(SPEC)))
    return log[0] - log[1]


# what plans do to demand


def test_without_plans_only_category_and_launch_speak(monkeypatch):
    log_lift(monkeypatch, nothing_planned())
    log = np.log(effects.as_if_listed.__wrapped__(SPEC))
    assert log == pytest.approx(effects.category_effect(SPEC)[items(SPEC).category] + effects.launch_effect(SPEC))


def test_a_discount_on_display_lifts_its_item_and_lowers_its_mates(monkeypatch):
    """A quarter off on display: own elasticity * log .75 + .45 for the item, .12 less the week after and .06 before.

    Each of the seven mates sees a mean of seven prices of which one fell: cross elasticity * log .75 / 7. Elsewhere nothing moves.
    """
    empty = nothing_planned()
    promotion = replace(
        empty,
        kind=with_cell(empty.kind, DISCOUNT),
        depth=with_cell(empty.depth, 0.25),
        display=with_cell(empty.display, True),
    )
    lift = log_lift(monkeypatch, promotion)
    kinds, price = categories(SPEC), items(SPEC).price[ITEM]
    own, cross = kinds.own_elasticity[0], kinds.cross_elasticity[0]
    paid = np.log(round(price * 0.75, 2) / price)
    expected = BARE.copy()
    expected[:8, WEEK] = cross * paid / 7
    expected[ITEM, WEEK - 1 : WEEK + 2] = -0.06, own * paid + 0.45, -0.12
    assert (items(SPEC).group == 0).nonzero()[0].tolist() == list(range(8))
    assert paid == pytest.approx(np.log(0.75), abs=0.006 / price)
    assert lift == pytest.approx(expected, abs=1e-9)
    assert lift[ITEM, WEEK] > 0.45 + 1.2 * 0.27


@pytest.mark.parametrize(("kind", "mailer", "flat"), [(THRESHOLD, False, 0.25), (THRESHOLD, True, 0.60), (GIFT, True, 0.50)])
def test_thresholds_gifts_and_mailers_lift_by_their_own_measure(monkeypatch, kind, mailer, flat):
    """At an unchanged price: .25 for a threshold, .15 for a gift, .35 for the mailer, added up."""
    empty = nothing_planned()
    promotion = replace(empty, kind=with_cell(empty.kind, kind), mailer=with_cell(empty.mailer, mailer))
    lift = log_lift(monkeypatch, promotion)
    assert lift[ITEM, WEEK] == pytest.approx(flat)
    assert (np.delete(lift, ITEM, axis=0) == 0).all()


def test_two_promoted_weeks_dip_only_outside():
    """Weeks 3 and 4, and week 6: before .06, after .12; week 5 has stocked up and waits, .18."""
    promoted = np.zeros((1, 9))
    promoted[0, [3, 4, 6]] = 1
    assert effects.dips(promoted)[0] == pytest.approx([0, 0, 0.06, 0, 0, 0.18, 0, 0.12, 0])
    edges = np.array([[1.0, 0, 0, 1.0]])
    assert effects.dips(edges)[0] == pytest.approx([0, 0.12, 0.06, 0])


def test_a_dearer_list_price_costs_demand_until_it_falls_again(monkeypatch):
    """Ten per cent up: own elasticity * log 1.1; no dip, for a price is no promotion."""
    empty = nothing_planned()
    dearer = replace(empty, list_price=with_cell(empty.list_price, items(SPEC).price[ITEM] * 1.1))
    lift = log_lift(monkeypatch, dearer)
    paid = np.log(round(items(SPEC).price[ITEM] * 1.1, 2) / items(SPEC).price[ITEM])
    assert lift[ITEM, WEEK] == pytest.approx(categories(SPEC).own_elasticity[0] * paid)
    assert (np.delete(lift[ITEM], WEEK) == 0).all()


def test_rivals_cuts_cost_demand_of_that_item_alone(monkeypatch):
    empty = nothing_planned()
    lift = log_lift(monkeypatch, replace(empty, rivals=with_cell(empty.rivals, np.log(0.8))))
    expected = with_cell(BARE, categories(SPEC).rival_elasticity[0] * np.log(0.8))
    assert lift == pytest.approx(expected)
    assert lift[ITEM, WEEK] < 0


def test_an_item_alone_in_its_group_has_no_mates_to_look_at():
    """27 items in three categories: the ninth of each is alone."""
    spec = replace(SPEC, items=27, suppliers=2)
    own, others = planned.relative_prices(spec)
    assert not others[[8, 17, 26]].any()
    assert own[8].any()
    assert others[0] == pytest.approx(own[1:8].mean(axis=0))


def test_the_whole_equation_holds_on_the_shop_as_planned(plan):
    """Every item-week at once, from the plan's own columns."""
    each, kinds = items(SPEC), categories(SPEC)
    own = np.log(plan.price / each.price[:, None])
    others = np.array(
        [
            (own[each.group == each.group[i]].sum(axis=0) - own[i]) / max((each.group == each.group[i]).sum() - 1, 1)
            for i in range(480)
        ]
    )
    of = each.category[:, None]
    log = kinds.own_elasticity[of] * own + kinds.cross_elasticity[of] * others + kinds.rival_elasticity[of] * plan.rivals
    log = log + 0.45 * plan.display + 0.35 * plan.mailer + 0.25 * (plan.kind == THRESHOLD) + 0.15 * (plan.kind == GIFT)
    log = log - effects.dips((plan.kind != NONE) * 1.0) + effects.category_effect(SPEC)[each.category] + effects.launch_effect(SPEC)
    assert np.log(effects.as_if_listed(SPEC)) == pytest.approx(log)


# the rest of demand


def test_nothing_is_wanted_before_its_launch_and_of_candidates_never():
    launch, demand = items(SPEC).launch, effects.multipliers(SPEC)
    assert ((demand > 0) == (np.arange(WEEKS) * 7 >= launch[:, None])).all()
    assert not demand[launch == NEVER].any()
    assert (launch == NEVER).any()
    assert effects.as_if_listed(SPEC).min() > 0


def test_on_sale_is_counted_from_the_monday_of_the_launch(monkeypatch):
    launch = items(SPEC).launch.copy()
    launch[:3] = 0, 70, NEVER
    monkeypatch.setattr(effects, "items", lambda spec: replace(items(spec), launch=launch))
    assert effects.on_sale(SPEC)[:3].sum(axis=1).tolist() == [52, 42, 0]
    assert effects.on_sale(SPEC)[1, 9:11].tolist() == [0, 1]


def test_new_items_draw_the_curious_for_some_weeks(monkeypatch):
    """.8 in the first week, .8 / e = .2943 four weeks on; none before, for what was there already, or for what never comes."""
    launch = items(SPEC).launch.copy()
    launch[:3] = 0, 70, NEVER
    monkeypatch.setattr(effects, "items", lambda spec: replace(items(spec), launch=launch))
    buzz = effects.launch_effect(SPEC)
    assert buzz[1, 9:15] == pytest.approx([0, 0.8, 0.8 * np.exp(-0.25), 0.8 * np.exp(-0.5), 0.8 * np.exp(-0.75), 0.2943], abs=1e-4)
    assert not buzz[[0, 2]].any()


def crowded_with(monkeypatch, popularity: list[float], launch: list[int]) -> np.ndarray:
    """Of the first group, with these popularities (rescaled tastes) and launches."""
    each = items(SPEC)
    affinity, days = each.affinity.copy(), each.launch.copy()
    affinity[:, :8], days[:8] = popularity, launch
    with monkeypatch.context() as patch:
        patch.setattr(effects, "items", lambda spec: replace(each, affinity=affinity, launch=days))
        return effects.crowded(SPEC)


def test_a_newcomer_takes_from_its_group_by_the_known_power(monkeypatch):
    """Popularities 3, 2 and 5: the third comes on day 70. Before it, 5 of 10 is listed: .5^-crowding; then all: 1."""
    power = categories(SPEC).crowding[0]
    popularity, launch = [3, 2, 5, 0, 0, 0, 0, 0], [0, 0, 70, 0, 0, 0, 0, 0]
    factor = crowded_with(monkeypatch, popularity, launch)
    assert factor[:8, 9] == pytest.approx(np.full(8, 0.5**-power))
    assert factor[:8, 10] == pytest.approx(np.ones(8))
    never = crowded_with(monkeypatch, popularity, [0, 0, NEVER, 0, 0, 0, 0, 0])
    assert never[0, 51] / factor[0, 51] == pytest.approx(2**power)
    assert (never[8:] == factor[8:]).all()


def test_the_shops_own_crowding_is_that_power_too():
    each, crowded = items(SPEC), effects.crowded(SPEC)
    for item, week in ((0, 0), (100, 20), (479, 51)):
        mates = each.group == each.group[item]
        listed = mates & (each.launch <= week * 7)
        share = each.popularity[listed].sum() / each.popularity[mates].sum()
        assert crowded[item, week] == pytest.approx(share ** -categories(SPEC).crowding[each.category[item]])
    assert effects.multipliers(SPEC) == pytest.approx(effects.on_sale(SPEC) * effects.as_if_listed(SPEC) * crowded)


def category_effect_of(monkeypatch, **laws: float) -> np.ndarray:
    """Weeks of the first category, with every law flat but those given."""
    kinds = categories(SPEC)
    flat = {"season": 0.0, "phase": 0.0, "holiday": 0.0, "drift": 0.0, "break_size": 0.0, "break_day": NEVER} | laws
    changed = replace(kinds, **{name: np.full(len(kinds.price), value) for name, value in flat.items()})
    with monkeypatch.context() as patch:
        patch.setattr(effects, "categories", lambda spec: changed)
        return effects.category_effect.__wrapped__(SPEC)[0]


def test_seasons_peak_at_their_phase(monkeypatch):
    """Amplitude .3: .3 in week 0, nearly -.3 in week 26 (182 / 365.25 = .498); with phase .25 nearly .3 in week 13 (.249)."""
    from_the_first_day = category_effect_of(monkeypatch, season=0.3)
    assert from_the_first_day[[0, 13, 26]] == pytest.approx([0.3, 0.3 * np.cos(np.pi * 182 / 365.25), -0.29999], abs=1e-4)
    in_spring = category_effect_of(monkeypatch, season=0.3, phase=0.25)
    assert in_spring[[0, 13]] == pytest.approx([0.0, 0.29999], abs=1e-4)


def test_drifts_go_by_the_year_and_breaks_from_their_day(monkeypatch):
    """.1 a year: week 51 begins after 357 / 365.25 years, .09774. A break on day 100 shows from week 15 (day 105), for good."""
    drift = category_effect_of(monkeypatch, drift=0.1)
    assert drift[[0, 51]] == pytest.approx([0.0, 0.097741], abs=1e-6)
    broken = category_effect_of(monkeypatch, break_day=100, break_size=-0.4)
    assert broken.tolist() == [0.0] * 15 + [-0.4] * 37
    assert category_effect_of(monkeypatch, break_day=105, break_size=-0.4).tolist() == broken.tolist()


def test_public_holidays_lift_their_week_and_the_day_before(monkeypatch):
    """4 July 2023 is a Tuesday, day 183, in week 26; Monday's traffic .9 is 1.3 times that. Christmas is day 357, week 51."""
    days = effects.holiday_days(SPEC).tolist()
    assert SPEC.start + timedelta(days=183) in {SPEC.start + timedelta(days=day) for day in days}
    assert {183, 357} <= set(days)
    lifted = category_effect_of(monkeypatch, holiday=0.2)
    assert lifted[[26, 51, 30]].tolist() == [0.2, 0.2, 0.0]
    assert effects.holiday_weeks(SPEC)[[26, 27]].tolist() == [1, 0]
    came = effects.traffic(SPEC) / (1 + planned.response(SPEC).sum(axis=0))
    assert came[[182, 183, 184, 189]] == pytest.approx([0.9 * 1.3, 0.85, 0.9, 0.9])


def test_the_last_day_may_be_the_eve_of_a_holiday_that_the_shop_does_not_see():
    """The 364th day is Sunday, 31 December: 1.05 * 1.3."""
    came = effects.traffic(SPEC) / (1 + planned.response(SPEC).sum(axis=0))
    assert came[363] == pytest.approx(1.05 * 1.3)


def test_channels_of_advertising_add_up_in_traffic():
    """Wednesday 11 January, day 9, no holiday near: .9 times one plus the three lifts."""
    lifts = planned.response(SPEC)[:, 9]
    assert effects.traffic(SPEC)[9] == pytest.approx(0.9 * (1 + lifts[0] + lifts[1] + lifts[2]))
    assert effects.traffic(SPEC).shape == (364,)
