"""Which blocks can only be bought together, since the supplier takes no smaller order?

Of a supplier with a minimum the best blocks (by what they bring per money) up to it are one bundle, which is taken whole or not at
all: planned ones first, then further ones that fill it up. Every other block is a bundle by itself.
"""

from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.inventory.joint.blocks import SLACK, OrderParams, smallest_supplier_order

ALONE = "block"


def bundled(blocks: DataFrame, params: OrderParams) -> DataFrame:
    """`blocks` with `bundle`, equal for those that go together, and `opening`: of a supplier's smallest order.

    Blocks that are not worth it are left out. A supplier whose blocks don't reach the minimum, or bring nothing together, gets no
    order.
    """
    if not params.has_minimums():
        return blocks.where("wanted").withColumns({"opening": F.lit(False), "bundle": _own_name()})
    by_item = Window.partitionBy("item_id").orderBy("block")
    order = Window.partitionBy("supplier_id").orderBy(F.desc("wanted"), F.desc("rate"), "item_id", "block")
    # in order, so that sums are the same bit for bit
    whole = order.rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
    before = F.coalesce(F.sum("cost").over(order.rowsBetween(Window.unboundedPreceding, -1)), F.lit(0.0))
    together = F.col("least") > 0
    steps: list[dict[str, Column]] = [
        # rounding must not put a later block before an earlier one
        {"least": smallest_supplier_order(params), "rate": F.min(F.try_divide("value", "cost")).over(by_item)},
        {"opening": together & (before < F.col("least") - SLACK)},
        {
            "opening_cost": _sum_of("cost").over(whole),
            "opening_value": _sum_of("value").over(whole),
            "any_wanted": F.max("wanted").over(whole),
            "all_wanted": F.min(F.when(F.col("opening"), F.col("wanted"))).over(whole),
        },
        # what is wanted though it earns nothing is no reason to buy nothing
        {"pays": F.col("all_wanted") | ((F.col("opening_value") > 0) & F.col("any_wanted"))},
        {"possible": ~together | ((F.col("opening_cost") >= F.col("least") - SLACK) & F.col("pays"))},
        {"bundle": F.when(F.col("opening"), F.concat(F.lit("supplier|"), "supplier_id")).otherwise(_own_name())},
    ]
    named = reduce(DataFrame.withColumns, steps, blocks)
    return named.where(F.col("possible") & (F.col("opening") | F.col("wanted"))).drop(
        "least", "rate", "opening_cost", "opening_value", "any_wanted", "all_wanted", "pays", "possible"
    )


def _sum_of(name: str) -> Column:
    return F.sum(F.when(F.col("opening"), F.col(name)).otherwise(0.0))


def _own_name() -> Column:
    return F.concat_ws("|", F.lit(ALONE), "item_id", F.col("block").cast("string"))
