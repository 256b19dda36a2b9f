"""On what terms is an item bought: how long it takes, what it costs, how it is packed, and how sure its stock should be?

What the shop measured (receipts) comes before what was agreed (terms of supply), and that before what is assumed; `assumed` names
each input that rests on an assumption.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.supply import OTHERS
from shelfwise.inventory.columns import COLUMNS
from shelfwise.measures.assumed import assume
from shelfwise.measures.newsvendor import critical_ratio
from shelfwise.measures.weeks import WEEKS_PER_YEAR

# Below one half the shop would rather sell an item off than order it; no quantile is known above .99, so no order can rest on one.
LOWEST_RATIO, HIGHEST_RATIO = 0.5, 0.99

# What of an order has not sold in the 13 weeks that the forecast sees is taken to lose as much as a sale earns (mark-down,
# spoilage, shelf space): then the newsvendor's ratio over those weeks is one half.
LEAST_SOLD_SHARE = 0.5

UNKNOWN = "UNKNOWN"
MEASURED = ("week_shares", "days_q05", "days_q95", "receipts", "supplier_receipts")
LEAD = ("days_q50", *MEASURED)
AGREED = ("supplier_id", "unit_cost", "case_pack", "minimum_units", "lead_time_days", "review_days")


def buying_terms(
    demanded: DataFrame,
    items: DataFrame,
    profiles: DataFrame,
    receipts: DataFrame,
    lead_times: DataFrame,
    supply: DataFrame,
    assumptions: DataFrame,
) -> DataFrame:
    """One row per item of `demanded` (item_id): who makes and sells it, weeks, cost and price per unit, cases, ratio, `assumed`.

    `lead_weeks` are those of the median; `week_shares`, `days_q05`, `days_q95` and numbers of receipts are null where the lead time
    rests on no receipt.
    """
    sold = profiles.select("item_id", "unit_price", "last_sold_on")
    agreed = supply.select("item_id", *[F.col(name).alias(f"agreed_{name}") for name in AGREED])
    described = _described(demanded, items).join(sold, "item_id", "left").join(agreed, "item_id", "left")
    costed = described.join(_latest_cost(receipts), "item_id", "left")
    assumed = assume(_with_lead_time(costed, lead_times), assumptions)
    lead = F.coalesce("days_q50", "agreed_lead_time_days", "lead_time_days")
    review, pack, minimum = (F.coalesce(f"agreed_{name}", name) for name in ("review_days", "case_pack", "minimum_units"))
    price = F.coalesce(F.col("unit_price"), F.lit(0)).cast("decimal(14,2)")
    cost = F.coalesce(F.col("received_cost"), F.col("agreed_unit_cost"), price * F.col("unit_cost_share")).cast("decimal(14,2)")
    priced = assumed.select(
        *("item_id", "maker_id", "department", "category", "last_sold_on", "holding_cost_share_per_year"),
        "supplier_id",
        F.ceil(lead / 7).cast("int").alias("lead_weeks"),
        F.greatest(F.ceil(review / 7), F.lit(1)).cast("int").alias("review_weeks"),
        cost.alias("unit_cost"),
        price.alias("unit_price"),
        F.greatest(pack, F.lit(1)).cast("int").alias("case_pack"),
        F.greatest(minimum, F.lit(0)).cast("int").alias("minimum_units"),
        F.greatest(F.ceil(F.col("expedite_days") / 7), F.lit(1)).cast("int").alias("expedite_weeks"),
        "expedite_cost_share",
        _assumed_names().alias("assumed"),
        *MEASURED,
    )
    return priced.withColumn("critical_ratio", held_ratio())


def _described(demanded: DataFrame, items: DataFrame) -> DataFrame:
    """An item that the shop sold and does not list is kept, as UNKNOWN."""
    said = [F.coalesce(name, F.lit(UNKNOWN)).alias(name) for name in ("maker_id", "department", "category")]
    return demanded.join(items, "item_id", "left").select("item_id", *said)


def _with_lead_time(described: DataFrame, lead_times: DataFrame) -> DataFrame:
    """Those of the item, else of its supplier's other items; only what rests on receipts."""
    measured = lead_times.where("basis = 'receipts'").select("supplier_id", "item_id", "days_q50", *MEASURED)
    others = measured.where(F.col("item_id") == OTHERS).drop("item_id").withColumn("receipts", F.lit(0).cast("long"))
    beside = described.withColumn("supplier_id", F.coalesce("agreed_supplier_id", "maker_id"))
    return (
        beside.join(measured.drop("supplier_id").withColumnsRenamed({name: f"own_{name}" for name in LEAD}), "item_id", "left")
        .join(others, "supplier_id", "left")
        .withColumns({name: F.coalesce(f"own_{name}", name) for name in LEAD})
    )


def _latest_cost(receipts: DataFrame) -> DataFrame:
    """Unit cost on the item's last day of receipt with a cost, weighted by units; one row per item."""
    costed = receipts.where("unit_cost IS NOT NULL AND units_received > 0")
    daily = costed.groupBy("item_id", "received_on").agg(
        (F.sum(F.col("unit_cost") * F.col("units_received")) / F.sum("units_received")).alias("cost")
    )
    return daily.groupBy("item_id").agg(F.max_by("cost", "received_on").alias("received_cost"))


def _assumed_names() -> Column:
    sometimes = {
        "lead_time_days": F.coalesce("days_q50", "agreed_lead_time_days").isNull(),
        "unit_cost": F.coalesce("received_cost", "agreed_unit_cost").isNull(),
        "unit_price": F.col("unit_price").isNull(),
        "review_days": F.col("agreed_review_days").isNull(),
        "holding_cost": F.lit(True),  # what a unit in stock costs is the shop's own judgement
        "case_pack": F.col("agreed_case_pack").isNull(),
        "minimum_units": F.col("agreed_minimum_units").isNull(),
    }
    return F.array_compact(F.array(*[F.when(missing, name) for name, missing in sometimes.items()]))


def held_ratio() -> Column:
    """The critical ratio of an item on its terms."""
    price, cost = F.col("unit_price").cast("double"), F.col("unit_cost").cast("double")
    holding = cost * F.col("holding_cost_share_per_year") * F.col("review_weeks") / WEEKS_PER_YEAR
    ratio: Column = critical_ratio(price, cost, holding, LOWEST_RATIO, HIGHEST_RATIO, COLUMNS)
    return ratio
