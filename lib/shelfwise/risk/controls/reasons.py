"""Why is a control worth its price, in a sentence?"""

from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F

from shelfwise.contracts.gold.controls import TOGETHER
from shelfwise.risk.controls.ways import OFFERED

SENTENCES = {
    "dual_source": "A second supplier kept ready beside %s (items: %d)",
    "supply_insurance": "Insurance against outages and failure of %s (items: %d)",
    "prepayment_limit": "Paying %s (items: %d) only for what has come",
    "buffer_stock": "Ordering more of %s",
    "exposure_cap": "Not placing the drafted order of %s",
    "clear_out": "Clearing what is too much of %s",
    "stock_insurance": "Insurance of the stock of %s (items: %d)",
    TOGETHER: "All that is chosen (items: %2$d)",
}


def assumed_terms() -> Column:
    """Of the control: what of its price is an assumption."""
    known = [
        part for name, of in OFFERED.items() for part in (F.lit(name), F.array(*map(F.lit, of.rests_on)).cast("array<string>"))
    ]
    return F.element_at(F.create_map(*known), F.col("control"))


def reason(least: float) -> Column:
    """`least`: money that a control has to bring for anybody to look."""
    less = F.format_string(" keeps off %.2f of losses in 13 weeks on the average", "avoided")
    more = F.format_string(" adds %.2f to losses in 13 weeks on the average", -F.col("avoided"))
    worst = F.format_string(" (%.2f off in the worst twentieth of the shop's futures) and %s.", "avoided_worst", _price(least))
    return F.concat(_what(), F.when(F.col("avoided") >= 0, less).otherwise(more), worst)


def _what() -> Column:
    said = [(F.col("control") == name, F.format_string(text, "known_as", "items")) for name, text in SENTENCES.items()]
    return reduce(lambda found, pair: found.when(*pair), said, F.when(F.lit(False), ""))


def _price(least: float) -> Column:
    earns = F.format_string("earns %.2f by the plan", -F.col("net_cost"))
    verdict = F.when(F.col("net") > least, "worth it").when(F.col("net") > 0, "hardly worth it").otherwise("not worth it")
    costs = F.format_string("costs %.2f: %s", "net_cost", verdict)
    return F.when(F.col("net_cost") < 0, earns).otherwise(costs)
