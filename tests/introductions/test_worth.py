"""What a candidate is worth alone, from a row as it comes, and whose sales it takes."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from shelfwise.contracts.gold.introductions import CANDIDATE_WORTH, EARNED, SPENT
from shelfwise.introductions.losers import losers
from shelfwise.introductions.worth import WorthParams, worth
from shelfwise.measures.levels import GRID, smooth_law

SUNDAY = date(2017, 10, 29)
PARAMS = WorthParams()
SURE = (GRID[20] == GRID).astype(float)


def row(**given: Any) -> dict[str, Any]:
    known = {
        "item_id": "soup",
        "department": "GROCERY",
        "category": "SOUP",
        "shelf": "SOUP / TINS",
        "maker_id": "m1",
        "supplier_id": "s1",
        "known": "category",
        "assumed": ["case_pack"],
        "price": 10.0,
        "unit_cost": 6.0,
        "pack": 6,
        "minimum": 6,
        "lead_weeks": 2,
        "late_weeks": [0.8, 0.1, 0.1],
        "available_on": None,
        "mean": np.linspace(6, 3, 13),
        "learnt": 1.0,
        "season": None,
        "levels": list(smooth_law(0.8)),
        "scatter": 0.3,
        "beside": 100.0,
        "beside_margin": 3.0,
        "crowding": 0.5,
        "holding_cost_share_per_year": 0.25,
        "clearing_loss_share": 0.5,
        "order_line_cost": 0.5,
        "shelf_cost_per_week": 0.2,
        "listing_cost": 5.0,
        "halo": 0.1,
        "won": 0.01,
        "mates": None,
        "quartiles": None,
        "same_maker": 1.0,
        "near_price": 1.0,
        "of_shop": None,
        "of_category": None,
        "of_maker": None,
    }
    assert set(given) <= set(known)
    return known | given


def told(**given: Any) -> dict[str, Any]:
    return worth(row(**given), PARAMS, SUNDAY)


def slow(**given: Any) -> dict[str, Any]:
    """Of an item that may well fail: 1 unit in 2 weeks, of dear places and lines, on a shelf that is not crowded."""
    terms = {"mean": np.full(13, 0.5), "shelf_cost_per_week": 0.8, "order_line_cost": 1.0, "pack": 2, "minimum": 2, "beside": 20.0}
    return row(**(terms | given))


def test_all_columns_of_the_contract_are_told():
    assert set(told()) | {"as_of"} == set(CANDIDATE_WORTH.schema)


@pytest.mark.parametrize("given", [{}, {"unit_cost": 9.5}, {"beside": None}, {"mean": np.zeros(13)}, {"lead_weeks": 11}])
def test_lines_add_up_to_the_profit_of_every_scenario_on_the_average(given):
    found = told(**given)
    assert found["profit"] == pytest.approx(sum(found[name] for name in EARNED) - sum(found[name] for name in SPENT))
    assert found["profit"] == pytest.approx(found["outcome"].mean()) and found["units"] == pytest.approx(found["demand"].mean())
    assert found["p_failure"] == (found["outcome"] < 0).mean()
    assert found["units_q10"] <= found["units"] and found["profit_q05"] <= found["profit"] <= found["profit_q95"]
    assert found["cvar"] == pytest.approx(np.sort(found["outcome"])[:20].mean())
    assert len(found["demand"]) == len(found["outcome"]) == 400


def test_a_sure_plan_by_hand():
    """2 a week for 13 weeks, demand just as expected, nothing but cost and a listing of 5 to pay: 26 units are wanted.

    Q of them come of the opening order and .97 of the rest after it, each of margin 4.
    """
    free = dict.fromkeys(("holding_cost_share_per_year", "clearing_loss_share", "order_line_cost", "shelf_cost_per_week"), 0.0)
    found = told(mean=np.full(13, 2.0), levels=list(SURE), scatter=0.0, beside=None, halo=0.0, won=0.0, **free)
    opening = found["opening_units"]
    assert 6 <= opening < 26 and opening % 6 == 0
    assert found["point_profit"] == pytest.approx(4 * (opening + 0.97 * (26 - opening)) - 5)
    assert found["opening_cost"] == 6 * opening
    assert found["cannibalised"] == found["halo"] == found["won"] == 0


DEARER = {
    "unit_cost": 1.1,
    "holding_cost_share_per_year": 3,
    "clearing_loss_share": 1.5,
    "order_line_cost": 2,
    "shelf_cost_per_week": 2,
    "listing_cost": 2,
    "crowding": 1.5,
    "beside_margin": 1.5,
}


@pytest.mark.parametrize("dearer", DEARER)
@pytest.mark.parametrize("item", ["a", "b", "c"])
def test_what_costs_more_is_never_worth_more(item, dearer):
    """The futures are the same; another stop rule, opening order or week of reading may be chosen, and none is better than before.

    No law says so, since the stop rule does not weigh what clearing costs: of 2,400 rows tried one was worth .14 more by crowding.
    """
    for given in (row(item_id=item), slow(item_id=item)):
        costly = given | {dearer: given[dearer] * DEARER[dearer]}
        assert worth(costly, PARAMS, SUNDAY)["profit"] <= worth(given, PARAMS, SUNDAY)["profit"] + 1e-9


def test_a_larger_case_or_minimum_is_never_worth_more():
    """The orders tried are fewer; a larger case saves order lines, so that these cost nothing here, and holds more stock."""
    less, more = (told(minimum=units, order_line_cost=0.0)["profit"] for units in (6, 60))
    assert more <= less + 1e-9


def test_a_longer_lead_time_is_not_worth_more():
    """The opening order has to last longer, and is stopped later. No law, and not so in 11 of 300 rows tried.

    An opening order serves all that is wanted as far as it goes, replenishment only .97 of it, for a line each; and other weeks
    have other numbers drawn. Here neither outweighs.
    """
    profits = [told(lead_weeks=weeks)["profit"] for weeks in (1, 3, 5, 7, 9, 11)]
    assert profits == sorted(profits, reverse=True)


def test_a_later_order_is_not_worth_more():
    """A week late costs a week's sales, and saves its place, which is worth less here; of what does not pay it is worth more."""
    profits = [told(late_weeks=[0.0] * weeks + [1.0])["profit"] for weeks in range(5)]
    assert profits == sorted(profits, reverse=True)


