"""What is assumed where the shop's data are silent."""

from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from shelfwise.contracts.silver import ASSUMPTIONS
from shelfwise.core.conf_rows import conf_rows
from shelfwise.core.job import Conf
from shelfwise.ingest.conform import keep_assumptions
from tests.conftest import settings_under

NAMES = {
    "promotion_notice_days",
    "lead_time_days",
    "review_days",
    "unit_cost_share",
    "holding_cost_share_per_year",
    "case_pack",
    "minimum_units",
    "expedite_days",
    "expedite_cost_share",
    "listing_cost",
    "shelf_cost_per_week",
    "order_line_cost",
    "clearing_loss_share",
    "opening_case_pack",
    "opening_minimum_units",
    "late_order_share",
    "late_order_weeks",
    "short_order_share",
    "shrinkage_share_per_year",
    "return_share",
    "return_loss_share",
    "outages_per_year",
    "outage_weeks",
    "supplier_failure_per_year",
    "replace_weeks",
    "advance_share",
    "advance_loss_share",
    "recalls_per_year",
    "customer_failure_per_year",
    "receivable_loss_share",
    "incident_loss_share",
    "risk_aversion",
    "second_source_share",
    "second_source_premium",
    "second_source_cost_per_year",
    "open_terms_premium",
    "insurance_loading",
    "insurance_deductible",
    "late_delivery_cost_share",
    "bad_review_leave_share",
    "customer_further_orders",
}


def test_each_assumption_holds_everywhere_unless_a_narrower_row_says_otherwise(spark: SparkSession, tmp_path: Path) -> None:
    told = keep_assumptions(conf_rows(spark, settings_under(tmp_path), Conf("assumptions", ASSUMPTIONS)))
    everywhere = {row["name"] for row in told.where("scope = '*'").collect()}
    assert everywhere == {row["name"] for row in told.select("name").distinct().collect()} == NAMES
    assert told.groupBy("scope", "name").count().where("count > 1").isEmpty()


def test_an_order_of_the_least_size_is_whole_cases(spark: SparkSession, tmp_path: Path) -> None:
    """Wherever a case pack is given, so is a least order, and it is a multiple of the pack."""
    told = conf_rows(spark, settings_under(tmp_path), Conf("assumptions", ASSUMPTIONS))
    packs = told.where("name = 'case_pack'").select("scope", F.col("value").alias("pack"))
    least = told.where("name = 'minimum_units'").select("scope", F.col("value").alias("least"))
    both = packs.join(least, "scope", "full").collect()
    assert all(row["pack"] and row["least"] and row["least"] % row["pack"] == 0 for row in both)
