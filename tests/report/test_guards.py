"""Alerts, controls and data incidents, as the page tells of them."""

from datetime import date

import pytest

from shelfwise.contracts.gold.controls import CONTROLS
from shelfwise.report.guards import NAMES, guards
from tests.report.risked import RISKED
from tests.report.shop import frame_of

TABLES = ("risk_controls", "risk_alerts", "risk_incidents")


@pytest.fixture(scope="module")
def found(tables):
    return guards(*(tables[name] for name in TABLES))


def test_the_findings_say_what_is_kept_off_and_at_what_price(found):
    assert found.finding() == "The controls that are worth their price bring 55 in 13 weeks"
    assert found.alert_finding() == "1 part of the shop to act on, 2 to watch or eased"
    assert found.incident_finding() == "The data gap that costs most touches 20 of revenue"


def test_what_weighs_most_comes_first_and_only_what_is_chosen(found):
    assert [row["control"] for row in found.controls] == ["clear_out", "dual_source"]
    assert [(row["level"], row["name"]) for row in found.alerts] == [("act", "s1"), ("watch", "*"), ("ok", "soap")]
    assert [row["touched_revenue"] for row in found.incidents] == [20, 10]


def test_alerts_that_are_not_shown_are_counted(spark):
    """25 to act on, of which the page has room for 20."""
    rows = [
        {"scope": "item", "name": f"i{k}", "score": 0.1, "level": "act", "before": "ok", "since": date(2017, 10, 1)}
        for k in range(25)
    ]
    some = guards(*(frame_of(spark, RISKED[name][0], rows if name == "risk_alerts" else []) for name in TABLES))
    assert (len(some.alerts), some.alert_finding()) == (20, "25 parts of the shop to act on, 0 to watch or eased")


def test_every_control_has_a_name():
    assert set(NAMES) == set(CONTROLS)


def test_nothing_found_is_a_finding_too(empty_tables):
    none = guards(*(empty_tables[name] for name in TABLES))
    assert none.finding() == "No control against losses is worth its price"
    assert none.alert_finding() == "Nothing has become so large that it needs a look"
    assert none.incident_finding() == "The shop's own data have no gaps that were found"
