"""Which kind of seller is an item? Forecast errors are judged, and quantiles set, by these segments."""

from pyspark.sql import Column
from pyspark.sql import functions as F

SEGMENTS = ("steady", "fast", "smooth", "intermittent", "slow", "new", "dormant")
NEW_WEEKS = 8
FAST_UNITS = 10
# of the mean: what many buy each week varies far less than other fast items, and needs far less safety stock
STEADY_SD = 0.4
# after as long without a sale an item that sells again counts as a new launch
DORMANT_WEEKS = 20


def segment() -> Column:
    """From a row of the panel: dormant after 20 weeks without a sale; new in its first 8 weeks; else by the share of the last

    13 weeks in which it sold: smooth from 60 % (fast from 10 units a week, steady if their standard deviation is at most .4 of
    the mean), intermittent from 20 %, else slow.
    """
    share, fast = F.col("selling_share_13"), F.col("mean_13") >= FAST_UNITS
    steady = F.col("sd_13") <= STEADY_SD * F.col("mean_13")
    return (
        F.when(is_dormant(), "dormant")
        .when(F.col("age_weeks") < NEW_WEEKS, "new")
        .when((share >= 0.6) & fast & steady, "steady")
        .when((share >= 0.6) & fast, "fast")
        .when(share >= 0.6, "smooth")
        .when(share >= 0.2, "intermittent")
        .otherwise("slow")
    )


def is_dormant() -> Column:
    return F.col("weeks_since_sale") >= DORMANT_WEEKS
