"""What customers on invoice do not pay: as often as foretold, together as far as foretold, and part of the shop's loss."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from shelfwise.contracts.gold.credit_risk import CREDIT_RISK, RISK_PARTIES
from shelfwise.contracts.gold.risk import ALL, RISK_ITEMS, RISK_PORTFOLIO
from shelfwise.risk.futures import FutureParams, Futures, failing, quarterly
from shelfwise.risk.items import measure_items
from shelfwise.risk.parties import measure_parties
from shelfwise.risk.portfolio import measure_portfolio
from shelfwise.risk.receivables import lost
from shelfwise.risk.scenarios import simulate_losses
from tests.introductions.builders import kept_rows, rows_of
from tests.risk.builders import AS_OF
from tests.risk.test_losses import ROWS
from tests.risk.test_tables import MORE, by_part, frames

PARAMS = FutureParams(scenarios=400)
USUAL = {"kind": "customer", "basis": "prior", "assumed": ["pd"], "bucket": "none", "stopped_chance": 0.0, "open_amount": 5e3}
OWING = [
    {"party_id": f"c{n}", "pd_12m": 0.2 + 0.05 * n, "lgd": 0.4, "ead": 100.0 * (n + 1), "expected_loss": 1.0} for n in range(8)
]
OWING[6] |= {"stopped_chance": 0.3}
OTHERS = [
    {"party_id": "nothing", "pd_12m": 0.5, "lgd": 0.4, "ead": 0.0},
    {"party_id": "s1", "kind": "supplier", "pd_12m": 0.5, "lgd": 0.4, "ead": None},
]


def credit_of(spark, *rows):
    return rows_of(spark, CREDIT_RISK, *[USUAL | row for row in rows])


def drawn(rows, scenarios=20_000, **params):
    frame = pd.DataFrame(
        [
            {"customer_id": f"c{n}", "exposure": e, "loss_share": s, "pd_12m": p, "stopped_chance": gone[0] if gone else 0.0}
            for n, (e, s, p, *gone) in enumerate(rows)
        ]
    )
    return lost(frame, Futures(FutureParams(scenarios=scenarios, **params))) / 10_000


def test_losses_come_as_often_as_foretold():
    """PD 19 % a year: 1 - .81^(1/4) = 5.13 % in 13 weeks, of 1,000 at a loss of .4: 20.53 on the average, within 3.5 errors."""
    found = drawn([(1_000.0, 0.4, 0.19)])[0]
    assert set(found) == {0, 400}
    chance = 1 - 0.81**0.25
    assert chance == pytest.approx(0.0513, abs=1e-4)
    assert found.mean() == pytest.approx(400 * chance, abs=3.5 * 400 * (chance * (1 - chance) / 20_000) ** 0.5)


def test_expected_losses_of_many_are_the_sum_of_each():
    rows = [(100.0 + n, 0.3, 0.02 + 0.001 * n) for n in range(200)]
    found = drawn(rows).sum(axis=0)
    expected = sum(e * s * float(quarterly(np.array(p))) for e, s, p in rows)
    assert found.mean() == pytest.approx(expected, abs=3.5 * found.std() / len(found) ** 0.5)


def test_parties_fail_together_as_vasicek_has_it():
    """Two of chance p fail together with the bivariate normal probability of both below its quantile at correlation rho."""
    rho, yearly = 0.3, 0.6
    one, two = drawn([(1.0, 1.0, yearly)] * 2, credit_correlation=rho) > 0
    cut = stats.norm.ppf(1 - (1 - yearly) ** 0.25)
    both = stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]]).cdf([cut, cut])
    assert both > 1.5 * stats.norm.cdf(cut) ** 2
    assert (one & two).mean() == pytest.approx(both, abs=3.5 * (both / 20_000) ** 0.5)


def test_the_worst_futures_are_as_bad_as_vasiceks():
    """Of 2,000 alike, the share that fails is below Phi((Phi^-1(p) + sqrt(rho) z) / sqrt(1 - rho)) with probability Phi(z)."""
    found = drawn([(1.0, 1.0, 0.1)] * 2_000, scenarios=4_000).mean(axis=0)
    p, rho = 1 - 0.9**0.25, 0.12
    for level in (0.5, 0.95, 0.99):
        law = stats.norm.cdf((stats.norm.ppf(p) + rho**0.5 * stats.norm.ppf(level)) / (1 - rho) ** 0.5)
        assert np.quantile(found, level) == pytest.approx(law, rel=0.12)
    apart = drawn([(1.0, 1.0, 0.1)] * 2_000, scenarios=4_000, credit_correlation=0.0).mean(axis=0)
    assert np.quantile(apart, 0.99) < 0.6 * np.quantile(found, 0.99)


def test_who_is_in_default_loses_in_every_future():
    assert (drawn([(10.0, 0.5, 1.0)], scenarios=50) == 5).all()


def test_what_has_stopped_already_fails_within_the_quarter():
    """s = .95, PD = .951: of the .05 that pay p = .001 / .05 = .02 stop within a year, .0050378 within 13 weeks. .95 + .05 x
    .0050378 = .95025, where 1 - .049^(1/4) = .5295 would wait for a year. s = 0: the quarter's; s = 1: for sure."""
    yearly, stopped = np.array([0.951, 0.19, 1.0, 1.0, 0.95]), np.array([0.95, 0.0, 1.0, 0.4, 0.95])
    expected = [0.95 + 0.05 * (1 - 0.98**0.25), 1 - 0.81**0.25, 1, 1, 0.95]
    assert failing(yearly, stopped) == pytest.approx(expected, abs=1e-12)
    found = drawn([(1_000.0, 0.4, 0.951, 0.95)])[0]
    assert (found > 0).mean() == pytest.approx(0.95025, abs=3.5 * (0.95 * 0.05 / 20_000) ** 0.5)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1))
