"""A planted shop's files as silver: items that it could list, worked by hand."""

from datetime import date
from decimal import Decimal

import pytest
from pyspark.sql import SparkSession

from shelfwise.contracts.silver import CANDIDATES
from shelfwise.core.admission import judge
from shelfwise.simulate.spec import PRESETS
from shelfwise.sources import simulated as shop
from tests.sources.builders import bronze

SCHEMA = ", ".join(f"{name} {type}" for name, type in shop.COLUMNS["candidates"].items()) + ", style string"
HAM = {"item_id": "I000012", "department": "FRESH", "category": "FRESH 0000", "subcategory": "HAM 00001", "brand": "B00003"}
HAM |= {"description": "Brand 3 organic ham, standard", "package_size": "standard", "private_label": False, "style": "organic"}
HAM |= {"supplier_id": "S00001", "unit_cost": Decimal("1.99"), "case_pack": 12, "minimum_units": 24, "lead_time_days": 15}
HAM |= {"review_days": 7, "shelf_life_days": 720, "list_price": Decimal("2.89")}


def proposed(**changes: object) -> tuple[object, ...]:
    return tuple((HAM | changes)[name.split()[0]] for name in SCHEMA.split(", "))


def test_a_candidate_has_its_words_its_price_and_its_terms(spark: SparkSession) -> None:
    """All that the file says but the style; it can be ordered at once and was known when the shop opened."""
    judged = judge(shop.candidates({"candidates": bronze(spark, SCHEMA, proposed())}), CANDIDATES)
    (row,) = judged.select(*CANDIDATES.columns, "broken").collect()
    same = {name: value for name, value in HAM.items() if name not in ("brand", "style")}
    assert row.asDict() == same | {"maker_id": "B00003", "available_on": None, "known_at": date(2023, 1, 2), "broken": []}


def test_a_bad_candidate_breaks_a_rule_by_name(spark: SparkSession) -> None:
    """A cost of 0 is a gift, and good; -0.01 is none."""
    changes = {"unit_cost": Decimal("-0.01")}, {"item_id": None}, {"list_price": Decimal(0)}, {"unit_cost": Decimal(0)}
    raw = bronze(spark, SCHEMA, *[proposed(description=str(n), **change) for n, change in enumerate(changes)])
    judged = judge(shop.candidates({"candidates": raw}), CANDIDATES).orderBy("description")
    broken = [row["broken"] for row in judged.collect()]
    assert broken == [["cost_is_not_negative"], ["item_id_is_missing"], ["price_is_positive"], []]


@pytest.mark.parametrize("preset", PRESETS)
def test_candidates_are_known_from_the_first_day_that_every_shop_has(preset: str) -> None:
    assert PRESETS[preset].start == shop.FIRST_DAY
