"""From exposures to the risk tables: parts add up, whoever works them off, and few rows by hand."""

from decimal import Decimal

import numpy as np
import pytest

from shelfwise.contracts.gold.credit_risk import CREDIT_RISK
from shelfwise.contracts.gold.risk import (
    ALL,
    CONCENTRATION,
    DEMAND_ERRORS,
    EXPOSURE,
    KINDS,
    RISK_ITEMS,
    RISK_PORTFOLIO,
    RISK_SCENARIOS,
    RISK_STRESS,
    RISK_SUPPLIERS,
    TYPES,
)
from shelfwise.contracts.silver import ITEMS
from shelfwise.risk.concentration import measure_concentration
from shelfwise.risk.futures import FutureParams
from shelfwise.risk.items import PHRASES, measure_items
from shelfwise.risk.portfolio import measure_portfolio
from shelfwise.risk.scenarios import simulate_losses
from shelfwise.risk.stress import STRESSES, StressParams, stress_test
from shelfwise.risk.suppliers import measure_suppliers
from tests.introductions.builders import kept_rows, rows_of
from tests.risk.builders import AS_OF, exposed_row
from tests.risk.test_losses import ROWS

PARAMS = FutureParams(scenarios=200)
MORE = [
    exposed_row("d", supplier_id="s2", category="TEA", inbound=60.0, on_hand=0.0, advance=18.0, advance_loss_share=0.5),
    exposed_row("e", supplier_id="s3", unit_price=2.0, description="Plain rice"),
]


def frames(spark, *rows):
    factors = [[0.8] * 6 + [1.2] * 7, [1.1] * 6 + [0.9] * 7]
    errors = rows_of(spark, DEMAND_ERRORS, {"department": "GROCERY", "together": 0.5, "factors": factors})
    money = [row | {name: Decimal(str(row[name])) for name in ("unit_price", "unit_cost")} for row in rows]
    return rows_of(spark, EXPOSURE, *money), errors


@pytest.fixture(scope="module")
def tables(spark):
    exposure, errors = frames(spark, *ROWS, *MORE)
    scenarios = simulate_losses(exposure, errors, rows_of(spark, CREDIT_RISK), params=PARAMS, as_of=AS_OF)
    portfolio = measure_portfolio(scenarios, as_of=AS_OF)
    items = measure_items(exposure, errors, scenarios, as_of=AS_OF)
    return {
        "scenarios": kept_rows(scenarios, RISK_SCENARIOS),
        "portfolio": kept_rows(portfolio, RISK_PORTFOLIO),
        "items": kept_rows(items, RISK_ITEMS),
        "suppliers": kept_rows(measure_suppliers(exposure, items, portfolio, as_of=AS_OF), RISK_SUPPLIERS),
    }


def by_part(rows):
    return {(row["scope"], row["name"]): row for row in rows}


def test_parts_of_each_scope_add_up_in_each_scenario(tables):
    parts = {key: np.rint(10_000 * np.array(row["losses"])) for key, row in by_part(tables["scenarios"]).items()}
    for scope in ("type", "kind", "department", "category", "supplier"):
        assert (np.sum([of for (one, _), of in parts.items() if one == scope], axis=0) == parts["total", ALL]).all(), scope
    for type, kinds in TYPES.items():
        assert (np.sum([parts["kind", kind] for kind in kinds], axis=0) == parts["type", type]).all()
    assert {name for scope, name in parts if scope == "category"} == {"GROCERY / SOUP", "GROCERY / TEA", "DRINKS / SOUP"}
    assert np.std(parts["total", ALL]) > 0


def test_a_part_alone_loses_what_it_does_among_others(spark, tables):
    """However items are spread over tasks."""
    exposure, errors = frames(spark, ROWS[1], MORE[0])
    alone = by_part(
        simulate_losses(exposure.repartition(7), errors, rows_of(spark, CREDIT_RISK), params=PARAMS, as_of=AS_OF).collect()
    )
    assert list(alone["supplier", "s2"]["losses"]) == list(by_part(tables["scenarios"])["supplier", "s2"]["losses"])


def test_shares_of_the_tail_add_up(tables):
    portfolio = by_part(tables["portfolio"])
    total = portfolio["total", ALL]
    for level in (95, 99):
        for what in ("var", "cvar"):
            whole = total[f"{what}_{level}"]
            assert total[f"{what}_{level}_share"] == pytest.approx(whole, rel=1e-9)
            for scope in ("type", "kind", "department", "category", "supplier"):
                shares = [row[f"{what}_{level}_share"] for (one, _), row in portfolio.items() if one == scope]
                assert sum(shares) == pytest.approx(whole, rel=1e-9)
            assert sum(row[f"{what}_{level}_share"] for row in tables["items"]) == pytest.approx(whole, rel=1e-9)


def test_items_and_their_kinds_are_those_of_the_scenarios(tables):
    portfolio = by_part(tables["portfolio"])
    assert sum(row["expected_loss"] for row in tables["items"]) == pytest.approx(portfolio["total", ALL]["expected_loss"])
    for kind in KINDS:
        of_items = sum(row["kinds"][kind] for row in tables["items"])
        assert of_items == pytest.approx(portfolio["kind", kind]["cvar_95_share"], abs=1e-9)
    for row in tables["items"]:
        assert sum(row["kinds"].values()) == pytest.approx(row["cvar_95_share"], abs=1e-9)
        assert row["kinds"][row["main_kind"]] == max(row["kinds"].values())


