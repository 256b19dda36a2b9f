"""Why is a control worth its price, in a sentence?"""

from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F

from shelfwise.contracts.gold.controls import TOGETHER

SENTENCES = {
    "dual_source": "A second supplier kept ready beside %s (%d items)",
    "supply_insurance": "Insurance against outages and failure of %s (%d items)",
    "prepayment_limit": "Paying %s (%d items) only for what has come",
    "buffer_stock": "Ordering more of %s (%d item)",
    "exposure_cap": "Not placing the drafted order of %s (%d item)",
    "clear_out": "Clearing what is too much of %s (%d item)",
    "stock_insurance": "Insurance of the stock of %s (%d items)",
    TOGETHER: "All that is chosen (%2$d items)",
}


def reason() -> Column:
    kept_off = " keeps off %.2f of losses in 13 weeks on the average and %.2f in the worst twentieth of the shop's futures, and %s."
    return F.concat(_what(), F.format_string(kept_off, "avoided", "avoided_worst", _price()))


def _what() -> Column:
    said = [(F.col("control") == name, F.format_string(text, "name", "items")) for name, text in SENTENCES.items()]
    return reduce(lambda found, pair: found.when(*pair), said, F.when(F.lit(False), ""))


def _price() -> Column:
    earns = F.format_string("earns %.2f besides", -F.col("cost"))
    costs = F.format_string("costs %.2f: %s", "cost", F.when(F.col("net") > 0, "worth it").otherwise("not worth it"))
    return F.when(F.col("cost") < 0, earns).otherwise(costs)
