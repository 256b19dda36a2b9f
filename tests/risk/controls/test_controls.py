"""From exposures to gold.risk_controls: what is offered, chosen, and kept off together."""

import pytest

from shelfwise.contracts.gold.controls import RISK_CONTROLS, TOGETHER
from shelfwise.contracts.gold.credit_risk import CREDIT_RISK
from shelfwise.contracts.silver import ASSUMPTIONS, ITEMS
from shelfwise.risk.controls.chosen import ControlParams, choose_controls
from shelfwise.risk.futures import FutureParams
from shelfwise.risk.scenarios import simulate_losses
from tests.introductions.builders import kept_rows, rows_of
from tests.risk.builders import AS_OF, exposed_row
from tests.risk.controls.test_effects import TERMS
from tests.risk.test_tables import frames

PARAMS = {"scenarios": 100}
OFTEN = {"outages_per_year": 3.0, "recover_weeks": 6.0}
ROWS = [
    exposed_row("a", **OFTEN),
    exposed_row("b", **OFTEN, shrinkage_share=0.1),
    exposed_row("c", supplier_id="s2", category="TEA", on_hand=400.0, holding=0.05, clearing=0.5),
    exposed_row("d", supplier_id="s3", inbound=40.0, drafted=40.0),
]


def assumed(spark, **changed):
    values = TERMS | {"risk_aversion": 0.0} | changed
    return rows_of(spark, ASSUMPTIONS, *[{"scope": "*", "name": name, "value": value} for name, value in values.items()])


def choose(spark, *rows, terms=None, spread=1, drawn=200, **params):
    exposure, errors = frames(spark, *rows)
    exposure = exposure.repartition(spread)
    futures = FutureParams(scenarios=drawn)
    scenarios = simulate_losses(exposure, errors, rows_of(spark, CREDIT_RISK), params=futures, as_of=AS_OF)
    items = rows_of(spark, ITEMS, {"item_id": "a", "maker_id": "m1", "sold_by": "each"})
    found = choose_controls(
        exposure, errors, scenarios, items, terms or assumed(spark), params=ControlParams(**(PARAMS | params)), as_of=AS_OF
    )
    return {(row["control"], row["name"]): row for row in kept_rows(found, RISK_CONTROLS)}


@pytest.fixture(scope="module")
def found(spark):
    return choose(spark, *ROWS)


def test_a_suppliers_control_adds_up_its_items_and_its_own_fee(found):
    """s1: two items of 130 at 3.00, a quarter of it 4 % dearer, and a quarter of 52.00 a year: 3.90 x 2 + 13.00 = 20.80."""
    row = found["dual_source", "s1"]
    assert (row["items"], row["scope"]) == (2, "supplier")
    assert row["net_cost"] == pytest.approx(20.8)
    assert row["net"] == pytest.approx(row["worth"] - 20.8)
    assert row["worth"] == row["avoided"]
    assert row["per_money"] == pytest.approx(row["worth"] / 20.8)
    assert row["chosen"]
    assert row["reason"].startswith("A second supplier kept ready beside s1 (items: 2) keeps off ")
    assert row["reason"].endswith("and costs 20.80: worth it.")


def test_an_insurer_asks_more_than_the_mean_so_that_only_the_averse_insure(spark, found):
    row = found["stock_insurance", "GROCERY"]
    assert (row["chosen"], row["net"] < 0) == (False, True)
    averse = choose(spark, *ROWS, terms=assumed(spark, risk_aversion=1.0, insurance_loading=0.01))
    for key, row in averse.items():
        if key[0] != TOGETHER:
            assert row["worth"] == pytest.approx(row["avoided_worst"])
    assert found["supply_insurance", "s1"]["net"] < 0 < averse["supply_insurance", "s1"]["net"]


def test_what_is_too_much_is_cleared_where_holding_costs_more(found):
    """270 beyond 130 at most: .05 a week for 13 weeks, then .50: 1.15 each against .50 now."""
    row = found["clear_out", "c"]
    assert row["net_cost"] < 0
    assert row["per_money"] is None
    assert "earns" in row["reason"]


def test_of_a_group_one_is_chosen_at_most(found):
    chosen = [key for key, row in found.items() if row["chosen"] and key[1] == "s1"]
    assert len([name for name, _ in chosen if name in ("dual_source", "supply_insurance")]) == 1


def test_all_that_is_chosen_together(found):
    whole = found[TOGETHER, "*"]
    alone = [row for row in found.values() if row["chosen"] and row["control"] != TOGETHER]
    assert len(alone) >= 2
    assert whole["net_cost"] == pytest.approx(sum(row["net_cost"] for row in alone), abs=0.05)
    # in other scenarios than those by which was chosen
    assert whole["avoided"] == pytest.approx(sum(row["avoided"] for row in alone), abs=4 * whole["avoided_error"])
    assert whole["avoided_error"] > 0
    assert whole["assumed"] == sorted(("second_source_cost_per_year", "second_source_premium", "second_source_share"))
    assert found["clear_out", "c"]["assumed"] == []


def test_a_budget_of_nothing_buys_only_what_pays_for_itself(spark):
    found = choose(spark, *ROWS, budget=0.0)
    assert found["clear_out", "c"]["chosen"] and not found["dual_source", "s1"]["chosen"]
    for (control, _), row in found.items():
        if control != TOGETHER and row["chosen"]:
            assert row["net_cost"] <= 0


def test_the_same_controls_however_items_are_spread(spark, found):
    again = choose(spark, *ROWS, spread=7)
    assert again == found


def test_half_of_few_scenarios_choose_and_half_confirm(spark):
    """40 are drawn of the 100 that are asked for, twice over: 20 and 20."""
    found = choose(spark, *ROWS, drawn=40)
    assert found[TOGETHER, "*"]["net"] > 0


def test_what_brings_less_than_anybody_looks_for_is_not_chosen(spark, found):
    """All are told alike, and those that bring no more than `least` are left alone."""
    bound = found["dual_source", "s1"]["net"]
    fewer = choose(spark, *ROWS, least=bound)
    alone = {key: row for key, row in found.items() if row["control"] != TOGETHER}
    assert {key for key, row in fewer.items() if row["chosen"] and row["control"] != TOGETHER} == {
        key for key, row in alone.items() if row["chosen"] and row["net"] > bound
    }
    assert fewer["dual_source", "s1"]["reason"].endswith("and costs 20.80: hardly worth it.")


def test_nothing_worth_doing_is_no_row_together(spark):
    found = choose(spark, exposed_row("a", holding=5.0, clearing=3.0))
    assert not [row for row in found.values() if row["chosen"]]


def test_a_shop_without_the_assumption_is_told_so(spark):
    terms = assumed(spark).where("name <> 'risk_aversion'")
    with pytest.raises(Exception, match="no row of scope '\\*' for risk_aversion"):
        choose(spark, *ROWS, terms=terms)
