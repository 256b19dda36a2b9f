"""Does latent demand find what was wanted, with counted stock and without?

    .venv/bin/python benchmarks/latent_demand.py [FIRST LAST]

Protocol: planted shops of seeds 1 to 3, laid anew (364 days, 3,000 customers, 300 items, 3 locations); the truth is what
customers wanted, unit by unit.
- with stock: item-weeks in which some shelf was empty at some day's end. Units in all against what was wanted in all, and the mean
  absolute error of units as a share of that of sales taken for demand.
- without: each location as a shop of its own whose stock nobody counts. Of item-weeks with 13 weeks before them and five units a
  week or more in these, which the test asks of: how many count as gaps though the shelf was open all week (false alarms), how many
  of those in which it was empty all week (power), and how many of the called weeks were empty on some day. By usual units beside.
Each line: NAME value goal PASS|FAIL.
"""

import shutil
import sys
from pathlib import Path

import pandas as pd
from lines import Line, said
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings
from shelfwise.features.latent import HISTORY_WEEKS, LEAST_HISTORY_WEEKS, LatentParams, latent_demand
from shelfwise.simulate.build import build
from shelfwise.simulate.folder import Folder
from shelfwise.simulate.spec import Spec, spec_of

ROOT = Path("build/bench-latent")
RESULTS = Path(__file__).parent / "results" / "latent_demand.json"
SIZES = {"days": 364, "customers": 3_000, "items": 300, "suppliers": 15, "locations": 3}
SEEDS = (1, 3)
CLASSES = {"below 1": (0, 1), "1 to 5": (1, 5), "5 to 10": (5, 10), "10 and more": (10, float("inf"))}


def main(first: int, last: int) -> int:
    shutil.rmtree(ROOT, ignore_errors=True)
    spark = start_session(load_settings("local", [f"spark.log={ROOT}/spark.log"]))
    counted, uncounted = [], []
    for seed in range(first, last + 1):
        spec = spec_of("small", **SIZES, seed=seed)
        build(spark, spec, Folder(spark, str((ROOT / str(seed)).absolute())), lambda _: None)
        counted.append(with_stock(spark, spec, ROOT / str(seed)))
        uncounted.append(without_stock(spark, spec, ROOT / str(seed)))
    lines = [*recovered(pd.concat(counted)), *gaps(pd.concat(uncounted))]
    return said(lines, RESULTS if (first, last) == SEEDS else None)


def recovered(weeks: pd.DataFrame) -> list[Line]:
    cut = weeks[weeks["open_share"] < 1]
    level_of_sales = cut["sold"].sum() / cut["wanted"].sum()
    print(
        f"{len(cut):,} of {len(weeks):,} item-weeks had an empty shelf; sales are {level_of_sales:.3f} of what was wanted in them"
    )
    level = cut["units"].sum() / cut["wanted"].sum()
    error = (cut["units"] - cut["wanted"]).abs().mean() / (cut["sold"] - cut["wanted"]).abs().mean()
    return [
        ("stock: units to wants, weeks with an empty shelf", level, ".97 to 1.03", 0.97 <= level <= 1.03),
        ("stock: absolute error to that of sales", error, "< .75", error < 0.75),
    ]


def gaps(weeks: pd.DataFrame) -> list[Line]:
    tested = weeks[weeks["history"] >= LEAST_HISTORY_WEEKS]
    for name, (least, below) in CLASSES.items():
        of_class = tested[tested["usual"].between(least, below, inclusive="left")]
        there, gone = open_all_week(of_class), empty_all_week(of_class)
        print(f"usual units {name:12} open {len(there):7,} false {alarm(there):.4f}   empty {len(gone):6,} found {alarm(gone):.4f}")
    asked = tested[tested["usual"] >= LatentParams().least_units]
    called = asked[asked["basis"] == "gap"]
    print(
        f"asked: {len(asked):,} of {len(tested):,} weeks, {len(called):,} called; of open ones {alarm(open_all_week(tested)):.4f}"
    )
    false, found = alarm(open_all_week(asked)), alarm(empty_all_week(asked))
    right = float((called["open_share"] < 1).mean()) if len(called) else float("nan")
    return [
        ("gaps: share of open weeks called a gap, of those asked", false, "<= .01", false <= 0.01),
        ("gaps: share of empty weeks found, of those asked", found, ">= .5", found >= 0.5),
        ("gaps: share of called weeks with an empty shelf", right, "for comparison", True),
    ]


