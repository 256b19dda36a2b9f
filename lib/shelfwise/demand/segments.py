"""Which kind of seller is an item? Forecast errors are judged, and quantiles set, by these segments."""

from pyspark.sql import Column
from pyspark.sql import functions as F

SEGMENTS = ("fast", "smooth", "intermittent", "slow", "new", "dormant")
NEW_WEEKS = 8
FAST_UNITS = 10
# after as long without a sale an item that sells again counts as a new launch
DORMANT_WEEKS = 20


def segment() -> Column:
    """From a row of the panel: dormant after 20 weeks without a sale; new in its first 8 weeks; else by the share of the last

    13 weeks in which it sold: smooth from 60 % (fast from 10 units a week: they vary less), intermittent from 20 %, else slow.
    """
    share = F.col("selling_share_13")
    return (
        F.when(is_dormant(), "dormant")
        .when(F.col("age_weeks") < NEW_WEEKS, "new")
        .when((share >= 0.6) & (F.col("mean_13") >= FAST_UNITS), "fast")
        .when(share >= 0.6, "smooth")
        .when(share >= 0.2, "intermittent")
        .otherwise("slow")
    )


def is_dormant() -> Column:
    return F.col("weeks_since_sale") >= DORMANT_WEEKS
