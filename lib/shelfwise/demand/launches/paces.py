"""How fast do established items of a launch's department, category, shelf and maker sell, to those of the shop?

Sales of items differ by factors, and a few sell a hundred times as much as most: a mean over some dozens says little. So it is log
units of 13 weeks that are compared, department by department, then what these leave by category, by shelf and by maker, each
effect drawn towards none by how little it rests on (measures.effects).
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.demand.inputs import UNKNOWN
from shelfwise.demand.segments import NEW_WEEKS
from shelfwise.measures.effects import group_effects
from shelfwise.measures.exact import exact_sum
from shelfwise.measures.shelves import shelf

SEEN_WEEKS = 26  # on sale: sold within so many, so that those which hardly sell count too
WEEKS, HALF_A_UNIT = 13, 0.5
GROUPS: Mapping[str, str] = {
    "pace_department": "department",
    "pace_category": "category",
    "pace_shelf": "shelf",
    "pace_maker": "maker_id",
}
PACES = tuple(GROUPS)


def with_paces(launched: DataFrame, panel: DataFrame, items: DataFrame) -> DataFrame:
    """Adds PACES on the `eve` to one row per launch: 1 sells like the shop's items; UNKNOWN where none of the group sells."""
    established = (F.col("age_weeks") >= NEW_WEEKS) & (F.col("weeks_since_sale") < SEEN_WEEKS)
    eves = F.broadcast(launched.select(F.col("eve").alias("week")).distinct())  # weeks
    live = panel.where(established).join(eves, "week", "left_semi").join(items.select("item_id", shelf()), "item_id", "inner")
    log = F.log(WEEKS * F.col("mean_13") + HALF_A_UNIT)
    sums = {"count": F.lit(1.0), "total": log, "squares": log * log}
    cells = live.groupBy("week", *GROUPS.values()).agg(*[exact_sum(column).alias(name) for name, column in sums.items()])
    # bound: a week's combinations of shelf and maker come to one task
    told = cells.groupBy("week").applyInPandas(paces, "eve date, name string, value string, pace double")
    known = launched
    for name, by in GROUPS.items():
        of = told.where(F.col("name") == name).select("eve", F.col("value").alias(by), F.col("pace").alias(name))
        known = known.join(of, ["eve", by], "left").fillna(UNKNOWN, [name])
    return known


def paces(cells: pd.DataFrame) -> pd.DataFrame:
    """Of one week: a row per group and value."""
    rows = cells.sort_values(list(GROUPS.values()), ignore_index=True)
    count, total, squares = (rows[name].to_numpy(float) for name in ("count", "total", "squares"))
    parts, effect = [], np.full(len(rows), total.sum() / count.sum())
    for name, by in GROUPS.items():
        # what is left when the effect so far is taken off each member
        squares, total = squares - 2 * effect * total + count * effect**2, total - count * effect
        group, values = pd.factorize(rows[by])
        effect = group_effects(count, total, squares, group)
        pace = np.exp(pd.Series(effect).groupby(group).first().to_numpy())
        parts.append(pd.DataFrame({"eve": rows["week"].iloc[0], "name": name, "value": values, "pace": np.round(pace, 6)}))
    return pd.concat(parts, ignore_index=True)


def pace() -> Column:
    """All that is known together."""
    known: Column = F.lit(1.0)
    for name in PACES:
        known = known * F.when(F.col(name) > 0, F.col(name)).otherwise(1.0)
    return known