def test_the_better_of_the_weeks_at_which_the_rule_may_be_read_is_taken():
    """With 2 weeks of lead a replenishment can have come after 3; so of 2, 4 and 6 the weeks 3, 4 and 6 are tried."""
    alone = [worth(slow(), PARAMS.model_copy(update={"stop_weeks": (week,)}), SUNDAY) for week in (2, 4, 6)]
    assert [one["stop_week"] for one in alone] == [3, 4, 6]
    assert worth(slow(), PARAMS, SUNDAY)["profit"] == max(one["profit"] for one in alone)
    assert told(lead_weeks=11)["stop_week"] == 12 == told(lead_weeks=30)["stop_week"]


def test_what_launches_have_taught_multiplies_the_plan():
    twice, taught = told(mean=2 * np.linspace(6, 3, 13)), told(learnt=2.0)
    assert taught["profit"] == twice["profit"] and taught["units"] == twice["units"] > told()["units"]


@pytest.mark.parametrize("beside", [None, float("nan"), 0.0])
def test_on_a_new_shelf_nothing_is_taken(beside):
    found = told(beside=beside, beside_margin=None)
    assert found["beside"] == found["cannibalised"] == 0 and found["cannibalised_items"] == []
    assert np.isfinite(found["outcome"]).all()


def test_what_loses_with_every_unit_has_no_number_of_units_to_sell():
    """Cost 12 at a price of 10."""
    found = told(unit_cost=12.0)
    assert found["stop_units"] is None
    assert found["profit"] < 0 and found["p_failure"] > 0.9 and found["plan"] == "test"
    assert told()["plan"] == "list" and told()["p_failure"] < 0.35


def test_the_launch_is_the_monday_after_the_order_has_come():
    """Ordered on 30 October: 13 November is a Monday. On offer from Wednesday the 8th: there the 22nd, sold from the 27th."""
    assert told()["launch"] == date(2017, 11, 13)
    assert told(available_on=date(2017, 11, 8))["launch"] == date(2017, 11, 27)
    assert told(available_on=date(2017, 1, 1))["launch"] == date(2017, 11, 13)


def test_a_launch_waits_for_its_season():
    """A category that triples 5 weeks ahead, 3 weeks after the first possible launch. 12 a week for 3 weeks, then 2 for 10.

    At once 36 + 3 x 20 = 96; in 3 weeks, without the last 3, 3 x (36 + 14) = 150; in 2 weeks 12 + 3 x (24 + 16) = 132.
    """
    found = told(season=[1.0] * 5 + [3.0] * 21, mean=np.r_[np.full(3, 12.0), np.full(10, 2.0)])
    assert found["waits"] == 3
    assert found["launch"] == date(2017, 11, 13) + timedelta(weeks=3)
    assert told(season=[1.0] * 26)["waits"] == 0 and told()["waits"] == 0