def test_an_items_row_by_hand(tables):
    """Rice: 2.00 for what costs 3.00, 30 of it on hand and 97 % of the other 100 to come: -127.00; on hand at cost: 90.00."""
    (rice,) = (row for row in tables["items"] if row["item_id"] == "e")
    assert (rice["planned_margin"], rice["stock_at_risk"]) == (pytest.approx(-127), 90)
    assert rice["reason"].startswith(f"Plain rice: {rice['expected_loss']:.2f} of the plan's margin of -127.00 lost on the average")
    assert rice["reason"].endswith(f"it loses {rice['cvar_95_share']:.2f}, most of it since {PHRASES[rice['main_kind']]}.")
    assert rice["assumed"] == ["outages"]


def test_a_suppliers_row_by_hand(tables):
    """s2 has b and d: 10 a week at a margin of 2.00 each, 30 and 0 on hand, 20 and 60 inbound at 3.00. b survives 3 weeks, d none:
    1.5 by margin; in 4 weeks b loses one week's 20.00, d 80.00."""
    (row,) = (row for row in tables["suppliers"] if row["supplier_id"] == "s2")
    assert (row["items"], row["inbound_value"], row["advance"], row["recover_weeks"]) == (2, 240, 18, 4)
    assert (row["survive_weeks"], row["lost_in_outage"]) == (pytest.approx(1.5), pytest.approx(100))
    assert (row["late_share"], row["short_share"], row["failure_per_year"]) == (0, pytest.approx(0.2 * 20 / 80), 0.4)
    assert sum(one["margin_share"] for one in tables["suppliers"]) == pytest.approx(1)
    portfolio = by_part(tables["portfolio"])["supplier", "s2"]
    assert row["cvar_95_share"] == portfolio["cvar_95_share"]


def test_stresses_cost_what_they_add(spark):
    """Two items of one sort, 30 % less of everything: less is sold, 39 of 130 each, at 2.00."""
    calm = [exposed_row("a"), exposed_row("b", supplier_id="s2", unit_price=6.0)]
    exposure, errors = frames(spark, *calm)
    steady = StressParams(scenarios=60, break_chance=0.0, price_war=0.0, rival_sd=0.0, cost_sd=0.0, fill_rate=1.0)
    items = rows_of(
        spark, RISK_ITEMS, *[{"item_id": name, "planned_margin": 260.0, "main_kind": "demand", "kinds": {}} for name in "ab"]
    )
    found = stress_test(
        exposure, errors.where("department = 'none'"), rows_of(spark, CREDIT_RISK), items, params=steady, as_of=AS_OF
    )
    rows = {(row["stress"], row["kind"]): row for row in kept_rows(found, RISK_STRESS)}
    assert {stress for stress, _ in rows} == set(STRESSES)
    assert {kind for _, kind in rows} == {ALL, *KINDS}
    down = rows["demand_down", ALL]
    assert (down["added_loss"], down["without"], down["added_loss_error"]) == (
        pytest.approx(39 * 2 + 39 * 3),
        pytest.approx(0),
        pytest.approx(0),
    )
    assert down["margin_share"] == pytest.approx(195 / 520)
    # b earns most: its supplier out for 4 weeks costs its fourth week, its recall about half of what it earns
    assert rows["supplier_out", "outage"]["added_loss"] == pytest.approx(30)
    assert rows["lead_times_double", "late"]["added_loss"] == pytest.approx(20 * 2 + 20 * 3)
    assert 100 < rows["recall", "recall"]["added_loss"] < 290
    assert rows["price_war", "price"]["added_loss"] > 0


def test_concentration_by_hand(spark):
    """Margins 300, 100 and 100: .36 + .04 + .04 = .44, 2.27 equal parts; by supplier 300 and 200: .52. A loss counts 0."""
    rows = [
        exposed_row("a", far_mean=150.0),
        exposed_row("b", far_mean=50.0, supplier_id="s2"),
        exposed_row("c", far_mean=50.0, supplier_id="s2"),
        exposed_row("d", unit_price=2.0, supplier_id="s3"),
    ]
    exposure, _ = frames(spark, *rows)
    items = rows_of(spark, ITEMS, *[{"item_id": name, "maker_id": "m1", "sold_by": "each"} for name in "abc"])
    found = {row["by"]: row for row in kept_rows(measure_concentration(exposure, items, as_of=AS_OF), CONCENTRATION)}
    item, supplier = found["item"], found["supplier"]
    assert (item["parts"], item["hhi"], item["effective"]) == (3, pytest.approx(0.44), pytest.approx(1 / 0.44))
    assert (item["largest"], item["largest_share"], item["top_ten_share"]) == ("a", 0.6, 1)
    assert (supplier["parts"], supplier["hhi"], supplier["largest"]) == (2, pytest.approx(0.52), "s1")
    assert (found["brand"]["hhi"], found["brand"]["largest"]) == (1, "m1")
    assert found["category"]["largest"] == "GROCERY / SOUP"


def test_a_more_concentrated_shop_is_riskier(spark):
    """The same demand, stock and margin of one item or of four whose demands don't move together."""
    wide = [0.0, 2.0, 10.0, 20.0, 60.0, 120.0, 190.0, 250.0, 275.0, 300.0, 310.0]
    one = exposed_row(
        "all", far=[4 * units for units in wide], far_mean=4 * 130.0, on_hand=120.0, near_mean=120.0, near=[120.0] * 11
    )
    four = [exposed_row(name, far=wide) for name in "abcd"]
    found = []
    for rows in ([one], four):
        exposure, errors = frames(spark, *rows)
        plain = errors.where("department = 'none'")
        scenarios = simulate_losses(exposure, plain, rows_of(spark, CREDIT_RISK), params=PARAMS, as_of=AS_OF)
        (total,) = measure_portfolio(scenarios, as_of=AS_OF).where("scope = 'total'").collect()
        found.append(total)
    assert found[0]["cvar_95"] > 1.2 * found[1]["cvar_95"]
    assert found[0]["loss_sd"] > 1.5 * found[1]["loss_sd"]
