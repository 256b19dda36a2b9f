"""Rows on their way into silver: the bad ones into quarantine with their reasons, and every count reconciles."""

import json
from pathlib import Path

import pytest
from jobs import ingest_sales_lines, land_sales
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from shelfwise.contracts.silver import SALES_LINES
from shelfwise.core.admission import LEDGER
from tests.ingest.builders import DAILY, Intake, intake, write

JOBS = (land_sales.JOB, ingest_sales_lines.JOB)
GOOD = "1,10001,MUG,2,2011-01-04 10:00:00,1.50,17850.0,United Kingdom"
BAD = {
    "2,10001,MUG,two,2011-01-04 10:00:00,1.50,17850.0,United Kingdom": "quantity_is_no_number",
    "3,10001,MUG,2,2011-01-04 10:00:00,cheap,17850.0,United Kingdom": "unit_price_is_no_number",
    "4,10001,MUG,2,yesterday,1.50,17850.0,United Kingdom": "invoice_date_is_no_time",
    "5,10001,MUG,2,1900-01-04 10:00:00,1.50,17850.0,United Kingdom": "sold_on_is_plausible",
    "6,10001,MUG,2,2999-01-04 10:00:00,1.50,17850.0,United Kingdom": "sold_on_is_plausible",
    "7,10001,MUG,-2,2011-01-04 10:00:00,1.50,17850.0,United Kingdom": "stock_correction",
    "8,10001,MUG,2000000,2011-01-04 10:00:00,0.01,17850.0,United Kingdom": "quantity_is_plausible",
    "9,10001,MUG,99999999999999999999,2011-01-04 10:00:00,1.50,17850.0,United Kingdom": "quantity_is_no_number",
    "10,10001,MUG,0,2011-01-04 10:00:00,1.50,17850.0,United Kingdom": "sale_has_quantity",
    "11,10001,MUG": "wrong_number_of_fields",
    "12,10001,MUG,2,2011-01-04 10:00:00,1.50,17850.0,United Kingdom,more": "wrong_number_of_fields",
    ",10001,MUG,2,2011-01-04 10:00:00,1.50,17850.0,United Kingdom": "basket_id_is_missing",
}


@pytest.fixture(scope="module")
def shop(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Intake:
    """Day one: a good line, the same again, twelve bad ones, one that is not UTF-8. Day two: the good line again and a new one."""
    root = tmp_path_factory.mktemp("bad_rows")
    write(root / "in" / "2011-01-04.csv", DAILY, GOOD, GOOD, *BAD)
    write(root / "in" / "latin1.csv", DAILY, GOOD.replace("MUG", "CAF\u00c9 MUG"), encoding="latin-1")
    arriving = intake(spark, root, "online_retail", f"sources.online_retail.path={root / 'in'}")
    arriving.run(*JOBS)
    write(root / "in" / "2011-01-05.csv", DAILY, GOOD, GOOD.replace("2011-01-04", "2011-01-05"))
    arriving.run(*JOBS)
    return arriving


def test_each_bad_row_is_quarantined_with_its_reason_and_its_text(shop: Intake) -> None:
    refused = {json.loads(raw).get("InvoiceNo"): (rules, raw) for raw, rules in shop.refused(SALES_LINES) if "\ufffd" not in raw}
    assert len(refused) == len(BAD)
    for line, rule in BAD.items():
        rules, raw = refused[line.split(",")[0] or None]
        assert rule in rules
        assert line.split(",")[2] in raw


def test_bytes_that_are_no_utf8_are_told(shop: Intake) -> None:
    assert [rules for raw, rules in shop.refused(SALES_LINES) if "\ufffd" in raw] == [{"text_is_not_utf8"}]


def test_read_equals_accepted_and_quarantined_and_duplicates_in_each_batch(shop: Intake) -> None:
    """Day one: 15 rows = 1 good + 1 duplicate + 13 bad. Day two: 2 rows = 1 new + 1 that day one had brought."""
    assert shop.ledger(SALES_LINES) == [(101, 15, 1, 13, 1), (201, 2, 1, 0, 1)]


def test_a_line_of_an_earlier_batch_is_not_taken_again(shop: Intake) -> None:
    days = [str(row["sold_on"]) for row in shop.rows(SALES_LINES).orderBy("sold_on").collect()]
    assert days == ["2011-01-04", "2011-01-05"]


def test_nothing_new_is_nothing_to_do(shop: Intake) -> None:
    assert [report.state for report in shop.run(*JOBS)] == ["skipped", "skipped"]


def test_a_run_killed_before_the_ledger_repeats_the_batch_with_an_equal_outcome(shop: Intake) -> None:
    """The ledger row of the second batch is taken away, as if the run had been killed just before it was written."""
    before = sorted(shop.rows(SALES_LINES).collect())
    counted, refused = shop.ledger(SALES_LINES), shop.refused(SALES_LINES)
    kept = shop.lake.read(LEDGER).where(F.col("batch") != 201).localCheckpoint()
    shop.lake.replace(LEDGER, kept)
    list(shop.runner.run([ingest_sales_lines.JOB], force=True, tell=lambda job, state: None))
    assert sorted(shop.rows(SALES_LINES).collect()) == before
    assert (shop.ledger(SALES_LINES), shop.refused(SALES_LINES)) == (counted, refused)


def test_no_customer_id_and_no_key_is_in_silver(shop: Intake, tmp_path: Path) -> None:
    """17850 is the customer of every line; its pseudonym has 64 hexadecimal digits."""
    rows = [" ".join(str(value) for value in row) for row in shop.rows(SALES_LINES).collect()]
    key = Path(shop.runner.settings.pseudonyms.key_file).read_text()
    assert rows and not [row for row in rows if "17850" in row or key in row]
    assert {len(row["customer_id"]) for row in shop.rows(SALES_LINES).collect()} == {64}
