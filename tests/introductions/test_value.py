"""Candidates valued end to end, and the parts that need no Spark by hand."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from shelfwise.contracts.gold.demand import DEMAND_FORECAST
from shelfwise.contracts.gold.hierarchy import DEMAND_HIERARCHY
from shelfwise.contracts.gold.introductions import CANDIDATE_WORTH, EARNED, INTRODUCTION_COHORTS, SPENT
from shelfwise.contracts.gold.inventory import INVENTORY_PLAN
from shelfwise.contracts.newcomers import LAUNCH_EFFECTS, TASTE_REACH
from shelfwise.contracts.silver import CANDIDATES
from shelfwise.contracts.supply import LEAD_TIMES
from shelfwise.introductions.losers import losers
from shelfwise.introductions.worth import WorthParams, value_candidates, worth
from shelfwise.measures.levels import GRID
from tests.introductions.builders import AS_OF, ASSUMED, assumptions_of, foreseen_of, items_of, kept_rows, rows_of

PARAMS = WorthParams(scenarios=40)
AS_FORESEEN = [float(level == 1) for level in GRID.round(9)]
NEW = {"department": "FAR", "category": "EXOTIC", "shelf": "EXOTIC / FRUIT", "maker_id": "m9", "known": "neither"}
OLD = {"i1": (60.0, "m1", 9), "i2": (20.0, "m2", 20)}  # units in 13 weeks, maker and price of what soup's shelf holds


@pytest.fixture(scope="module")
def frames(spark):
    """`soup` is proposed for a shelf that sells; `durian` for one that nobody knows, and nobody wants it; `launched` is on sale."""
    foreseen = foreseen_of(
        spark,
        {"item_id": "soup", "levels": AS_FORESEEN, "mean": [4.0] * 13, "category_weekly": 100.0},
        {"item_id": "durian", "levels": AS_FORESEEN, "mean": [0.02] * 13, "price_assumed": True} | NEW,
        {"item_id": "launched", "levels": AS_FORESEEN, "stage": "launched"},
    )
    plan = [
        {"item_id": name, "maker_id": maker, "unit_price": Decimal(price), "unit_cost": Decimal(price - 3)}
        for name, (_, maker, price) in OLD.items()
    ]
    forecast = [{"item_id": name, "horizon": 13, "cum_mean": units} for name, (units, *_) in OLD.items()]
    hierarchy = [
        {"level": "category", "department": "GROCERY", "category": "SOUP", "horizon": h, "mean": 100.0} for h in range(1, 14)
    ]
    everywhere = {"department": "*", "category": "*", "maker_id": "*", "buyers": 10}
    reach = [{"taste": taste, "customers": 10, "baskets": 30.0} | everywhere for taste in (0, 1)]
    reach.append(
        {"taste": 0, "customers": 10, "buyers": 4, "baskets": 20.0, "department": "GROCERY", "category": "SOUP", "maker_id": "*"}
    )
    offer = {
        "unit_cost": Decimal("5.50"),
        "case_pack": 4,
        "minimum_units": 4,
        "lead_time_days": 7,
        "available_on": date(2017, 11, 8),
    }
    return {
        "foreseen": foreseen,
        "candidates": rows_of(spark, CANDIDATES, {"item_id": "soup", "supplier_id": "ship"} | offer),
        "plan": rows_of(spark, INVENTORY_PLAN, *plan),
        "forecast": rows_of(spark, DEMAND_FORECAST, *forecast),
        "hierarchy": rows_of(spark, DEMAND_HIERARCHY, *hierarchy),
        "items": items_of(spark, *[{"item_id": name} for name in OLD]),
        "lead_times": rows_of(spark, LEAD_TIMES),
        "effects": rows_of(spark, LAUNCH_EFFECTS),
        "cohorts": rows_of(spark, INTRODUCTION_COHORTS),
        "reach": rows_of(spark, TASTE_REACH, *reach),
        "assumptions": assumptions_of(spark),
    }


def valued(frames, parts):
    frame = value_candidates(**{name: of.repartition(parts) for name, of in frames.items()}, params=PARAMS, as_of=AS_OF)
    return {row["item_id"]: row for row in kept_rows(frame, CANDIDATE_WORTH)}


@pytest.fixture(scope="module")
def found(frames):
    return valued(frames, 2)


def test_candidates_keep_the_contract_and_their_lines_add_up(found):
    """`launched` is no candidate any more."""
    assert set(found) == {"soup", "durian"}
    for row in found.values():
        assert sum(row[name] for name in EARNED) - sum(row[name] for name in SPENT) == pytest.approx(row["profit"])
        assert len(row["outcome"]) == len(row["demand"]) == PARAMS.scenarios
        assert np.mean(row["outcome"]) == pytest.approx(row["profit"], rel=1e-5)
        assert row["opening_cost"] == row["opening_units"] * row["unit_cost"]
        assert row["margin"] == pytest.approx(float(row["price"] - row["unit_cost"]) * row["units"])


def test_terms_of_soup_by_hand(found):
    """Orderable from Wednesday the 8th, a week's way: the 15th, on sale on Monday the 20th. Whole cases of 4.

    The shelf sells 80 units of margin 3; its quartiles are 11.75 and 17.25, above the price of 10."""
    soup = found["soup"]
    assert (soup["supplier_id"], soup["unit_cost"], soup["case_pack"], soup["lead_weeks"]) == ("ship", Decimal("5.50"), 4, 1)
    assert (soup["launch"], soup["waits"]) == (date(2017, 11, 20), 0)
    assert soup["opening_units"] % 4 == 0
    assert (soup["beside"], soup["beside_margin"], soup["crowding"]) == (80, 3, 0.5)
    assert (soup["price_low"], soup["price_high"]) == (10, Decimal("17.25"))
    assert soup["units"] == pytest.approx(52, rel=0.2)
    assert (soup["plan"], soup["p_failure"] < 0.05) == ("list", True)
    assert soup["assumed"] == ["holding_cost", "listing_cost", "shelf_cost", "order_line_cost", "clearing_loss"]
    assert soup["stop_units"] is not None and soup["payback_week"] is not None


def test_the_shelf_loses_to_soup_as_its_items_sell(found):
    """Nothing is known of switches: 60 to 20."""
    one, other = found["soup"]["cannibalised_items"]
    assert (one["item_id"], other["item_id"]) == ("i1", "i2")
    assert one["units"] == pytest.approx(3 * other["units"])
    assert found["soup"]["cannibalised"] == pytest.approx(3 * (one["units"] + other["units"]), rel=0.1)


def test_soup_serves_those_of_both_tastes_who_had_none(found):
    """Six of taste 0 and ten of taste 1 had none."""
    served = {taste["taste"]: taste["customers"] for taste in found["soup"]["tastes"]}
    assert set(served) == {0, 1}
    assert 0 < served[0] <= 6 and 0 < served[1] <= 10
    assert found["soup"]["newly_served"] == pytest.approx(sum(served.values()))


def test_what_nobody_wants_and_nobody_knows_is_valued_too(found):
    """All is assumed: cases of 6, 12 at least, of which .26 units sell: a loss of half of the cost of some 12 at 7.00, 42."""
    durian = found["durian"]
    assert (durian["beside"], durian["beside_margin"], durian["cannibalised_items"]) == (0, 0, [])
    assert (durian["opening_units"], durian["supplier_id"], durian["launch"]) == (12, "m9", date(2017, 11, 13))
    assert durian["clearing"] == pytest.approx(42, rel=0.03)
    assert (durian["plan"], durian["p_failure"], durian["payback_week"]) == ("test", 1, None)
    assert durian["assumed"][:5] == ["unit_price", "unit_cost", "lead_time_days", "case_pack", "minimum_units"]


def test_the_same_whatever_the_partitions(frames, found):
    assert valued(frames, 7) == found


ROW = (
    {"item_id": "soup", "department": "GROCERY", "category": "SOUP", "shelf": "SOUP / CANS", "maker_id": "m1", "supplier_id": "m1"}
    | {"known": "category", "price": 10.0, "unit_cost": 6.0, "pack": 1, "minimum": 1, "lead_weeks": 2, "available_on": None}
    | {"mean": [4.0] * 13, "levels": AS_FORESEEN, "learnt": 1.0, "season": None, "scatter": 0.0, "late_weeks": [1.0]}
    | {"beside": 100.0, "beside_margin": 2.0, "quartiles": [8.0, 12.0], "crowding": 0.5, "halo": 0.0, "won": 0.0}
    | {"mates": None, "same_maker": 1.0, "near_price": 1.0, "of_shop": None, "of_category": None, "of_maker": None, "assumed": []}
    | {name: float(value) for name, value in ASSUMED.items()}
)


def test_launches_of_late_move_what_is_foreseen():
    """Twice as much as the plan: about twice 52 units."""
    once, twice = (worth(ROW | {"learnt": learnt}, WorthParams(), AS_OF)["units"] for learnt in (1.0, 2.0))
    assert twice / once == pytest.approx(2, rel=0.03)


@pytest.mark.parametrize("as_of", [AS_OF, AS_OF - timedelta(days=4)])
def test_a_season_that_is_over_before_the_launch_is_none(as_of):
    """Two weeks' way from the day after: on sale on November 13th, whether asked on Sunday 29th or on Wednesday 25th of October.

    The first forecast week begins on the 30th, or on the 23rd: up to the launch 2 weeks, or 3, of thrice the usual sales go by."""
    weeks = (date(2017, 11, 13) - as_of).days // 7 + (as_of != AS_OF)
    params = WorthParams(most_wait=0)
    usual = worth(ROW | {"season": [1.0] * 13}, params, as_of)
    past = worth(ROW | {"season": [3.0] * weeks + [1.0] * (13 - weeks)}, params, as_of)
    assert usual["launch"] == past["launch"] == date(2017, 11, 13)
    assert past["units"] == pytest.approx(usual["units"])


def test_losers_by_hand():
    """10 units beside 100: a = 10 sqrt(1 + a / 100), a = 10.5125; the shelf keeps 1.105125^-.5 = .951253 and loses 4.8747.

    i1 sells 60, is twice as likely a substitute by its maker and 1.5 times by its price (9 and 10 are of one band): 180; i2 20;
    those not named 20: of 220."""
    mates = [
        {"item_id": "i2", "units": 20.0, "maker_id": "m2", "price": 20.0},
        {"item_id": "i1", "units": 60.0, "maker_id": "m1", "price": 9.0},
    ]
    lost = losers(ROW | {"mates": mates, "same_maker": 2.0, "near_price": 1.5}, 10.0)
    assert [one["item_id"] for one in lost] == ["i1", "i2"]
    assert [one["units"] for one in lost] == pytest.approx([4.8747 * 180 / 220, 4.8747 * 20 / 220], rel=1e-4)
