"""Which kind of seller is an item? Forecast errors are judged, and quantiles set, by these segments."""

from pyspark.sql import Column
from pyspark.sql import functions as F

SEGMENTS = ("smooth", "intermittent", "slow", "new")
NEW_WEEKS = 8


def segment() -> Column:
    """From a row of the panel: new in its first 8 weeks; else by the share of the last 13 weeks in which it sold:

    smooth from 60 %, intermittent from 20 %, else slow.
    """
    share = F.col("selling_share_13")
    return (
        F.when(F.col("age_weeks") < NEW_WEEKS, "new").when(share >= 0.6, "smooth").when(share >= 0.2, "intermittent").otherwise("slow")
    )
