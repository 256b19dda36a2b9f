"""On what terms a candidate is bought: measured, offered or assumed."""

from decimal import Decimal

import pytest

from shelfwise.contracts.silver import CANDIDATES
from shelfwise.contracts.supply import LEAD_TIMES
from shelfwise.introductions.terms import ALWAYS_ASSUMED, candidate_terms
from tests.introductions.builders import assumptions_of, by, foreseen_of, rows_of

OFFER = {"supplier_id": "ship", "unit_cost": Decimal("4.25"), "case_pack": 4, "minimum_units": 8, "lead_time_days": 10}
# on the day itself, in week 1, 2, … 13 or later
SHARES = [0.1, 0.3, 0.3, 0.2, 0.1] + [0.0] * 9


@pytest.fixture(scope="module")
def terms(spark):
    """`bare` says nothing, `offered` all, of a supplier whose orders nobody has measured, `measured` of one whose are known."""
    foreseen = [
        {"item_id": "bare", "price_assumed": True},
        {"item_id": "offered"},
        {"item_id": "measured"},
        {"item_id": "cosmetic"},
    ]
    foreseen[3] |= {"department": "COSMETICS"}
    offers = [{"item_id": "offered"} | OFFER, {"item_id": "measured"} | OFFER | {"supplier_id": "rail"}]
    usual = {"item_id": "*", "basis": "receipts", "days_q50": 12, "week_shares": SHARES}
    lead_times = [
        {"supplier_id": "rail"} | usual,
        # of one item, and by its terms alone: neither is of what else the supplier would bring
        {"supplier_id": "ship", "item_id": "soup", "basis": "receipts", "days_q50": 70, "week_shares": SHARES},
        {"supplier_id": "m1", "item_id": "*", "basis": "terms", "days_q50": 70, "week_shares": SHARES},
    ]
    cosmetics = {"scope": "department:COSMETICS", "name": "unit_cost_share", "value": 0.6}
    return by(
        candidate_terms(
            foreseen_of(spark, *foreseen),
            rows_of(spark, CANDIDATES, *offers),
            rows_of(spark, LEAD_TIMES, *lead_times),
            assumptions_of(spark, cosmetics),
        ),
        "item_id",
    )


def told(row):
    return tuple(row[name] for name in ("supplier_id", "unit_cost", "pack", "minimum", "lead_weeks"))


def test_what_nobody_offers_is_assumed(terms):
    """.7 of 10.00; cases of 6, 12 at least, two weeks; from its maker. Cosmetics cost .6."""
    assert told(terms["bare"]) == ("m1", 7.0, 6, 12, 2)
    assert terms["cosmetic"]["unit_cost"] == 6.0


def test_what_is_offered_comes_before_what_is_assumed(terms):
    """10 days are two weeks."""
    assert told(terms["offered"]) == ("ship", 4.25, 4, 8, 2)


def test_measured_lead_times_come_before_agreed_ones(terms):
    """12 days at the median: within two weeks, in which .1 + .3 + .3 have come; .2 come a week late, .1 two weeks."""
    assert told(terms["measured"]) == ("rail", 4.25, 4, 8, 2)
    assert terms["measured"]["late_weeks"] == pytest.approx([0.7, 0.2, 0.1] + [0.0] * 9)
    assert sum(terms["measured"]["late_weeks"]) == pytest.approx(1)


def test_who_was_not_measured_is_never_late(terms):
    assert terms["offered"]["late_weeks"] == terms["bare"]["late_weeks"] == [1.0]


def test_what_is_assumed_is_named(terms):
    always = list(ALWAYS_ASSUMED)
    assert terms["bare"]["assumed"] == ["unit_price", "unit_cost", "lead_time_days", "case_pack", "minimum_units", *always]
    assert terms["cosmetic"]["assumed"] == ["unit_cost", "lead_time_days", "case_pack", "minimum_units", *always]
    assert terms["offered"]["assumed"] == terms["measured"]["assumed"] == always
