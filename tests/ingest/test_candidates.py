"""Items that suppliers propose, on their way into silver: by a user's own file, and where a shop has none."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from jobs import ingest_candidates, land_candidates
from pyspark.sql import SparkSession

from shelfwise.contracts.silver import CANDIDATES
from tests.ingest.builders import Intake, intake, own_files, write

JOBS = (land_candidates.JOB, ingest_candidates.JOB)
HEAD = "code,category,price,cost,case,days,review,from,proposed"
GOOD = "tea,TEA,2.50,1.20,6,14,7,2024-07-01,2024-06-01"
BAD = {
    ",TEA,2.50,1.20,6,14,7,,2024-06-01": "item_id_is_missing",
    "b1,,2.50,1.20,6,14,7,,2024-06-01": "category_is_missing",
    "b2,TEA,0,1.20,6,14,7,,2024-06-01": "price_is_positive",
    "b3,TEA,dear,1.20,6,14,7,,2024-06-01": "list_price_is_no_decimal",
    "b4,TEA,2.50,-1.20,6,14,7,,2024-06-01": "cost_is_not_negative",
    "b5,TEA,2.50,1.20,0,14,7,,2024-06-01": "pack_is_positive",
    "b6,TEA,2.50,1.20,6,-1,7,,2024-06-01": "terms_are_not_negative",
    "b7,TEA,2.50,1.20,6,14,0,,2024-06-01": "review_is_positive",
    "b8,TEA,2.50,1.20,6,14,7,soon,2024-06-01": "available_on_is_no_date",
    "b9,TEA,2.50,1.20,6,14,7,,": "known_at_is_missing",
}
MAPPING = {
    "zone": "UTC",
    "country": "DE",
    "kinds": {
        "sales": {"pattern": "*.csv", "columns": {n: n for n in ("basket_id", "item_id", "sold_at", "quantity", "revenue")}},
        "candidates": {
            "pattern": "candidates/*.csv",
            "columns": {
                "item_id": "code",
                "category": "category",
                "list_price": "price",
                "unit_cost": "cost",
                "case_pack": "case",
                "lead_time_days": "days",
                "review_days": "review",
                "available_on": "from",
                "known_at": "proposed",
            },
        },
    },
}


@pytest.fixture(scope="module")
def own(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Intake:
    """Day one: a full proposal, one of which little is said, ten bad ones. Day two: the first again, cheaper."""
    root = tmp_path_factory.mktemp("candidates")
    write(root / "in" / "candidates" / "june.csv", HEAD, GOOD, "cup,CUPS,,,,,,,2024-06-02", *BAD)
    shop = own_files(spark, root, MAPPING)
    shop.run(*JOBS)
    write(root / "in" / "candidates" / "july.csv", HEAD, GOOD.replace("2.50,1.20", "2.40,1.10").replace("2024-06-01", "2024-06-20"))
    shop.run(*JOBS)
    return shop


def test_the_last_proposal_of_an_item_counts(own: Intake) -> None:
    (tea,) = own.rows(CANDIDATES).where("item_id = 'tea'").collect()
    assert (tea["list_price"], tea["unit_cost"], tea["case_pack"]) == (Decimal("2.40"), Decimal("1.10"), 6)
    assert (tea["lead_time_days"], tea["review_days"]) == (14, 7)
    assert (tea["available_on"], tea["known_at"]) == (date(2024, 7, 1), date(2024, 6, 20))


def test_what_a_proposal_does_not_say_is_unknown_or_null(own: Intake) -> None:
    (cup,) = own.rows(CANDIDATES).where("item_id = 'cup'").collect()
    said = {name: value for name, value in cup.asDict().items() if value is not None and not name.startswith("_")}
    unknown = dict.fromkeys(("department", "subcategory", "maker_id"), "UNKNOWN")
    assert said == unknown | {"item_id": "cup", "category": "CUPS", "known_at": date(2024, 6, 2)}


def test_each_bad_proposal_is_quarantined_with_its_reason(own: Intake) -> None:
    refused = {json.loads(raw).get("code"): rules for raw, rules in own.refused(CANDIDATES)}
    assert refused == {line.split(",")[0] or None: {rule} for line, rule in BAD.items()}


def test_each_batch_adds_up(own: Intake) -> None:
    """Day one: 12 rows = 2 good + 10 bad. Day two: 1 row, which takes the place of day one's."""
    assert sorted(counts[1:] for counts in own.ledger(CANDIDATES)) == [(1, 1, 0, 0), (12, 2, 10, 0)]
    assert own.rows(CANDIDATES).count() == 2


@pytest.mark.parametrize("source", ["completejourney", "online_retail"])
def test_a_shop_without_candidates_has_an_empty_table(spark: SparkSession, tmp_path: Path, source: str) -> None:
    shop = intake(spark, tmp_path, source, f"sources.{source}.path={tmp_path}")
    shop.run(*JOBS)
    assert shop.rows(CANDIDATES).isEmpty()
