"""Complete Journey's columns become silver's: worked by hand."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from pyspark.sql import DataFrame, SparkSession

from shelfwise.core.errors import SettingsError
from shelfwise.sources import completejourney as cj
from tests.sources.builders import bronze

SALES = (
    "household_id long, store_id long, basket_id long, product_id long, quantity long, sales_value double, retail_disc double,"
    " coupon_disc double, coupon_match_disc double, week long, transaction_timestamp timestamp"
)
ITEMS = (
    "product_id long, manufacturer_id long, department string, brand string, product_category string, product_type string,"
    " package_size string"
)
PROMOTIONS = "product_id long, store_id long, display_location string, mailer_location string, week long"
CAMPAIGNS = "campaign_id long, campaign_type string, start_date timestamp, end_date timestamp"


@pytest.fixture
def sales(spark: SparkSession) -> DataFrame:
    """Two lines: one at 3 in the morning UTC of 2 January, which is the evening of the 1st in New York."""
    night, noon = datetime(2017, 1, 2, 3, tzinfo=UTC), datetime(2017, 7, 3, 16, 30, tzinfo=UTC)
    return bronze(
        spark,
        SALES,
        (900, 330, 31198570044, 1095275, 2, 3.49, 0.5, 1.0, 0.25, 1, night),
        (901, 331, 31198570045, 999, 1, 1.0, 0.0, 0.0, 0.0, 27, noon),
    )


def test_a_sales_line_has_the_shops_day_and_its_discounts_by_who_pays_them(sales: DataFrame, tmp_path: Path) -> None:
    """Received 3.49; the retailer gave .50 + .25 matched = .75; the maker's coupon 1.00. Shelf value 3.49 + .75 = 4.24."""
    line = cj.sales_lines({"sales": sales}, key_file=str(tmp_path / "key")).where("line_id = '31198570044-1095275'").first()
    assert line is not None
    assert (line["basket_id"], line["item_id"], line["location_id"]) == ("31198570044", "1095275", "330")
    assert line["sold_on"] == date(2017, 1, 1)
    assert (line["revenue"], line["discount"], line["coupon_discount"]) == (Decimal("3.49"), Decimal("0.75"), Decimal("1.00"))
    assert line["quantity"] == 2 and line["kind"] == "sale" and line["broken"] == []
    assert line["customer_id"] != "900" and '"household_id":900' in line["raw"]


def test_items_have_a_category_path_and_what_is_not_said_is_unknown(spark: SparkSession) -> None:
    listed = bronze(
        spark,
        ITEMS,
        (1, 69, "GROCERY", "Private", "COOKIES", "SPECIALTY COOKIES", "14 OZ"),
        (2, 2, "MISCELLANEOUS", "National", "COUPON/MISC ITEMS", "GASOLINE-REG UNLEADED", None),
        (3, 2, "FUEL", "National", None, None, None),
        (4, 2, "DRUG GM", "National", "TICKETS", "TICKETS", None),
        (5, 2, "TRAVEL & LEISURE", "National", "APPLES", "APPLES GALA", None),
    )
    rows = {row["item_id"]: row for row in cj.items({"items": listed}).collect()}
    assert [rows["1"][name] for name in ("department", "category", "subcategory", "maker_id", "private_label", "sold_by")] == [
        "GROCERY", "COOKIES", "SPECIALTY COOKIES", "69", True, "each",
    ]  # fmt: skip
    assert rows["1"]["description"] == "SPECIALTY COOKIES, 14 OZ"
    assert rows["2"]["sold_by"] == rows["3"]["sold_by"] == "measure"
    assert (rows["4"]["sold_by"], rows["5"]["sold_by"]) == ("service", "each")
    assert (rows["3"]["category"], rows["3"]["description"], rows["3"]["private_label"]) == ("UNKNOWN", "FUEL", False)


def test_a_sold_product_that_is_on_no_list_becomes_an_unknown_item(spark: SparkSession, sales: DataFrame) -> None:
    """Sold: 1095275 and 999; listed: 1095275."""
    listed = bronze(spark, ITEMS, (1095275, 69, "GROCERY", "Private", "COOKIES", "COOKIES", "14 OZ"))
    rows = cj.unlisted_items({"sales": sales, "items": listed}).collect()
    assert [(row["item_id"], row["department"], row["sold_by"]) for row in rows] == [("999", "UNKNOWN", "unknown")]


def test_customers_carry_only_what_is_known_of_them(spark: SparkSession, sales: DataFrame, tmp_path: Path) -> None:
    """900 has demographics without home ownership; 901 was seen at the till only."""
    listed = bronze(
        spark,
        "household_id long, age string, income string, home_ownership string, marital_status string, household_size string,"
        " household_comp string, kids_count string",
        (900, "65+", "35-49K", None, "Married", "2", "2 Adults No Kids", "0"),
    )
    key = str(tmp_path / "key")
    known = cj.customers({"customers": listed}, key_file=key).collect()
    seen = cj.unlisted_customers({"customers": listed, "sales": sales}, key_file=key).collect()
    assert "home_ownership" not in known[0]["attributes"] and known[0]["attributes"]["age"] == "65+"
    assert [row["attributes"] for row in seen] == [{}]
    assert known[0]["customer_id"] != seen[0]["customer_id"]


