"""From rows of gold.candidate_worth to what is chosen among: the one pull of candidates to the driver."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.introductions.chosen import Limits, Pool

NEEDED = ("item_id", "category", "shelf", "supplier_id", "opening_units", "opening_cost", "price", "unit_cost", "point_profit")
OF_SHELF = ("beside", "beside_margin", "crowding")


class ChoiceParams(Limits):
    shortlist: int = 3000  # candidates that are chosen among: what the driver holds, some 10 MB of scenarios


@dataclass(frozen=True)
class Shortlist:
    rows: pd.DataFrame  # in the pool's order
    pool: Pool


def shortlist(worth: DataFrame, plan: DataFrame, params: ChoiceParams, *more: str) -> Shortlist:
    """The candidates of the highest expected profit alone. Bound: `shortlist` rows."""
    suppliers = plan.select("supplier_id").distinct().withColumn("is_known", F.lit(True))
    columns = dict.fromkeys((*NEEDED, *OF_SHELF, "profit", "demand", "outcome", *more))
    top = worth.select(*columns).orderBy(F.desc("profit"), "item_id").limit(params.shortlist)
    rows = top.join(F.broadcast(suppliers), "supplier_id", "left").toPandas()
    ordered = rows.sort_values(["profit", "item_id"], ascending=[False, True], ignore_index=True)
    return Shortlist(ordered, pool_of(ordered))


def pool_of(rows: pd.DataFrame) -> Pool:
    shelf, _ = pd.factorize(rows["shelf"])
    supplier, _ = pd.factorize(rows["supplier_id"])
    first = np.unique(shelf, return_index=True)[1] if len(rows) else np.array([], dtype=np.int64)
    beside, beside_margin, crowding = (rows[name].to_numpy(float)[first] for name in OF_SHELF)
    units, cost = rows["opening_units"].to_numpy(float), rows["opening_cost"].astype(float).to_numpy()
    count = len(rows["demand"].iloc[0]) if len(rows) else 1
    return Pool(
        outcome=_wide(rows, "outcome", count),
        demand=_wide(rows, "demand", count),
        margin=rows["price"].to_numpy(float) - rows["unit_cost"].to_numpy(float),
        shelf=shelf.astype(np.int64),
        uses=np.column_stack([cost, units, np.ones(len(rows))]),
        supplier=supplier.astype(np.int64),
        is_new_supplier=rows["is_known"].isna().to_numpy(dtype=bool),
        beside=beside,
        beside_margin=beside_margin,
        crowding=crowding,
    )


def _wide(rows: pd.DataFrame, name: str, count: int) -> np.ndarray:
    return np.stack(rows[name].to_list()).astype(float) if len(rows) else np.zeros((0, count))
