"""From rows of gold.candidate_worth to what is chosen among: the one pull of candidates to the driver.

A candidate comes with each of its plans (`plan_no` 0 is that of the highest profit), of which a set holds at most one.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.introductions import PLANNED
from shelfwise.introductions.chosen import Limits, Pool

NEEDED = ("item_id", "category", "shelf", "supplier_id", "price", "unit_cost")
OF_SHELF = ("beside", "beside_margin", "crowding")
OF_PLAN = ("opening_units", "opening_cost", "units", "profit", "point_profit", "demand", "outcome")


class ChoiceParams(Limits):
    shortlist: int = 3000  # candidates that are chosen among: what the driver holds, some 30 MB of scenarios


@dataclass(frozen=True)
class Shortlist:
    rows: pd.DataFrame  # a plan each, in the pool's order
    pool: Pool

    @property
    def usual(self) -> pd.DataFrame:
        """A row each: the plan of the highest profit."""
        return self.rows[self.rows["plan_no"] == 0]


def shortlist(worth: DataFrame, plan: DataFrame, params: ChoiceParams, *more: str) -> Shortlist:
    """Plans of the candidates of the highest expected profit alone. Bound: `shortlist` candidates. `more`: further columns."""
    suppliers = plan.where("launch IS NULL").select("supplier_id").distinct().withColumn("is_known", F.lit(True))
    top = worth.orderBy(F.desc("profit"), "item_id").limit(params.shortlist)
    of_plan = [name for name in dict.fromkeys((*OF_PLAN, *more)) if name in PLANNED]
    own = [name for name in dict.fromkeys((*NEEDED, *OF_SHELF, *more)) if name not in PLANNED]
    usual = F.struct(*of_plan)
    others = F.transform("smaller", lambda one: F.struct(*[one[name].alias(name) for name in of_plan]))
    plans = top.select(*own, F.col("profit").alias("best"), F.posexplode(F.concat(F.array(usual), others)).alias("plan_no", "each"))
    rows = plans.select("*", "each.*").drop("each").join(F.broadcast(suppliers), "supplier_id", "left").toPandas()
    ordered = rows.sort_values(["best", "item_id", "plan_no"], ascending=[False, True, True], ignore_index=True)
    return Shortlist(ordered, pool_of(ordered))


def pool_of(rows: pd.DataFrame) -> Pool:
    shelf, _ = pd.factorize(rows["shelf"])
    supplier, _ = pd.factorize(rows["supplier_id"])
    candidate, _ = pd.factorize(rows["item_id"])
    first = np.unique(shelf, return_index=True)[1] if len(rows) else np.array([], dtype=np.int64)
    beside, beside_margin, crowding = (rows[name].to_numpy(float)[first] for name in OF_SHELF)
    units, cost = rows["opening_units"].to_numpy(float), rows["opening_cost"].astype(float).to_numpy()
    count = len(rows["demand"].iloc[0]) if len(rows) else 1
    return Pool(
        outcome=_wide(rows, "outcome", count),
        demand=_wide(rows, "demand", count),
        margin=rows["price"].to_numpy(float) - rows["unit_cost"].to_numpy(float),
        candidate=candidate.astype(np.int64),
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