def test_weeks_of_promotions_run_from_monday_to_sunday_but_the_first(spark: SparkSession) -> None:
    """Week 1 is Sunday 1 January alone; week 2 starts Monday 2 January; week 3 seven days later. Week 99 has no date."""
    shelf = bronze(spark, PROMOTIONS, (1, 316, "9", "0", 1), (1, 316, "0", "A", 2), (1, 316, "0", "0", 3), (1, 316, "0", "0", 99))
    rows = {row["starts_on"]: row for row in cj.shelf_promotions({"promotions": shelf}).collect()}
    assert {start: row["ends_on"] for start, row in rows.items() if start} == {
        date(2017, 1, 1): date(2017, 1, 1),
        date(2017, 1, 2): date(2017, 1, 8),
        date(2017, 1, 9): date(2017, 1, 15),
    }
    shown = [(rows[day]["display"], rows[day]["mailer"]) for day in (date(2017, 1, 1), date(2017, 1, 2))]
    assert shown == [(True, False), (False, True)]
    assert None in rows


def test_a_coupon_holds_everywhere_while_its_campaign_runs(spark: SparkSession) -> None:
    """Campaign 26 runs from 28 December to 19 February; campaign 77 is unknown and gives no dates."""
    coupons = bronze(spark, "coupon_upc long, product_id long, campaign_id long", (10, 5, 26), (11, 6, 77))
    campaigns = bronze(spark, CAMPAIGNS, (26, "Type B", datetime(2016, 12, 28, tzinfo=UTC), datetime(2017, 2, 19, tzinfo=UTC)))
    rows = {row["item_id"]: row for row in cj.coupon_promotions({"coupons": coupons, "campaigns": campaigns}).collect()}
    assert (rows["5"]["location_id"], rows["5"]["starts_on"], rows["5"]["ends_on"]) == ("*", date(2016, 12, 28), date(2017, 2, 19))
    assert rows["5"]["coupon"] and rows["5"]["campaign_id"] == "26"
    assert rows["6"]["starts_on"] is None


def test_a_campaign_counts_whom_it_addressed(spark: SparkSession) -> None:
    """Households 1 and 2, one of them twice: two."""
    campaigns = bronze(spark, CAMPAIGNS, (26, "Type B", datetime(2016, 12, 28, tzinfo=UTC), datetime(2017, 2, 19, tzinfo=UTC)))
    addressed = bronze(spark, "campaign_id long, household_id long", (26, 1), (26, 2), (26, 2))
    rows = cj.campaigns({"campaigns": campaigns, "campaign_customers": addressed}).collect()
    assert [(row["campaign_id"], row["kind"], row["customers"]) for row in rows] == [("26", "Type B", 2)]


def visits(folder: Path) -> pd.DataFrame:
    """100 households of 10 home stores (household modulo 10) with two lines there, and one line each at store 99."""
    homes = pd.DataFrame({"household_id": range(100), "store_id": [h % 10 for h in range(100)]})
    lines = pd.concat([homes, homes, homes.assign(store_id=99)]).assign(product_id=lambda line: line["household_id"] + 1000)
    lines.to_parquet(folder / "transactions.parquet", index=False)
    return lines


def sampled(folder: Path, kind: str, share: float, seed: int = 7) -> Callable[[DataFrame], DataFrame]:
    keep = cj.open_shop({"path": str(folder), "households": share, "seed": seed}, key_file="build/k").files[kind].keep
    assert keep
    return keep


def test_a_sample_keeps_the_same_households_in_every_file_home_store_by_home_store(spark: SparkSession, tmp_path: Path) -> None:
    """A fifth of 100 households is 20: those of two stores. Another seed takes other stores; a quarter adds to the fifth."""
    visits(tmp_path)
    everybody = spark.range(100).withColumnRenamed("id", "household_id")

    def kept(kind: str, share: float, seed: int = 7) -> set[int]:
        return {row["household_id"] for row in sampled(tmp_path, kind, share, seed)(everybody).collect()}

    fifth = kept("sales", 0.2)
    assert len(fifth) == 20 and len({household % 10 for household in fifth}) == 2
    assert kept("customers", 0.2) == kept("campaign_customers", 0.2) == fifth
    assert len({frozenset(kept("sales", 0.2, seed)) for seed in (7, 8, 9)}) > 1
    quarter = kept("sales", 0.25)
    assert fifth < quarter and len(quarter) == 25


def test_promotions_of_a_sample_are_those_at_its_home_stores_of_products_that_it_bought(
    spark: SparkSession, tmp_path: Path
) -> None:
    """Of 100 products in 11 stores: a household's own product at the home stores, and not at store 99, where it also buys."""
    lines = visits(tmp_path)
    offered = spark.range(1000, 1300).withColumnRenamed("id", "product_id").crossJoin(spark.range(100).toDF("store_id"))
    kept = {(row["product_id"], row["store_id"]) for row in sampled(tmp_path, "promotions", 0.1)(offered).collect()}
    own = {row["household_id"] for row in sampled(tmp_path, "sales", 0.1)(spark.createDataFrame(lines)).collect()}
    assert kept == {(household + 1000, household % 10) for household in own} and len(kept) == 10


def test_an_unknown_option_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match=r"sources\.completejourney: unknown option 'household'\. Did you mean 'households'"):
        cj.open_shop({"household": 0.1}, key_file="build/k")


def test_a_share_of_households_beyond_one_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"sources\.completejourney\.households = 2"):
        cj.open_shop({"households": 2}, key_file="build/k")
