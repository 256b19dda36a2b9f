"""Alerts that stay while it matters: thresholds, hysteresis and history by hand."""

from datetime import date, timedelta

import pytest

from shelfwise.contracts.gold.controls import RISK_ALERTS
from shelfwise.contracts.gold.credit_risk import RISK_PARTIES
from shelfwise.contracts.gold.risk import RISK_ITEMS, RISK_PORTFOLIO
from shelfwise.risk.alerts import AlertParams, raise_alerts
from tests.introductions.builders import kept_rows, rows_of
from tests.risk.builders import AS_OF

PARAMS = AlertParams(begins={"item": (0.10, 0.20), "supplier": (0.10, 0.20)}, leave=0.8)
PLANNED = 1_000.0


def days(*scores):
    """One week apart, the last one AS_OF."""
    return [(AS_OF - timedelta(weeks=len(scores) - 1 - k), score) for k, score in enumerate(scores)]


def alerted(spark, items, suppliers=(), customers=(), planned=PLANNED, **params):
    """By scope and name; `items` and the others give what each takes of 1,000 on days of one week each."""
    told = [
        {"item_id": name, "as_of": day, "planned_margin": 0.0, "cvar_95_share": PLANNED * score, "main_kind": "demand", "kinds": {}}
        for name, scores in dict(items).items()
        for day, score in days(*scores)
        if score is not None
    ]
    whole = [
        {"item_id": "rest", "as_of": day, "planned_margin": planned, "cvar_95_share": 0.0, "main_kind": "demand", "kinds": {}}
        for day, _ in days(*[0.0] * 40)
    ]
    parts = [
        {"scope": "supplier", "name": name, "as_of": day, "cvar_95_share": PLANNED * score, "var_95": -1e9}
        for name, scores in dict(suppliers).items()
        for day, score in days(*scores)
    ]
    owing = [
        {"customer_id": name, "as_of": day, "cvar_95_share": PLANNED * score}
        for name, scores in dict(customers).items()
        for day, score in days(*scores)
    ]
    found = raise_alerts(
        rows_of(spark, RISK_PORTFOLIO, *parts),
        rows_of(spark, RISK_ITEMS, *told, *whole),
        rows_of(spark, RISK_PARTIES, *owing),
        params=PARAMS.model_copy(update=params),
        as_of=AS_OF,
    )
    return {(row["scope"], row["name"]): row for row in kept_rows(found, RISK_ALERTS)}


@pytest.fixture(scope="module")
def found(spark):
    items = {
        "calm": [0.05, 0.09],
        "new": [0.05, 0.10],
        "staying": [0.11, 0.09, 0.081],
        "eased": [0.11, 0.079],
        "calm again": [0.11, 0.079, 0.09],
        "worse": [0.12, 0.25],
        "held": [0.25, 0.165],
        "half eased": [0.25, 0.15],
        "gone": [0.25, None],
    }
    return alerted(spark, items, {"s1": [0.3]})


def test_a_level_begins_at_its_threshold_and_ends_below_four_fifths_of_it(found):
    """Watch from .10 until below .08, act from .20 until below .16."""
    levels = {name: (row["before"], row["level"]) for (scope, name), row in found.items() if scope == "item"}
    assert levels == {
        "new": ("ok", "watch"),
        "staying": ("watch", "watch"),
        "eased": ("watch", "ok"),
        "worse": ("watch", "act"),
        "held": ("act", "act"),
        "half eased": ("act", "watch"),
    }


def test_an_alert_says_since_when_and_until_when(found):
    row = found["item", "staying"]
    assert (row["since"], row["score"]) == (AS_OF - timedelta(weeks=2), pytest.approx(0.081))
    assert (row["enters_from"], row["leaves_below"]) == (pytest.approx(0.10), pytest.approx(0.08))
    assert row["reason"] == (
        "item staying: the shop's worst futures take 8.1 % of what it earns by the plan here; watch since 2017-10-15"
        " (from 10.0 % on, until below 8.0 %)."
    )
    assert found["item", "eased"]["reason"].endswith("ok since 2017-10-29 (from 10.0 % on, until below 8.0 % of watch).")
    assert found["item", "held"]["since"] == AS_OF - timedelta(weeks=1)
    assert found["supplier", "s1"]["level"] == "act"


def test_what_is_no_longer_measured_is_no_alert(found):
    assert ("item", "gone") not in found


def test_what_was_measured_later_or_long_ago_counts_for_nothing(spark):
    """An alert of 30 weeks ago would hold at .09; the look-back is 26 weeks. What comes after as_of is not known."""
    old = [0.11, *[None] * 28, 0.09]
    assert alerted(spark, {"old": old}) == {}
    kept = alerted(spark, {"old": old}, look_back_days=400)
    assert kept["item", "old"]["level"] == "watch"


def test_a_finer_threshold_never_silences(spark):
    scores = {str(k): [0.04 * k] for k in range(1, 8)}
    few, many = (alerted(spark, scores, begins={"item": ends}) for ends in ((0.15, 0.25), (0.10, 0.20)))
    order = ["ok", "watch", "act"]
    assert set(few) <= set(many)
    assert all(order.index(many[key]["level"]) >= order.index(few[key]["level"]) for key in few)


def test_a_customer_who_owes_much_is_an_alert_too(spark):
    found = alerted(spark, {}, customers={"anna": [0.15], "ben": [0.05]}, begins={"customer": (0.1, 0.2)})
    assert {key: row["level"] for key, row in found.items()} == {("customer", "anna"): "watch"}


def test_a_shop_that_earns_nothing_by_the_plan_acts_on_every_loss(spark):
    found = alerted(spark, {"losing": [0.001], "gaining": [-0.5]}, planned=-1.0)
    assert {key: (row["level"], row["score"]) for key, row in found.items()} == {("item", "losing"): ("act", 10.0)}


@pytest.mark.parametrize("wrong", [{"item": (0.2, 0.1)}, {"items": (0.1, 0.2)}, {"item": (0.0, 0.1)}])
def test_thresholds_out_of_order_are_refused(wrong):
    with pytest.raises(ValueError, match="0 < watch < act"):
        AlertParams(begins=wrong)


def test_days_stay_dates(found):
    assert all(type(row["since"]) is date for row in found.values())