def test_a_wait_saves_the_place():
    """As above, of next to no sales: 13 - 3 weeks on the shelf at most, of .2 each."""
    found = told(season=[1.0] * 5 + [3.0] * 21, mean=np.r_[np.full(3, 12.0), np.full(10, 2.0)], late_weeks=[1.0])
    assert found["waits"] == 3
    assert found["place"] <= 10 * 0.2 + 1e-9


@pytest.mark.parametrize(
    ("given", "low", "high"),
    [
        ({"quartiles": [8.0, 12.0]}, 8.0, 12.0),
        ({"quartiles": [5.0, 9.0]}, 6.67, 10.0),
        ({"quartiles": [15.0, 20.0]}, 10.0, 20.0),
        ({}, 10.0, 10.0),
        ({"quartiles": [8.0, 10.2], "unit_cost": 9.5}, 10.56, 10.56),
    ],
)
def test_the_price_band_by_hand(given, low, high):
    """From the shelf's lower quartile, or what leaves a tenth of margin, 6 / .9 = 6.67; 9.5 / .9 = 10.56 is more than the price."""
    found = told(**given)
    assert (found["price_low"], found["price_high"]) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))


def mate(item: str, units: float, maker: str = "other", price: float = 3.0) -> dict[str, Any]:
    return {"item_id": item, "units": units, "maker_id": maker, "price": price}


def by_item(found: list) -> dict[str, float]:
    return {one["item_id"]: one["units"] for one in found}


def test_losers_lose_in_proportion_to_their_units():
    """45 of 100 units with c = .5 take 20 of them: .4, .3 and .2 of these; .1 has no name."""
    found = losers(row(mates=[mate("a", 30), mate("b", 40), mate("c", 20)]), 45.0)
    assert by_item(found) == pytest.approx({"b": 8, "a": 6, "c": 4})
    assert [one["item_id"] for one in found] == ["b", "a", "c"]


def test_items_like_it_lose_more():
    """As above: of its maker 3 times as much, of its price band (7.39 to 12.18) 1.5 times, of both 4.5 times.

    40 + 90 + 15 + 4.5 x 10 = 190 and 10 without a name: 20 of 200 x each.
    """
    mates = [mate("plain", 40), mate("makers", 30, "m1", 7.38), mate("near", 10, price=12.1), mate("both", 10, "m1", 7.4)]
    found = losers(row(mates=mates, same_maker=3.0, near_price=1.5), 45.0)
    assert by_item(found) == pytest.approx({"makers": 9, "both": 4.5, "plain": 4, "near": 1.5})
    assert [one["item_id"] for one in found] == ["makers", "both", "plain", "near"]


def test_the_five_that_lose_most_are_named():
    found = losers(row(mates=[mate(str(units), units) for units in (10, 11, 12, 13, 14, 15)]), 45.0)
    assert [one["item_id"] for one in found] == ["15", "14", "13", "12", "11"]


def test_an_item_without_a_price_is_not_near_any():
    assert by_item(losers(row(mates=[mate("a", 100, price=0.0)], near_price=9.0), 45.0)) == pytest.approx({"a": 20})


def test_nobody_loses_to_what_does_not_sell_or_on_a_shelf_without_names():
    assert losers(row(mates=[mate("a", 100)]), 0.0) == []
    assert losers(row(mates=None), 45.0) == losers(row(mates=[]), 45.0) == []


def test_the_losers_together_lose_what_is_taken():
    """All of the shelf's items are named: 20 of 45, however alike they are."""
    found = losers(row(mates=[mate("a", 60, "m1"), mate("b", 40)], same_maker=2.0), 45.0)
    assert sum(by_item(found).values()) == pytest.approx(20)


def test_no_item_loses_more_than_it_sells():
    """1,000 units of .9 crowding take most of 100; of its maker there are 5, six times as likely to be left as others."""
    found = losers(row(mates=[mate("a", 5, "m1"), mate("b", 95)], same_maker=6.0, crowding=0.9), 1000.0)
    assert by_item(found)["a"] <= 5 and by_item(found)["b"] <= 95
