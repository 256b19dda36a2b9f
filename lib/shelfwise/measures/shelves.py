"""Which items stand in for one another?"""

from pyspark.sql import Column
from pyspark.sql import functions as F


def shelf() -> Column:
    """`shelf`: category / subcategory, whose items do; of columns of those names."""
    return F.concat_ws(" / ", "category", "subcategory").alias("shelf")
