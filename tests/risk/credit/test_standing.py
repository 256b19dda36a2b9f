"""What a day knows of payments, and the months that are observed, by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from shelfwise.risk.credit.panel import PanelParams, judged_until, observed_months, payment_panel
from shelfwise.risk.credit.standing import as_known, behaviour, days_late, stops
from tests.risk.credit.builders import invoices_of, monthly, parties_of

PARAMS = PanelParams()
JAN = date(2023, 1, 1)


def found(frame):
    return {row["number"]: row for row in frame.collect()}


def test_a_day_knows_no_payment_and_no_invoice_of_later(spark):
    """Of 2023-03-01: paid on 2 March is open, settled on 2 March is unsettled, issued on 2 March is not there."""
    day = date(2023, 3, 1)
    after = day + timedelta(days=1)
    told = invoices_of(
        spark,
        {"issued_on": JAN, "paid_on": day},
        {"issued_on": JAN, "paid_on": after},
        {"issued_on": JAN, "recovered": Decimal(10), "recovered_on": after},
        {"issued_on": JAN, "recovered": Decimal(10), "recovered_on": day},
        {"issued_on": after},
    )
    known = found(as_known(told, day))
    assert set(known) == {"0", "1", "2", "3"}
    assert [known[n]["paid_on"] for n in "01"] == [day, None]
    assert [known[n]["recovered"] for n in "23"] == [None, 10]
    assert known["2"]["recovered_on"] is None


def test_days_late_by_hand(spark):
    """Due on 31 January. Seen on 10 February: paid on the 5th is 5 days late, unpaid 10, paid on the 20th 10 so far; early: -11."""
    from pyspark.sql import functions as F

    paid = [date(2023, 2, 5), None, date(2023, 2, 20), date(2023, 1, 20)]
    told = invoices_of(spark, *[{"issued_on": JAN, "paid_on": day} for day in paid])
    late = told.select("number", days_late(F.lit(date(2023, 2, 10))).alias("days"))
    assert [found(late)[n]["days"] for n in "0123"] == [5, 10, 10, -11]


def test_a_party_stops_with_the_first_invoice_of_more_than_90_days(spark):
    """Due on 31 January: 1 May is the 90th day, 2 May the 91st. Paid on the 91st day, it had stopped nevertheless."""
    rows = invoices_of(
        spark,
        {"issued_on": JAN},
        {"issued_on": JAN + timedelta(days=20)},
        {"party_id": "late", "issued_on": JAN, "paid_on": date(2023, 5, 2)},
        {"party_id": "just", "issued_on": JAN, "paid_on": date(2023, 5, 1)},
    )
    on = {day: {row["party_id"]: row["stopped_on"] for row in stops(as_known(rows, day), day, 90).collect()} for day in
          (date(2023, 5, 1), date(2023, 5, 2))}  # fmt: skip
    assert on[date(2023, 5, 1)] == {}
    assert on[date(2023, 5, 2)] == {"anna": date(2023, 1, 31), "late": date(2023, 1, 31)}


def test_what_was_paid_so_far_by_hand(spark):
    """Seen on 30 June, looking back 24 months, a grace of 7 days. Due 31 January and 2, 9, 0 days late: mean 11 / 3, one of three
    late, 9 at worst. 100 a month (of 30 days) issued from 1 January: 1 April, 1 May and 31 May within 3 months of 30 June, of six
    months."""
    from pyspark.sql import functions as F

    rows = [*monthly("anna", JAN, [2, 9, 0]), {"issued_on": date(2023, 4, 1), "due_on": date(2023, 7, 1)}]
    rows += [{"issued_on": day, "due_on": date(2023, 7, 1)} for day in (date(2023, 5, 1), date(2023, 5, 31))]
    day = date(2023, 6, 30)
    (row,) = behaviour(as_known(invoices_of(spark, *rows), day), F.array(F.lit(day)), 24, 7).collect()
    assert row["mean_days_late"] == pytest.approx(11 / 3)
    assert (row["late_share"], row["worst_days_late"], row["invoices"]) == (pytest.approx(1 / 3), 9, 3)
    assert row["turnover_trend"] == pytest.approx(300 * 2 / 600)


def test_months_are_judged_once_it_is_known_who_stopped_in_them():
    """On 30 June what was due by 31 March is 91 days past due; a day before, 30 March is, so that February is the last whole
    month."""
    assert judged_until(PARAMS, date(2023, 6, 30)) == date(2023, 3, 31)
    assert judged_until(PARAMS, date(2023, 6, 29)) == date(2023, 2, 28)


def test_a_party_is_observed_from_its_first_due_month_until_it_stops(spark):
    """Due on 31 January, 2 March, 1 April, 1 May, …; never paid from 1 April on: stopped in April, and May is none of its
    months."""
    day = date(2023, 12, 31)
    rows = [*monthly("anna", JAN, [0, 0, None, None, None]), *monthly("ben", JAN, [0, 0, 0])]
    months = observed_months(as_known(invoices_of(spark, *rows), day), PARAMS, day).collect()
    seen = {(row["party_id"], row["seen_on"] + timedelta(days=1)): row["stopped"] for row in months}
    starts = [date(2023, month, 1) for month in (1, 2, 3, 4)]
    anna = {("anna", start): start.month == 4 for start in starts}
    assert seen == anna | {("ben", start): False for start in starts}


def test_features_of_a_month_are_those_of_the_evening_before(spark):
    """Due on 31 January, paid on 10 February: known to be 10 days late in March, of the evening of 28 February; on that of 31
    January it is due and not late, so that nothing is known of it."""
    rows = [*monthly("anna", JAN, [10, 0, 0, 0]), {"party_id": "old", "issued_on": date(2022, 9, 30)}]
    parties = parties_of(spark, {"party_id": "anna", "years_known": 3.0, "employees": 5.0})
    panel = payment_panel(parties, invoices_of(spark, *rows), PARAMS, date(2023, 12, 31)).where("party_id = 'anna'").collect()
    by_day = {row["seen_on"]: row for row in panel}
    assert by_day[date(2023, 1, 31)]["mean_days_late"] is None
    assert by_day[date(2023, 2, 28)]["mean_days_late"] == 10
    assert by_day[date(2023, 3, 31)]["mean_days_late"] == 5
    assert {(row["years_known"], row["past_due_share"], row["employees"]) for row in panel} == {(3, None, 5)}
    assert [by_day[day]["months_known"] for day in (date(2023, 1, 31), date(2023, 3, 31))] == [0, 2]


def test_who_was_there_when_the_records_began_may_have_been_known_for_long(spark):
    """anna's first invoice begins them, on 1 January; ben's on 1 April is still of the beginning, cleo's on 2 April is not."""
    rows = [*monthly("anna", JAN, [0] * 6), *monthly("ben", date(2023, 4, 1), [0] * 3), *monthly("cleo", date(2023, 4, 2), [0] * 3)]
    panel = payment_panel(parties_of(spark), invoices_of(spark, *rows), PARAMS, date(2023, 12, 31)).collect()
    last = {row["party_id"]: row["months_known"] for row in panel if row["seen_on"] == date(2023, 5, 31)}
    assert last == {"anna": None, "ben": None, "cleo": 1}


