"""Whom would a candidate serve who finds nothing in its category now?

Tastes are clusters of customers (features.taste_reach). Naive Bayes: a taste's share of the candidate's buyers is proportional to
its baskets in the category x its lift for the maker, each leaning on the average by LEAN baskets. A customer of taste t buys the
candidate within the weeks with probability 1 - exp(-units_t / customers_t); newly served are those of them who bought nothing
in the category lately.
"""

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.newcomers import EVERY
from shelfwise.measures.evidence import Floats

LEAN = 5.0
REACH = ("taste", "customers", "buyers", "baskets")


def with_tastes(candidates: DataFrame, reach: DataFrame) -> DataFrame:
    """Adds `of_shop`, `of_category` and `of_maker`: what each taste bought, arrays of structs; null where nothing was."""
    each = F.array_sort(F.collect_list(F.struct(*REACH)))
    any_maker, any_category = F.col("maker_id") == EVERY, F.col("category") == EVERY
    shop = reach.where(any_maker & any_category).agg(each.alias("of_shop"))  # one row
    categories = reach.where(any_maker & ~any_category).groupBy("department", "category").agg(each.alias("of_category"))
    makers = reach.where(any_category & ~any_maker).groupBy("maker_id").agg(each.alias("of_maker"))
    return (
        candidates.join(F.broadcast(categories), ["department", "category"], "left")
        .join(makers, "maker_id", "left")
        .crossJoin(F.broadcast(shop))
    )


def newly_served(units: float, shop: object, category: object, maker: object) -> list[dict[str, float]]:
    """Customers by taste, those of most first; empty where the shop knows no tastes."""
    known = _by_taste(shop)
    if not len(known):
        return []
    total = known["baskets"].to_numpy(float)
    share = total / max(total.sum(), 1.0)
    of_category, of_maker = _of(category, known.index), _of(maker, known.index)
    weight = (of_category["baskets"] + LEAN * share) * (of_maker["baskets"] + LEAN * share) / np.maximum(share, 1e-9)
    part = units * weight / max(weight.sum(), 1e-9)
    people = known["customers"].to_numpy(float)
    unserved = np.maximum(people - of_category["buyers"], 0.0)
    served = unserved * -np.expm1(-part / np.maximum(people, 1.0))
    return [{"taste": int(known.index[k]), "customers": float(served[k])} for k in np.argsort(-served, kind="stable")]


def _by_taste(of: object) -> pd.DataFrame:
    rows = [] if of is None else list(of)  # type: ignore[call-overload]  # an array of structs as Arrow brings it
    return pd.DataFrame(rows, columns=list(REACH)).set_index("taste")


def _of(of: object, tastes: pd.Index) -> dict[str, Floats]:
    found = _by_taste(of).reindex(tastes).astype(float).fillna(0.0)
    return {name: found[name].to_numpy(float) for name in ("buyers", "baskets")}
