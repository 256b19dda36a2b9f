"""What stands under `truth/` is what the shop does: its constants give the effects again, and the page names its columns."""

import re
from pathlib import Path

import numpy as np
import pytest

from shelfwise.simulate import credit, truths
from shelfwise.simulate.catalogue import items
from shelfwise.simulate.effects import as_if_listed, category_effect, launch_effect, promotion_effect
from shelfwise.simulate.experiments import appetite
from shelfwise.simulate.plans import CHANNELS, GIFT, NONE, THRESHOLD, plans, relative_prices, response, spend
from shelfwise.simulate.shopping import click_probability
from shelfwise.simulate.suppliers import suppliers
from tests.simulate.conftest import IDS, SPEC, WHO

DOC = Path(__file__).parents[2] / "docs" / "planted-shop.md"
CONSTANTS = truths.constant_truth(SPEC).set_index("name")["value"]


def test_display_mailer_kind_and_dips_are_those_of_the_plans():
    planned = plans(SPEC)
    promoted = planned.kind != NONE
    after, before = np.roll(promoted, 1, axis=1), np.roll(promoted, -1, axis=1)
    after[:, 0] = before[:, -1] = False
    said = CONSTANTS["display"] * planned.display + CONSTANTS["mailer"] * planned.mailer
    said = said + CONSTANTS["threshold"] * (planned.kind == THRESHOLD) + CONSTANTS["gift"] * (planned.kind == GIFT)
    said = said - ~promoted * (CONSTANTS["dip_before"] * before + CONSTANTS["dip_after"] * after)
    assert promotion_effect(SPEC) == pytest.approx(said)


def test_the_buzz_of_a_launch_fades_as_said():
    known = truths.item_truth(SPEC, np.arange(SPEC.items))
    launch = known["launch_day"].to_numpy()
    item = np.flatnonzero((launch > 0) & (launch < 60))[0]
    age = np.arange(SPEC.weeks) * 7 - launch[item]
    said = np.where(age >= 0, CONSTANTS["launch_buzz"] * np.exp(-age / CONSTANTS["buzz_days"]), 0.0)
    assert launch_effect(SPEC)[item] == pytest.approx(said)


def test_positions_and_tastes_make_the_clicks():
    shown, position = np.full(len(IDS), 17), IDS % 10
    known = truths.item_truth(SPEC, np.arange(SPEC.items)).loc[17]
    liking = np.stack(truths.customer_truth(SPEC, IDS)["tastes"])[:, known["main_taste"]]
    looked_at = np.array([CONSTANTS[f"looked_at_{place + 1}"] for place in position])
    said = looked_at * known["appeal"] * (CONSTANTS["liked_little"] + CONSTANTS["liked"] * liking)
    assert click_probability(SPEC, WHO, IDS, shown, position) == pytest.approx(said)


def test_advertising_adds_what_is_said_of_its_spend():
    """Day by day: adstock = spend + carry over x yesterday's; lift = response x adstock / (adstock + half spend)."""
    for number, name in enumerate(CHANNELS):
        most, half, carry = (CONSTANTS[f"{what}_{name}"] for what in ("response", "half_spend", "carry_over"))
        stock, lift = 0.0, []
        for money in spend(SPEC)[number]:
            stock = money + carry * stock
            lift.append(most * stock / (stock + half))
        known = truths.advertising_truth(SPEC)
        assert known[known["channel"] == name].sort_values("day")["lift"].to_numpy() == pytest.approx(np.array(lift))
        assert response(SPEC)[number] == pytest.approx(np.array(lift))


def test_prices_move_demand_by_each_categorys_elasticities():
    """Of what an item would have, listed from the first day: what promotions, season and launch leave of its log."""
    known = truths.category_truth(SPEC).set_index("category_number").loc[items(SPEC).category]
    own, others = relative_prices(SPEC)
    of = {name: known[f"{name}_elasticity"].to_numpy()[:, None] for name in ("own", "cross", "rival")}
    said = of["own"] * own + of["cross"] * others + of["rival"] * plans(SPEC).rivals
    left = np.log(as_if_listed(SPEC)) - promotion_effect(SPEC) - category_effect(SPEC)[items(SPEC).category] - launch_effect(SPEC)
    assert left == pytest.approx(said)


def test_a_suppliers_mean_counts_its_late_deliveries():
    known = truths.supplier_truth(SPEC)
    said = known["mean_days"] + known["late"] * CONSTANTS["late_days"]
    assert known["true_mean_days"].to_numpy() == pytest.approx(said.to_numpy())
    assert (known["short"] == suppliers(SPEC).short).all() and (known["defects"] == suppliers(SPEC).defects).all()


def test_an_experiments_effect_is_what_the_treated_want_more_while_it_runs():
    for row in truths.experiment_truth(SPEC).itertuples():
        during, later = (appetite(SPEC, IDS, np.full(len(IDS), day)) for day in (row.first_day, row.end_day))
        assert set(np.round(during, 9)) == {1.0, round(1 + row.effect, 9)}
        assert (later == 1).all()


def test_a_partys_probabilities_are_those_of_the_shops_levels_and_slopes():
    """Logits of PD and LGD from delivered features and the numbers beside them; its day and loss are those that happen."""
    ids = credit.party_ids(SPEC, credit.SUPPLIER)
    known, z = truths.party_truth(SPEC, credit.SUPPLIER, ids), credit.standardised(credit.parties(SPEC, credit.SUPPLIER, ids))
    for what, column in (("pd", "annual_pd"), ("lgd", "lgd")):
        logits = CONSTANTS[f"{what}_level"] + z @ np.array([CONSTANTS[f"{what}_{name}"] for name in credit.FEATURES])
        assert known[column].to_numpy() == pytest.approx(1 / (1 + np.exp(-logits)))
    assert (known["default_day"] == credit.default_days(SPEC, credit.SUPPLIER, ids)).all()
    assert (known["loss"] == credit.losses(SPEC, credit.SUPPLIER, ids)).all()


def test_the_page_names_the_columns_of_every_truth():
    rows = re.findall(
        r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$", DOC.read_text().partition("## Truth")[2].partition("## Constants")[0], re.MULTILINE
    )
    told = {name: [column.split(" ")[0] for column in columns.split(", ")] for name, columns in rows}
    plain = {"item": "item_id", "customer": "customer_id", "supplier": "supplier_id", "substitute": "substitute_id"}
    made = {
        "items": truths.item_truth(SPEC, np.arange(3)),
        "categories": truths.category_truth(SPEC),
        "customers": truths.customer_truth(SPEC, np.arange(3)),
        "suppliers": truths.supplier_truth(SPEC),
        "advertising": truths.advertising_truth(SPEC),
        "experiments": truths.experiment_truth(SPEC),
        "constants": truths.constant_truth(SPEC),
        "parties": truths.party_truth(SPEC, credit.SUPPLIER, np.arange(3)),
    }
    for name, frame in made.items():
        delivered = [plain.get(column, re.sub("_day$", "_on", column)) for column in frame.columns]
        assert told[name] == delivered, name
    assert set(told) == {*made, "weights", "demand", "wants", "deliveries", "reviews"}
