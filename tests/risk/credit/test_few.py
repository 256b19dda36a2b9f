"""Chances of default where there is no scorecard, by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from shelfwise.contracts.credit import PARTIES
from shelfwise.contracts.gold.credit_risk import CREDIT_RISK, CREDIT_SCORECARD
from shelfwise.core.conform import known_by
from shelfwise.risk.credit.score import ScoreParams, score_parties
from tests.introductions.builders import kept_rows, rows_of
from tests.risk.credit.builders import assumptions_of, invoices_of, monthly, parties_of

DAY = date(2023, 12, 31)
JAN = date(2023, 1, 1)


def scored(spark, invoices, *parties, as_of=DAY):
    numbered = [one | {"number": f"{one['party_id']} {one['issued_on']}"} for one in invoices]
    found = score_parties(
        parties_of(spark, *parties),
        invoices_of(spark, *numbered),
        rows_of(spark, CREDIT_SCORECARD),
        assumptions_of(spark),
        params=ScoreParams(),
        as_of=as_of,
    )
    return {(row["kind"], row["party_id"]): row for row in kept_rows(found, CREDIT_RISK)}


def test_who_was_never_billed_has_the_assumed_chance_and_is_flagged(spark):
    found = scored(spark, [], {"party_id": "anna"}, {"kind": "supplier", "party_id": "dairy"})
    anna, dairy = found["customer", "anna"], found["supplier", "dairy"]
    assert (anna["pd_12m"], dairy["pd_12m"]) == (pytest.approx(0.03), pytest.approx(0.02))
    assert (anna["lgd"], anna["ead"], dairy["ead"], dairy["expected_loss"]) == (0.45, 0, None, None)
    for row in (anna, dairy):
        assert (row["basis"], row["assumed"], row["score"], row["bucket"]) == ("prior", ["pd", "lgd"], None, "none")
        assert row["reason"].startswith("No invoice was due yet. 0.00 open, nothing past due: ")


def test_the_assumed_chance_is_drawn_to_what_was_seen(spark):
    """anna pays; ben stops with his third invoice, due on 1 April. Judged until September: anna's dues from January to September
    are 9 months, ben's 4: 13 months and one default. h = (1 + 1,200 x (1 - .97^(1/12))) / 1,213."""
    rows = monthly("anna", JAN, [0] * 9) + monthly("ben", JAN, [0, 0, None, None])
    found = scored(spark, rows)["customer", "anna"]
    month = (1 + 1200 * (1 - 0.97 ** (1 / 12))) / 1213
    assert found["pd_12m"] == pytest.approx(1 - (1 - month) ** 12)
    assert found["reason"] == (
        f"9 invoices, 0.0 days late on the average. 0.00 open, nothing past due: {100 * found['pd_12m']:.1f} % within a year;"
        " no scorecard: the assumed chance, drawn to what its kind showed, 1 in default in 1.1 years;"
        " 45 % of what it owes then would be lost."
    )


def test_who_is_in_default_fails_for_sure_and_owes_what_is_not_settled(spark):
    """Two of ben's four are never paid; of the first, due on 1 April, 30 of 100 came. LGD (.70 + 20 x .45) / 21; 100 still owed,
    due on 1 May."""
    rows = monthly("ben", JAN, [0, 0, None, None])
    rows[2] |= {"recovered": Decimal(30), "recovered_on": date(2023, 9, 1)}
    ben = scored(spark, rows)["customer", "ben"]
    lgd = (0.7 + 20 * 0.45) / 21
    assert (ben["basis"], ben["pd_12m"], ben["bucket"]) == ("default", 1, "over 90")
    assert ben["days_past_due"] == (DAY - date(2023, 5, 1)).days
    assert (ben["lgd"], ben["ead"], ben["overdue_amount"]) == (pytest.approx(lgd), 100, 100)
    assert ben["expected_loss"] == pytest.approx(100 * lgd)
    assert ben["assumed"] == ["lgd"]


