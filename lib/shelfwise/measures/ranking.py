"""How good is a ranked list, given what was relevant? Binary relevance; a list longer than k is cut at k.

DCG = sum over hits of 1 / log2(place + 1), nDCG = DCG / DCG of the best possible list (Järvelin & Kekäläinen 2002).
Average precision = sum over hits of the precision at their place / min(k, relevant items) (Manning, Raghavan & Schütze, ch. 8).
Novelty = mean of -log2(share of customers who bought the item) (Vargas & Castells 2011).
"""

from pyspark.sql import Column
from pyspark.sql import functions as F


def ndcg(ranked: Column, relevant: Column, k: int) -> Column:
    """Between 0 and 1; null where nothing is relevant."""
    gains = F.transform(_hits(ranked, relevant, k), lambda hit, at: hit * _discount(at))
    ideal = F.transform(_places(F.least(F.size(relevant), F.lit(k))), _discount)
    return F.try_divide(_sum(gains), _sum(ideal))


def average_precision(ranked: Column, relevant: Column, k: int) -> Column:
    """Between 0 and 1; null where nothing is relevant."""
    hits = _hits(ranked, relevant, k)
    at_hits = F.transform(hits, lambda hit, at: hit * _sum(F.slice(hits, F.lit(1), at + 1)) / (at + 1))
    return F.try_divide(_sum(at_hits), F.least(F.size(relevant), F.lit(k)))


def precision(ranked: Column, relevant: Column, k: int) -> Column:
    """Hits / k: a list shorter than k has missed the rest."""
    return _sum(_hits(ranked, relevant, k)) / k


def recall(ranked: Column, relevant: Column, k: int) -> Column:
    """Hits / relevant items; null where nothing is relevant."""
    return F.try_divide(_sum(_hits(ranked, relevant, k)), F.size(relevant))


def novelty(buyers: Column, customers: Column) -> Column:
    """Bits of one item: 0 if everybody bought it, 1 if half did."""
    return -F.log2(buyers / customers)


def _hits(ranked: Column, relevant: Column, k: int) -> Column:
    """1.0 or 0.0 for each of the first k places."""
    return F.transform(F.slice(ranked, 1, k), lambda item: F.when(F.array_contains(relevant, item), 1.0).otherwise(0.0))


def _places(n: Column) -> Column:
    # sequence(0, -1) would count downwards
    return F.when(n > 0, F.sequence(F.lit(0), n - 1)).otherwise(F.array().cast("array<int>"))


def _discount(at: Column) -> Column:
    """`at` counts from 0."""
    return 1.0 / F.log2(at + F.lit(2.0))


def _sum(numbers: Column) -> Column:
    return F.aggregate(numbers, F.lit(0.0), lambda total, number: total + number)
