"""Who bought what, how often and when last?"""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.features import INTERACTIONS
from shelfwise.core.job import Params
from shelfwise.measures.pairs import numbered_pairs


class InteractionParams(Params):
    buckets: int = 64  # tasks that may number ids at the same time; gaps grow with it


def customer_item_pairs(sales: DataFrame, *, params: InteractionParams, as_of: date) -> DataFrame:
    """One row per known customer and item bought up to `as_of`, with their numbers."""
    return numbered_pairs(sales, params.buckets).withColumn("as_of", F.lit(as_of)).select(*INTERACTIONS.columns)