def test_who_pays_again_is_in_default_no_more(spark):
    """ben's third, due on 1 April, is settled on 1 September with 30 of 100: he owes nothing more, and is in default until he pays
    what fell due after it; then he is judged as others are. anna's 8 months and ben's 4 hold one default: h = (1 + 1,200 x (1 -
    .97^(1/12))) / 1,212."""
    rows = [*monthly("anna", JAN, [0] * 8), *monthly("ben", JAN, [0, 0, None])]
    rows[-1] |= {"recovered": Decimal(30), "recovered_on": date(2023, 9, 1)}
    settled = scored(spark, rows)["customer", "ben"]
    assert (settled["basis"], settled["pd_12m"], settled["ead"], settled["days_past_due"]) == ("default", 1, 0, 0)
    rows.append(monthly("ben", JAN, [0] * 4)[-1])
    before = scored(spark, rows, as_of=date(2023, 8, 31))["customer", "ben"]
    assert (before["basis"], before["days_past_due"], before["ead"]) == ("default", 152, 100)
    ben = scored(spark, rows)["customer", "ben"]
    assert (ben["basis"], ben["bucket"], ben["days_past_due"], ben["stopped_chance"]) == ("prior", "none", 0, 0)
    assert (ben["ead"], ben["open_amount"], ben["overdue_amount"]) == (0, 0, 0)
    month = (1 + 1200 * (1 - 0.97 ** (1 / 12))) / 1212
    assert ben["pd_12m"] == pytest.approx(1 - (1 - month) ** 12)


def test_who_is_past_due_may_have_stopped_already(spark):
    """Nobody was ever late: 45 of 90 days past due count (45 / 90)^2 = a quarter. Ten that were 60 days late: half a case of 10.5 +
    4 / 2 that came so far."""
    late = {"party_id": "anna", "issued_on": DAY - timedelta(days=75), "paid_on": None}
    only = scored(spark, [late])["customer", "anna"]
    assert (only["days_past_due"], only["bucket"], only["stopped_chance"]) == (45, "31-60", pytest.approx(0.25))
    assert only["pd_12m"] == pytest.approx(0.25 + 0.75 * 0.03)
    others = [{"party_id": f"p{n}", "issued_on": JAN, "paid_on": JAN + timedelta(days=90)} for n in range(10)]
    among = scored(spark, [late, *others])["customer", "anna"]
    assert among["stopped_chance"] == pytest.approx(0.5 / (10 + 0.5 * 4))


def test_twice_the_exposure_is_twice_the_expected_loss(spark):
    once = monthly("anna", date(2023, 11, 1), [None])
    twice = [one | {"amount": Decimal(200)} for one in once]
    one, two = (scored(spark, rows)["customer", "anna"] for rows in (once, twice))
    assert two["ead"] == 2 * one["ead"] == 200
    assert two["expected_loss"] == pytest.approx(2 * one["expected_loss"])
    assert two["pd_12m"] == one["pd_12m"]


def test_a_party_that_was_told_of_after_the_day_has_no_row(spark):
    """Of 31 December, as a job of that day reads: ben and what is said of dairy came a day later; dairy was billed before."""
    after = DAY + timedelta(days=1)
    parties = parties_of(
        spark,
        {"party_id": "anna", "known_at": DAY},
        {"party_id": "ben", "known_at": after},
        {"party_id": "dairy", "years_known": 9.0, "known_at": after},
    )
    assert {row["party_id"] for row in known_by(parties, PARTIES, DAY).collect()} == {"anna"}
    assert {row["party_id"] for row in known_by(parties, PARTIES, after).collect()} == {"anna", "ben", "dairy"}
    found = score_parties(
        known_by(parties, PARTIES, DAY),
        invoices_of(spark, *monthly("dairy", JAN, [0])),
        rows_of(spark, CREDIT_SCORECARD),
        assumptions_of(spark),
        params=ScoreParams(),
        as_of=DAY,
    )
    assert {row["party_id"] for row in kept_rows(found, CREDIT_RISK)} == {"anna", "dairy"}


def test_what_came_after_the_day_changes_no_bit(spark):
    rows = [*monthly("anna", JAN, [3, 0, 40, None, None, 5, 0, 0, 2, None]), *monthly("ben", JAN, [0, 9, 2, 1, None, 7, 1])]
    late = date(2023, 10, 15)
    later = [one | {"paid_on": late + timedelta(days=5)} if not one["paid_on"] or one["paid_on"] > late else one for one in rows]
    later += monthly("anna", late + timedelta(days=1), [0]) + monthly("new", late + timedelta(days=3), [0])
    later[3] |= {"paid_on": None, "recovered": Decimal(1), "recovered_on": late + timedelta(days=1)}
    assert scored(spark, rows, as_of=late) == scored(spark, later, as_of=late)