def test_the_quarter_holds_what_has_stopped_and_no_more_than_the_year(pairs):
    stopped = np.array([gone for gone, _ in pairs])
    yearly = stopped + (1 - stopped) * np.array([later for _, later in pairs])
    found = failing(yearly, stopped)
    assert (stopped - 1e-12 <= found).all() and (found <= yearly + 1e-12).all()


@pytest.fixture(scope="module")
def tables(spark):
    exposure, errors = frames(spark, *ROWS, *MORE)
    credit = credit_of(spark, *OWING, *OTHERS)
    scenarios = simulate_losses(exposure, errors, credit, params=PARAMS, as_of=AS_OF)
    return {
        "portfolio": by_part(kept_rows(measure_portfolio(scenarios, as_of=AS_OF), RISK_PORTFOLIO)),
        "items": kept_rows(measure_items(exposure, errors, scenarios, as_of=AS_OF), RISK_ITEMS),
        "parties": kept_rows(measure_parties(credit, scenarios, as_of=AS_OF), RISK_PARTIES),
        "scenarios": {key: np.rint(10_000 * np.array(row["losses"])) for key, row in by_part(scenarios.collect()).items()},
    }


def test_items_and_customers_add_up_to_the_shop(tables):
    total = tables["portfolio"]["total", ALL]
    rows = tables["items"] + tables["parties"]
    for level in (95, 99):
        for what in ("var", "cvar"):
            assert sum(row[f"{what}_{level}_share"] for row in rows) == pytest.approx(total[f"{what}_{level}"], rel=1e-9)
    assert sum(row["expected_loss"] for row in rows) == pytest.approx(total["expected_loss"], rel=1e-9)


def test_customers_are_a_kind_of_credit_loss(tables):
    parts = tables["scenarios"]
    assert (parts["type", "credit"] == parts["kind", "failure"] + parts["kind", "receivables"]).all()
    of_items = np.sum([of for (scope, _), of in parts.items() if scope == "supplier"], axis=0)
    assert (of_items + parts["kind", "receivables"] == parts["total", ALL]).all()
    assert parts["kind", "receivables"].max() > 0
    assert {row["kinds"]["receivables"] for row in tables["items"]} == {0}


def test_a_customers_row_by_hand(tables):
    """c7 owes 800.00, PD 55 %: 1 - .45^(1/4) = 18.1 % in 13 weeks; 320.00 lost then. Nobody who owes nothing, and no supplier."""
    rows = {row["customer_id"]: row for row in tables["parties"]}
    assert set(rows) == {f"c{n}" for n in range(8)}
    row = rows["c7"]
    assert (row["exposure"], row["loss_share"], row["assumed"]) == (800, 0.4, ["pd"])
    assert row["failure_chance"] == pytest.approx(1 - 0.45**0.25)
    chance = row["failure_chance"]
    assert row["expected_loss"] == pytest.approx(320 * chance, abs=3.5 * 320 * (chance * (1 - chance) / 400) ** 0.5)
    assert row["var_99"] == pytest.approx(320)


def test_a_customer_past_due_may_have_failed_already(tables):
    """c6: PD 50 %, of which 30 % has happened: .3 + .7 x (1 - (.5 / .7)^(1/4))."""
    (row,) = [row for row in tables["parties"] if row["customer_id"] == "c6"]
    assert row["failure_chance"] == pytest.approx(0.3 + 0.7 * (1 - (0.5 / 0.7) ** 0.25))
