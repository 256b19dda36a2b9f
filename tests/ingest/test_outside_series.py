"""Series from outside the shop, on their way into silver by a user's own file."""

import json
from datetime import date

import pytest
from jobs import ingest_outside_series, land_outside_series
from pyspark.sql import SparkSession

from shelfwise.contracts.silver import OUTSIDE_SERIES
from tests.ingest.builders import Intake, own_files, write

JOBS = (land_outside_series.JOB, ingest_outside_series.JOB)
HEAD = "name,day,price,said"
FIRST, CORRECTED = "fuel,2024-06-03,1.71,2024-06-04", "fuel,2024-06-03,1.69,2024-06-11"
BAD = {
    ",2024-06-03,1.71,2024-06-04": "series_is_missing",
    "b,2024-06-03,0,2024-06-04": "value_is_positive",
    "c,2024-06-03,-3,2024-06-04": "value_is_positive",
    "e,2024-06-03,1.71,": "known_at_is_missing",
}
MAPPING = {
    "zone": "UTC",
    "country": "DE",
    "kinds": {
        "sales": {"pattern": "*.csv", "columns": {n: n for n in ("basket_id", "item_id", "sold_at", "quantity", "revenue")}},
        "outside_series": {
            "pattern": "outside/*.csv",
            "columns": {"series": "name", "starts_on": "day", "value": "price", "known_at": "said"},
        },
    },
}


@pytest.fixture(scope="module")
def own(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Intake:
    """Day one: a price and six bad rows. Day two: the same day's price, corrected, and the first row once more."""
    root = tmp_path_factory.mktemp("outside")
    write(root / "in" / "outside" / "june.csv", HEAD, FIRST, *BAD, "a,,1.71,2024-06-04", "d,2024-06-03,dear,2024-06-04")
    shop = own_files(spark, root, MAPPING)
    shop.run(*JOBS)
    write(root / "in" / "outside" / "july.csv", HEAD, CORRECTED, FIRST)
    shop.run(*JOBS)
    return shop


def test_both_words_on_a_day_are_kept_and_hold_for_every_category(own: Intake) -> None:
    kept = own.rows(OUTSIDE_SERIES).orderBy("known_at").collect()
    assert [tuple(row)[:5] for row in kept] == [
        ("fuel", "*", date(2024, 6, 3), 1.71, date(2024, 6, 4)),
        ("fuel", "*", date(2024, 6, 3), 1.69, date(2024, 6, 11)),
    ]


def test_each_bad_row_is_quarantined_with_its_reason(own: Intake) -> None:
    refused = {json.loads(raw).get("name"): rules for raw, rules in own.refused(OUTSIDE_SERIES)}
    assert refused.pop("d") == {"value_is_no_double", "value_is_missing", "value_is_positive"}
    assert refused.pop("a") == {"starts_on_is_missing", "starts_on_is_plausible"}
    assert refused == {line.split(",")[0] or None: {rule} for line, rule in BAD.items()}
