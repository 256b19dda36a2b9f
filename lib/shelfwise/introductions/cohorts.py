"""How do launched items do against what was foreseen on their eve, and is it time to scale up or to stop?

Read after every week: evidence that the level is below `stop_level`, or above `scale_level`, by a test that may be read as often as
one likes (measures.sequential). The first of the two that passes 1 / alpha gives the verdict, and it stands.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import pandas as pd
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.gold.introductions import INTRODUCTION_COHORTS
from shelfwise.core.job import Params
from shelfwise.measures import evidence, sequential
from shelfwise.measures.sold import with_units

KEY = ("item_id", "launch_week")
OF_ITEM = ("launch", "department", "category")
NUMBERS = ("planned", "units", "cum_planned", "cum_units", "cum_squares", "level_shape", "scatter")
EVIDENCE = ("level", "against_stop", "against_plan")
LEAST_PLANNED = 1e-6


class CohortParams(Params):
    stop_level: float = 0.5  # of the plan: an item that sells less is to be stopped
    scale_level: float = 1.25  # an item that sells more is to be scaled up
    alpha: float = 0.1  # chance of a verdict against an item whose level is the one tested


def follow_introductions(foreseen: DataFrame, panel: DataFrame, *, params: CohortParams, as_of: date) -> DataFrame:
    """One row per launch of the last 13 weeks and week since launch that is over."""
    launched = foreseen.where(F.col("stage") == "launched")
    weeks = launched.select("item_id", *OF_ITEM, "level_shape", "scatter", F.posexplode("mean").alias("place", "foreseen"))
    dated = weeks.withColumns(
        {
            "launch_week": F.col("place") + 1,
            "week": F.date_add("launch", 7 * F.col("place")),
            "planned": F.greatest("foreseen", F.lit(LEAST_PLANNED)),
        }
    )
    over = with_units(dated, panel, as_of).where(F.col("units").isNotNull())
    so_far = Window.partitionBy("item_id").orderBy("launch_week")
    sums = {"planned": F.col("planned"), "units": F.col("units"), "squares": F.col("planned") * F.col("planned")}
    summed = over.withColumns({f"cum_{name}": F.sum(column).over(so_far) for name, column in sums.items()})
    told = summed.select(*KEY, *OF_ITEM, *NUMBERS).mapInPandas(_read(params), _schema())
    first = {name: _first_week(F.col(name) >= 1 / params.alpha) for name in ("against_stop", "against_plan")}
    judged = told.withColumns({f"first_{name}": week for name, week in first.items()})
    return judged.withColumns({"verdict": _verdict(), "as_of": F.lit(as_of)}).select(*INTRODUCTION_COHORTS.columns)


def evidence_of(rows: pd.DataFrame, params: CohortParams) -> pd.DataFrame:
    """Adds EVIDENCE. At level b weeks scatter 1 + b x scatter x sum of m^2 / sum of m times as much as Poisson's."""
    sold, planned, shape = (rows[name].to_numpy(float) for name in ("cum_units", "cum_planned", "level_shape"))
    uneven = rows["scatter"].to_numpy(float) * rows["cum_squares"].to_numpy(float) / planned
    return rows.assign(
        level=evidence.multiplier(sold / (1 + uneven), planned / (1 + uneven), shape),
        against_stop=sequential.below(sold, planned, shape, params.stop_level, 1 + params.stop_level * uneven),
        against_plan=sequential.above(sold, planned, shape, params.scale_level, 1 + params.scale_level * uneven),
    )


def _read(params: CohortParams):  # type: ignore[no-untyped-def]  # a function of batches, as mapInPandas wants it
    def read(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for rows in batches:
            yield evidence_of(rows, params)

    return read


def _schema() -> str:
    of_item = "item_id string, launch_week int, launch date, department string, category string"
    return of_item + "".join(f", {name} double" for name in (*NUMBERS, *EVIDENCE))


def _first_week(passed: Column) -> Column:
    so_far = Window.partitionBy("item_id").orderBy("launch_week")
    return F.min(F.when(passed, F.col("launch_week"))).over(so_far)


def _verdict() -> Column:
    stop, scale = F.coalesce("first_against_stop", F.lit(99)), F.coalesce("first_against_plan", F.lit(99))
    return F.when(F.least(stop, scale) == 99, "hold").when(stop <= scale, "stop").otherwise("scale up")