def open_all_week(weeks: pd.DataFrame) -> pd.DataFrame:
    return weeks[weeks["open_share"] == 1]


def empty_all_week(weeks: pd.DataFrame) -> pd.DataFrame:
    return weeks[(weeks["open_share"] == 0) & (weeks["sold"] == 0)]


def alarm(weeks: pd.DataFrame) -> float:
    return float((weeks["basis"] == "gap").mean()) if len(weeks) else float("nan")


def with_stock(spark: SparkSession, spec: Spec, shop: Path) -> pd.DataFrame:
    """One row per item and week: units, sold, open_share, wanted. Bound: items x weeks."""
    wants = weekly(spark.read.parquet(str(shop / "truth" / "wants")), "day", F.count(F.lit(1)).alias("wanted"))
    made = latent_demand(sales(spark, shop), items(spark, shop), stock(spark, shop), params=LatentParams(buckets=2), as_of=spec.end)
    return made.where("basis = 'stock'").join(wants, ["item_id", "week"], "left").fillna(0, "wanted").toPandas()


def without_stock(spark: SparkSession, spec: Spec, shop: Path) -> pd.DataFrame:
    """One row per location, item and week: basis and gap_probability of a chain of that location alone, and its true open_share."""
    parts = []
    for row in stock(spark, shop).select("location_id").distinct().collect():
        here = F.col("location_id") == row["location_id"]
        sold, held = sales(spark, shop).where(here), stock(spark, shop).where(here)
        blind = latent_demand(sold, items(spark, shop), held.limit(0), params=LatentParams(buckets=2), as_of=spec.end)
        seen = latent_demand(sold, items(spark, shop), held, params=LatentParams(buckets=2), as_of=spec.end)
        parts.append(blind.drop("open_share").join(seen.select("item_id", "week", "open_share"), ["item_id", "week"]).toPandas())
    weeks = (
        pd.concat(parts, keys=range(len(parts)), names=["location"])
        .reset_index("location")
        .sort_values(["location", "item_id", "week"])
    )
    by_shelf = weeks.groupby(["location", "item_id"])["sold"]
    usual = by_shelf.transform(lambda sold: sold.rolling(HISTORY_WEEKS, min_periods=1).mean())
    weeks["usual"] = usual.where(weeks["sold"] > 0).groupby([weeks["location"], weeks["item_id"]]).ffill()
    weeks["history"] = by_shelf.cumcount()
    return weeks


def weekly(rows: DataFrame, day: str, figure: Column) -> DataFrame:
    return rows.groupBy("item_id", F.to_date(F.date_trunc("week", day)).alias("week")).agg(figure)


def sales(spark: SparkSession, shop: Path) -> DataFrame:
    lines = spark.read.parquet(str(shop / "sales")).where("quantity > 0")
    dated = lines.withColumns({"kind": F.lit("sale"), "sold_on": F.to_date("sold_at")})
    return dated.select("item_id", "location_id", "kind", "sold_on", "quantity", "revenue", "discount")


def stock(spark: SparkSession, shop: Path) -> DataFrame:
    return spark.read.parquet(str(shop / "stock")).withColumnRenamed("day", "counted_on")


def items(spark: SparkSession, shop: Path) -> DataFrame:
    return spark.read.parquet(str(shop / "items")).select("item_id", F.lit("each").alias("sold_by"))


if __name__ == "__main__":
    bounds = [int(word) for word in sys.argv[1:]] or list(SEEDS)
    sys.exit(main(*bounds) if len(bounds) == 2 else "latent_demand.py [FIRST LAST]: give both seeds or none")
