"""Forecast errors as Spark aggregates over rows that hold sums of errors of a series (or of a single forecast, n = 1).

WAPE = sum|f - y| / sum y; bias = sum(f - y) / sum y; RMSSE of a series = sqrt(mean (f - y)^2) / root mean squared change of
its history (Makridakis, Spiliotis & Assimakopoulos 2022), MASE mean|f - y| / mean absolute change (Hyndman & Koehler 2006),
averaged over series, WRMSSE by weight. All are null where they divide by zero.
"""

from pyspark.sql import Column
from pyspark.sql import functions as F

from shelfwise.measures.exact import exact_mean, exact_sum


def mean_error(sums: Column, n: Column) -> Column:
    """MAE from sums of absolute errors, MSE from sums of squared ones."""
    return F.try_divide(exact_sum(sums), F.sum(n))


def rmsse(squared: Column, n: Column, scale: Column) -> Column:
    """Mean over the series that have a scale."""
    return exact_mean(F.try_divide(F.sqrt(squared / n), scale))


def wrmsse(squared: Column, n: Column, scale: Column, weight: Column) -> Column:
    """As rmsse, each series by its weight."""
    score = F.try_divide(F.sqrt(squared / n), scale)
    return F.try_divide(exact_sum(score * weight), exact_sum(F.when(score.isNotNull(), weight)))


def mase(absolute: Column, n: Column, scale: Column) -> Column:
    """Mean over the series that have a scale."""
    return exact_mean(F.try_divide(absolute / n, scale))


def share_of_volume(errors: Column, actual: Column) -> Column:
    """WAPE from absolute errors, bias from signed ones."""
    return F.try_divide(exact_sum(errors), exact_sum(actual))
