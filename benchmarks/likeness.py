"""How like completejourney is a planted shop?

    .venv/bin/python benchmarks/likeness.py [SHOP_FOLDER]

The folder of a planted shop; else the one that benchmarks/simulate.py has laid.

Protocol: the shop's delivered sales and promotions (no truth) against completejourney's whole year, whose departments that
count no units are left out. There an item-week is promoted where at least half of the stores with any promotion that week
display or mail the item, since a planted promotion is the whole chain's. Prints a table; exit 1 where a figure differs more than
twofold and nothing in the making explains it, or more than fourfold whatever does.
"""

import json
import sys
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings
from shelfwise.simulate.likeness import Likeness, compare, marginals
from shelfwise.sources.completejourney import FIRST_MONDAY, NO_UNITS, NO_UNITS_CATEGORY, ZONE
from shelfwise.sources.completejourney_files import package_folder

RESULTS = Path(__file__).parent / "results" / "likeness.json"
LAID = "build/bench-simulate/journey"
MOST_STORES = 0.5
MOST = 4.0


def main(folders: list[str]) -> int:
    folder = folders[0] if folders else LAID
    if not Path(folder, "shop.json").is_file():
        print(f"There is no planted shop in {folder}: run benchmarks/simulate.py, or name its folder.", file=sys.stderr)
        return 2
    spark = start_session(load_settings("local"))
    ours = figures(planted_lines(spark, folder), planted_promotions(spark, folder))
    theirs = figures(journey_lines(spark, package_folder()), journey_promotions(spark, package_folder()))
    rows = compare(ours, theirs)
    for row in rows:
        print(f"{row.figure:45} {row.ours:9.4f} {row.theirs:9.4f} {row.ratio:6.2f}  {row.verdict:8} {row.why}".rstrip())
    save(rows, json.loads(Path(folder, "shop.json").read_text()))
    return 1 if any(row.verdict == "differs" and not (row.why and 1 / MOST <= row.ratio <= MOST) for row in rows) else 0


def figures(lines: DataFrame, promoted: DataFrame) -> dict[str, float]:
    """Bound: a row for each of likeness.FIGURES."""
    return {row["figure"]: row["value"] for row in marginals(lines, promoted).collect() if row["value"] is not None}


def planted_lines(spark: SparkSession, folder: str) -> DataFrame:
    sales = spark.read.parquet(f"{folder}/sales")
    named = ("customer_id", "basket_id", "item_id", "quantity", "revenue", "discount")
    return sales.select(*named, F.to_date("sold_at").alias("sold_on"))


def planted_promotions(spark: SparkSession, folder: str) -> DataFrame:
    return spark.read.parquet(f"{folder}/promotions").select("item_id", F.to_date(F.date_trunc("week", "start_on")).alias("week"))


def journey_lines(spark: SparkSession, folder: str) -> DataFrame:
    products = spark.read.parquet(f"{folder}/products.parquet")
    counted = products.where(
        ~F.col("department").isin(*NO_UNITS) & F.coalesce(F.col("product_category") != NO_UNITS_CATEGORY, F.lit(True))
    )
    sales = spark.read.parquet(f"{folder}/transactions.parquet")
    return sales.join(F.broadcast(counted.select("product_id")), "product_id", "left_semi").select(
        F.col("household_id").alias("customer_id"),
        "basket_id",
        F.col("product_id").alias("item_id"),
        F.to_date(F.from_utc_timestamp("transaction_timestamp", ZONE)).alias("sold_on"),
        "quantity",
        F.col("sales_value").alias("revenue"),
        (F.col("retail_disc") + F.col("coupon_match_disc")).alias("discount"),
    )


def journey_promotions(spark: SparkSession, folder: str) -> DataFrame:
    shown = spark.read.parquet(f"{folder}/promotions.parquet").where("display_location != '0' OR mailer_location != '0'")
    by_week = shown.groupBy("week").agg(F.count_distinct("store_id").alias("stores"))
    by_item = shown.groupBy("product_id", "week").agg(F.count_distinct("store_id").alias("showing"))
    most = by_item.join(F.broadcast(by_week), "week", "inner").where(F.col("showing") >= MOST_STORES * F.col("stores"))
    monday = F.date_add(F.lit(FIRST_MONDAY), 7 * (F.col("week").cast("int") - 2))
    return most.select(F.col("product_id").alias("item_id"), monday.alias("week"))


def save(rows: list[Likeness], shop: dict[str, object]) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"shop": shop, "figures": [row._asdict() for row in rows]}, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
