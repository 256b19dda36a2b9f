"""How far is what was measured believed, beside what was believed before?"""

from pyspark.sql import Column
from pyspark.sql import functions as F


def leaning(measured: Column, error: Column, prior: Column, sd: float) -> Column:
    """The mean of both by precision: w measured + (1 - w) prior, w = sd^2 / (sd^2 + error^2), sd that of what was believed."""
    weight = F.lit(sd**2) / (F.lit(sd**2) + error * error)
    return weight * measured + (1 - weight) * prior