def test_records_of_each_kind_have_a_beginning_of_their_own(spark):
    """Customers were billed from January on, suppliers from June: dairy, first billed then, may have been known for long."""
    rows = [*monthly("anna", JAN, [0] * 9), *monthly("dairy", date(2023, 6, 1), [0] * 4, kind="supplier")]
    panel = payment_panel(parties_of(spark), invoices_of(spark, *rows), PARAMS, date(2023, 12, 31)).collect()
    assert {row["months_known"] for row in panel if row["party_id"] == "dairy"} == {None}


def test_later_events_move_no_observation(spark):
    """What was paid, settled or issued after the day changes no bit of what the day knew."""
    day = date(2023, 10, 31)
    rows = [*monthly("anna", JAN, [3, 0, 40, None, None, 5, 0, 0]), *monthly("ben", JAN, [0, 9, 2, 1, None, 7, 1])]
    later = [one | {"paid_on": day + timedelta(days=5)} if one["paid_on"] is None else one for one in rows]
    later += monthly("anna", day + timedelta(days=1), [0, 0]) + monthly("new", day + timedelta(days=3), [0])
    parties = parties_of(spark, {"party_id": "anna"})
    both = []
    for told in (rows, later):
        numbered = [one | {"number": f"{one['party_id']} {one['issued_on']}"} for one in told]
        both.append(sorted(map(str, payment_panel(parties, invoices_of(spark, *numbered), PARAMS, day).collect())))
    assert both[0] == both[1]
    assert both[0]
