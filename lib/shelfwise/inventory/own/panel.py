"""Can stock policies be replayed on this file, and on these lead times?

Demand: unique_id, ds, y, whole units, one row per item and period, no gaps. Lead times, where they differ by item or order:
unique_id, periods, probability, the probabilities of each item adding up to one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.core.errors import SettingsError
from shelfwise.core.kept import keep
from shelfwise.core.own_file import joined, read_own, refuse, refuse_missing
from shelfwise.core.own_panel import DATE, ID, NAMES, PERIOD, VALUE, Frequency, read_panel
from shelfwise.measures.stocking.terms import Terms

LEAD = ("periods", "probability")
MOST_LEAD = 104  # periods: two years of weeks
ONE = 1e-6  # how far probabilities may be off it


@dataclass(frozen=True)
class Asked:
    """What is to be replayed, beside the lead times."""

    frequency: Frequency
    holding: float
    shortage: float
    fixed: float
    review: int
    warm_up: int
    backorders: bool
    seed: int

    def terms(self, lead: Sequence[float]) -> Terms:
        return Terms(tuple(lead), self.review, self.holding, self.shortage, self.fixed, self.backorders)


def lead_option(text: str) -> int | str:
    """A whole number of periods for all, or the name of a file."""
    try:
        periods = float(text)
    except ValueError:
        return text
    if not (0 <= periods <= MOST_LEAD and periods == int(periods)):
        said = f"a whole number of periods from 0 to {MOST_LEAD}, or a file with {ID}, {', '.join(LEAD)}"
        raise SettingsError(f"--lead-time {text}: it is {said}.")
    return int(periods)


def read_items(spark: SparkSession, path: str, lead: int | str, asked: Asked) -> DataFrame:
    """One row per item: unique_id, units (array, the oldest first), lead (array: the probability of 0, 1, … periods)."""
    panel = keep(read_panel(spark, path, asked.frequency))
    _refuse_odd_demand(path, panel)
    by_period = F.array_sort(F.collect_list(F.struct(PERIOD, VALUE)))
    items = panel.groupBy(ID).agg(by_period.alias("rows")).select(ID, F.col(f"rows.{VALUE}").alias("units"))
    if isinstance(lead, str):
        items = items.join(read_leads(spark, lead, items), ID, "inner")
    else:
        items = items.withColumn("lead", F.array(*[F.lit(float(periods == lead)) for periods in range(lead + 1)]))
    items = keep(items)
    row = items.agg(F.max(longest()).alias("longest")).first()
    refuse_short_warm_up(asked, row["longest"] if row else 0)
    _refuse_short(path, items, asked)
    return items


def read_leads(spark: SparkSession, path: str, items: DataFrame) -> DataFrame:
    """unique_id, lead of every item that `items` has; others are passed over."""
    raw = keep(read_own(spark, path))
    refuse_missing(path, raw, (ID, *LEAD))
    leads = _typed_leads(path, raw)
    twice = leads.groupBy(ID, "periods").agg(F.count(F.lit(1)).alias("n")).where("n > 1")
    where = joined(F.col(ID), " with ", F.col("periods"), ": ", F.col("n"), " rows")
    refuse(path, twice, where, "each item has one row per lead time: add their probabilities up")
    sums = leads.groupBy(ID).agg(F.sum("probability").alias("total"))
    said = joined(F.col(ID), ": ", F.round("total", 6))
    refuse(path, sums.where(F.abs(F.col("total") - 1) > ONE), said, "the probabilities of each item must add up to 1")
    refuse(path, items.join(sums, ID, "left_anti"), F.col(ID), "every item of --demand needs a lead time")
    shares = F.map_from_entries(F.collect_list(F.struct("periods", "probability")))
    by_item = leads.groupBy(ID).agg(shares.alias("shares"), F.max("periods").alias("longest"))
    every = F.transform(F.sequence(F.lit(0), "longest"), lambda periods: F.coalesce(F.col("shares")[periods], F.lit(0.0)))
    return by_item.select(ID, every.alias("lead"))


def longest() -> Column:
    return F.size("lead") - 1


def _refuse_odd_demand(path: str, panel: DataFrame) -> None:
    said = joined(F.col(ID), " at ", F.col(DATE), ": ", F.col(VALUE))
    refuse(path, panel.where(F.col(VALUE) < 0), said, f"{VALUE} must be demand, 0 or more: leave returns out")
    broken = panel.where(F.col(VALUE) != F.floor(VALUE))
    refuse(path, broken, said, f"{VALUE} must be whole units: count in smaller ones, such as grams")


def _typed_leads(path: str, raw: DataFrame) -> DataFrame:
    numbers = {name: F.expr(f"try_cast(`{name}` AS double)") for name in LEAD}
    periods, share = numbers.values()
    fits = {
        "periods": (periods == F.floor(periods)) & periods.between(0, MOST_LEAD),
        "probability": (share > 0) & (share <= 1 + ONE),
    }
    kinds = {"periods": f"a whole number from 0 to {MOST_LEAD}", "probability": "above 0 and at most 1"}
    refuse(path, raw.where(F.col(ID).isNull()), F.lit("no name"), f"{ID} must be a name in every row")
    for name in LEAD:
        said = joined(F.col(ID), ": ", F.col(name))
        refuse(path, raw.where(~F.coalesce(fits[name], F.lit(False))), said, f"{name} must be {kinds[name]} in every row")
    return raw.select(F.col(ID).cast("string").alias(ID), periods.cast("int").alias("periods"), share.alias("probability"))


def refuse_short_warm_up(asked: Asked, longest: int) -> None:
    """Half of it tunes what is tuned, and each half needs a lead time and a review period."""
    need = 2 * (longest + asked.review)
    if asked.warm_up < need:
        why = "twice the longest lead time and a review period"
        raise SettingsError(f"--warm-up {asked.warm_up}: policies need {need} periods to learn from, {why}.")


def _refuse_short(path: str, items: DataFrame, asked: Asked) -> None:
    need = asked.warm_up + longest() + 1
    name = NAMES[asked.frequency]
    short = items.where(F.size("units") < need)
    said = joined(F.col(ID), " has ", F.size("units"), " of ", need)
    asks = f"the warm-up of {asked.warm_up} and its longest lead time"
    remedy = f"each item needs more {name}s than {asks}: drop the short ones, or lower --warm-up"
    refuse(path, short, said, remedy)
