"""Which controls are worth their price?

Each is looked at alone; of those that are worth more than they cost the best within the budget are chosen. What the chosen ones
keep off together is drawn once more (risk.controls.joint), in scenarios that had no part in the choice: of many options of no
worth those are chosen that chance favours, and what two of them keep off is counted once.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial

import pandas as pd
from pydantic import Field
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.gold.controls import RISK_CONTROLS
from shelfwise.core.kept import cut, keep
from shelfwise.measures.assumed import assume, assume_everywhere
from shelfwise.measures.exact import exact_sum
from shelfwise.measures.tail import by_scenario, worst_weights
from shelfwise.measures.weeks import WEEKS_PER_YEAR
from shelfwise.risk.controls.choice import chosen
from shelfwise.risk.controls.effects import effects
from shelfwise.risk.controls.joint import all_together
from shelfwise.risk.controls.reasons import assumed_terms, reason
from shelfwise.risk.controls.ways import OFFERED, TERMS, Ways
from shelfwise.risk.futures import WEEKS
from shelfwise.risk.pieces import in_chunks
from shelfwise.risk.scenarios import exposed, placed, total_of

LEVEL = 0.95
KEY = ["control", "scope", "name"]
EFFECTS = (
    "control string, scope string, name string, known_as string, cost double, avoided double, avoided_worst double, yearly double"
)
CENT = 0.005  # what brings less is no option
MARKED = "control string, scope string, name string, setup double, aversion double"


class ControlParams(Ways):
    scenarios: int = Field(400, ge=20)  # of gold.risk_scenarios, by which is chosen; the next as many tell what the chosen ones do
    budget: float | None = Field(None, ge=0)  # money for 13 weeks; None: all that is worth its price
    risk_aversion: float | None = Field(None, ge=0, le=1)  # None: silver.assumptions' of all
    least: float = Field(1.0, ge=0)  # money that a control brings more than it costs: for less nobody looks
    most: int = Field(2_000, ge=1)  # options of the highest net worth among which is chosen within a budget


def choose_controls(
    exposure: DataFrame,
    errors: DataFrame,
    losses: DataFrame,
    items: DataFrame,
    assumptions: DataFrame,
    *,
    params: ControlParams,
    as_of: date,
) -> DataFrame:
    """One row per control that keeps something off, one of all that are chosen. `losses`: gold.risk_scenarios."""
    total, settings = total_of(losses)
    count = min(params.scenarios, settings.scenarios // 2)
    futures = settings.model_copy(update={"scenarios": count})
    weights = worst_weights(count, LEVEL)
    choosing, confirming = (by_scenario(weights, part) for part in (total[:count], total[count : 2 * count]))
    drawn = keep(exposed(_on_terms(exposure, items, assumptions), errors))
    each = placed(drawn).mapInPandas(in_chunks(futures, partial(effects, worst=choosing, ways=params)), EFFECTS)
    options = cut(_options(each, params.risk_aversion, assumptions))
    marked = cut(_marked(options, params))
    alone = options.join(marked.select(*KEY, F.lit(True).alias("marked")), KEY, "left").withColumns(
        {
            "chosen": F.coalesce("marked", F.lit(False)),
            "avoided_error": F.lit(None).cast("double"),
            "assumed": assumed_terms(),
        }
    )
    whole = all_together(drawn, marked, futures, confirming, params)
    told = alone.select(*whole.columns).unionByName(whole)
    return told.withColumns({"as_of": F.lit(as_of), "reason": reason(params.least)}).select(*RISK_CONTROLS.columns)


def _on_terms(exposure: DataFrame, items: DataFrame, assumptions: DataFrame) -> DataFrame:
    makers = items.select("item_id", "maker_id")
    known = exposure.join(makers, "item_id", "left").fillna("UNKNOWN", ["maker_id"])
    return assume(known, assumptions, TERMS).drop("maker_id")


def _options(each: DataFrame, aversion: float | None, assumptions: DataFrame) -> DataFrame:
    """One row per control and name that keeps something off, with what it is worth, or that earns by itself."""
    setup = F.max("yearly") * WEEKS / WEEKS_PER_YEAR
    summed_up = each.groupBy(*KEY).agg(
        F.count(F.lit(1)).alias("items"),
        F.max("known_as").alias("known_as"),
        setup.alias("setup"),
        (exact_sum(F.col("cost")) + setup).alias("net_cost"),
        *[exact_sum(F.col(name)).alias(name) for name in ("avoided", "avoided_worst")],
    )
    averse = (
        assume_everywhere(summed_up, assumptions, "risk_aversion").withColumnRenamed("risk_aversion", "aversion")
        if aversion is None
        else summed_up.withColumn("aversion", F.lit(aversion))
    )
    worth = (1 - F.col("aversion")) * F.col("avoided") + F.col("aversion") * F.col("avoided_worst")
    return averse.withColumn("worth", worth).withColumns(_gains()).where(F.greatest("worth", "net") >= CENT)


def _gains() -> dict[str, Column]:
    groups = F.create_map(*[F.lit(text) for name, control in OFFERED.items() for text in (name, control.group)])
    return {
        "net": F.col("worth") - F.col("net_cost"),
        "per_money": F.when(F.col("net_cost") > 0, F.col("worth") / F.col("net_cost")),
        "group": F.concat_ws("/", "scope", "name", groups[F.col("control")]),
    }


def _marked(options: DataFrame, params: ControlParams) -> DataFrame:
    """Those that are chosen: within a budget of the best `most`, in one task; else the best of each group."""
    worth_it = options.where(F.col("net") > params.least)
    if params.budget is None:
        turn = F.row_number().over(Window.partitionBy("group").orderBy(F.desc("net"), *KEY))
        return worth_it.withColumn("turn", turn).where("turn = 1").select(*KEY, "setup", "aversion")
    best = worth_it.orderBy(F.desc("net"), *KEY).limit(params.most).coalesce(1)
    return best.mapInPandas(partial(_within, budget=params.budget), MARKED)


def _within(batches: Iterable[pd.DataFrame], *, budget: float) -> Iterator[pd.DataFrame]:
    if some := list(batches):
        rows = pd.concat(some, ignore_index=True).sort_values(KEY, ignore_index=True)
        yield rows.loc[chosen(rows, budget), [*KEY, "setup", "aversion"]]
