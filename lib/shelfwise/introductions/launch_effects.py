"""What did earlier launches do to the shop, and between which items do its customers switch? All effects in one table."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.newcomers import LAUNCH_EFFECTS
from shelfwise.core.job import Params
from shelfwise.core.kept import keep
from shelfwise.introductions.crowding import crowding
from shelfwise.introductions.switching import switching
from shelfwise.introductions.trials import SPAN, UNSEEN_WEEKS, halo, won
from shelfwise.measures.shelves import shelf


class EffectParams(Params):
    customers: int = 1500  # whose switches and trials are looked at, drawn by hash; what is measured of them stands with its error
    seed: int = 7


def estimate_launch_effects(
    panel: DataFrame, items: DataFrame, profiles: DataFrame, sales: DataFrame, *, params: EffectParams, as_of: date
) -> DataFrame:
    """One row per effect and scope with anything to go by."""
    purchases = keep(bought(sales, items, profiles))
    drawn = keep(purchases.join(F.broadcast(_drawn(purchases, params)), "customer_id", "left_semi"))
    effects = crowding(panel, items).unionByName(switching(drawn))
    told = effects.unionByName(halo(drawn, params.seed)).unionByName(won(purchases))
    return told.withColumn("as_of", F.lit(as_of)).select(*LAUNCH_EFFECTS.columns)


def _drawn(purchases: DataFrame, params: EffectParams) -> DataFrame:
    ids = purchases.select("customer_id").distinct()
    return ids.orderBy(F.xxhash64("customer_id", F.lit(params.seed)), "customer_id").limit(params.customers)


def bought(sales: DataFrame, items: DataFrame, profiles: DataFrame) -> DataFrame:
    """One row per line sold to a known customer: its item's shelf, maker and price; `is_newcomer` in its first SPAN weeks.

    What was first sold in the data's first UNSEEN_WEEKS weeks is no newcomer.
    """
    sold = sales.where((F.col("kind") == "sale") & F.col("customer_id").isNotNull())
    begun = sold.agg(F.to_date(F.date_trunc("week", F.min("sold_on"))).alias("begin"))  # one row
    goods = items.where(F.col("sold_by") == "each").select("item_id", shelf(), "department", "maker_id")
    known = goods.join(profiles.select("item_id", "first_sold_on", F.col("unit_price").alias("price")), "item_id", "inner")
    lines = sold.join(known, "item_id", "inner").crossJoin(F.broadcast(begun))
    week, launch = (F.floor(F.datediff(day, "begin") / 7).cast("int") for day in ("sold_on", "first_sold_on"))
    return lines.select(
        *("customer_id", "basket_id", "item_id", "shelf", "department", "maker_id", "price", "sold_at"),
        F.col("revenue").cast("double").alias("revenue"),
        F.col("quantity").cast("double").alias("units"),
        week.alias("week_number"),
        ((launch >= UNSEEN_WEEKS) & (week < launch + SPAN)).alias("is_newcomer"),
    )
