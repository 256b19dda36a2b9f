"""What became of each sender's and carrier's parcels, as it was known at the end of a day?

A parcel is judged from its promised day on, when it has come or is late: who counted what has been delivered would leave out those
that are still on their way, and so the late ones. What came, was given up or was written after as_of is not known.
"""

from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.sellers import SENDERS
from shelfwise.core.job import Params
from shelfwise.measures.weeks import WEEKS_PER_YEAR

SENDER = ["scope", "name"]
QUARTER = 91  # days: 13 weeks
YEAR = 7 * WEEKS_PER_YEAR  # days, whole weeks
LOW = 2  # stars, at most
COUNTS = {  # by the marks of those that are counted
    "parcels": "due",
    "cancelled": "lost",
    "delivered": "brought",
    **{name: name for name in ("kept", "late", "overdue", "very_late", "recent", "recent_late", "before", "before_late", "lately")},
}


class ParcelParams(Params):
    very_late_days: int = 14  # beyond the promise: by then a customer takes the parcel for lost and asks for the money


def count_parcels(deliveries: DataFrame, reviews: DataFrame, *, params: ParcelParams, as_of: date) -> DataFrame:
    """One row per scope and name that a parcel was promised by in the last year."""
    parcels = _by_sender(_as_known(deliveries, as_of))
    marked = parcels.withColumns(_marks(as_of)).withColumns(_fates(params.very_late_days, as_of))
    beyond = F.when(F.col("late"), F.date_diff(F.coalesce("came_on", F.lit(as_of)), "promised_on"))
    sold = F.when(F.col("lately"), F.col("revenue"))
    counted = marked.groupBy(*SENDER).agg(
        *[F.count_if(mark).alias(name) for name, mark in COUNTS.items()],
        F.count(sold).alias("priced"),
        F.avg(beyond).alias("days_late"),
        F.coalesce(F.sum(sold), F.lit(0)).cast("decimal(14,2)").alias("sales"),
        F.bool_or(F.col("lost") & F.col("cancelled_on").isNull()).alias("cancelled_some_day"),
    )
    judged = counted.where("parcels > 0").join(_rated(parcels, reviews, as_of), SENDER, "left")
    return judged.fillna(0, ["reviews", "low_reviews"])


def _as_known(deliveries: DataFrame, as_of: date) -> DataFrame:
    end = F.lit(as_of)
    given_up = F.col("cancelled") & (F.coalesce("cancelled_on", "promised_on") <= end)
    return deliveries.where(F.col("ordered_on") <= end).withColumns(
        {"came_on": F.when(F.col("delivered_on") <= end, F.col("delivered_on")), "cancelled": given_up}
    )


def _by_sender(parcels: DataFrame) -> DataFrame:
    """One row per parcel and each who had a hand in it."""
    hands = [
        F.when(F.col(column).isNotNull(), F.struct(F.lit(scope).alias("scope"), F.col(column).alias("name")))
        for scope, column in SENDERS.items()
    ]
    kept = ["order_id", "ordered_on", "promised_on", "came_on", "cancelled", "cancelled_on", "revenue"]
    return parcels.select(*kept, F.explode(F.array_compact(F.array(*hands))).alias("sender")).select(*kept, "sender.*")


def _marks(as_of: date) -> dict[str, Column]:
    due = _promised_within(as_of, YEAR, 0)
    return {
        "lately": F.col("ordered_on") > F.lit(as_of - timedelta(days=QUARTER)),
        "due": due,
        "lost": due & F.col("cancelled"),
        "kept": due & ~F.col("cancelled"),
        "brought": due & ~F.col("cancelled") & F.col("came_on").isNotNull(),
    }


def _fates(very_late_days: int, as_of: date) -> dict[str, Column]:
    late, overdue = F.col("kept") & _later_than(0), F.col("kept") & _promised_within(as_of, YEAR, very_late_days)
    recent = F.col("kept") & _promised_within(as_of, QUARTER, 0)
    before = F.col("kept") & _promised_within(as_of, 2 * QUARTER, QUARTER)
    return {
        "late": late,
        "overdue": overdue,
        "very_late": overdue & _later_than(very_late_days),
        "recent": recent,
        "recent_late": recent & late,
        "before": before,
        "before_late": before & late,
    }


def _promised_within(as_of: date, first: int, last: int) -> Column:
    """Less than `first` days before as_of, and at least `last`."""
    first_day, last_day = (F.lit(as_of - timedelta(days=days)) for days in (first, last))
    return (F.col("promised_on") > first_day) & (F.col("promised_on") <= last_day)


def _later_than(days: int) -> Column:
    return F.col("came_on").isNull() | (F.date_diff("came_on", "promised_on") > days)


def _rated(parcels: DataFrame, reviews: DataFrame, as_of: date) -> DataFrame:
    """A review of an order counts for each seller who had a part in it; carriers don't answer for the goods."""
    since, written = F.lit(as_of - timedelta(days=YEAR)), F.col("written_on")
    told = reviews.where((written > since) & (written <= F.lit(as_of))).select("order_id", "rating")
    parts = parcels.where("scope = 'seller' AND order_id IS NOT NULL").select(*SENDER, "order_id").distinct()
    low = F.count_if(F.col("rating") <= LOW)
    return told.join(parts, "order_id", "inner").groupBy(*SENDER).agg(F.count("rating").alias("reviews"), low.alias("low_reviews"))
