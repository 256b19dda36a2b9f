"""What are sets of candidates worth line by line: the chosen one, the frontier of profit against risk, and simpler rules?

The ledger adds up: margin + halo + won - what is spent - shared = profit, shared being what newcomers take from one another, which
no candidate's own lines know. Rules: everything (without limits), nothing, category growth (the fastest growing categories first,
in each what is expected to sell most) and point forecast (the highest profit were demand just as expected), both within the
limits. The rules order of each candidate what earns most; smaller orders are known to the choice alone.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.introductions import EARNED, INTRODUCTION_SETS, SPENT
from shelfwise.core.frames import local_frame
from shelfwise.introductions.chosen import Chosen, of
from shelfwise.introductions.money import cvar, mean_and_worst
from shelfwise.introductions.pool import ChoiceParams, Shortlist, shortlist
from shelfwise.introductions.sets import choose

OWN = "shelfwise"
AVERSIONS = (0.0, 0.5, 0.9)  # beside the one in use
MONEY_LINES = (*EARNED, *SPENT)
MORE = (*MONEY_LINES, "newly_served", "units")


def compare_sets(worth: DataFrame, plan: DataFrame, panel: DataFrame, *, params: ChoiceParams, as_of: date) -> DataFrame:
    """One row per set and line. Bound: the shortlist comes to the driver."""
    found = shortlist(worth, plan, params, *MORE)
    growth = growth_of(panel)
    whole = worth.count() <= params.shortlist
    rows = [
        (name, line, float(amount))
        for name, chosen in sets(found, growth, params, whole=whole)
        for line, amount in lines(found, chosen, params)
    ]
    told = local_frame(worth.sparkSession, rows, "chosen_by string, line string, amount double")
    return told.withColumn("as_of", F.lit(as_of)).select(*INTRODUCTION_SETS.columns)


def sets(found: Shortlist, growth: dict[str, float], params: ChoiceParams, *, whole: bool) -> Iterator[tuple[str, Chosen]]:
    pool, usual = found.pool, found.usual
    own = choose(pool, params)
    yield OWN, own
    tried = [own, *[choose(pool, params.model_copy(update={"aversion": aversion})) for aversion in AVERSIONS]]
    for aversion in AVERSIONS:
        # the choice is a search: what another aversion has found may be the better one for this
        yield f"aversion {aversion:g}", max(tried, key=lambda one: mean_and_worst(one.total, aversion, params.worst))
    if whole:
        yield "everything", of(pool, params, usual.index)
    yield "nothing", of(pool, params, ())
    yield "category growth", filled(found, by_growth(usual, growth), params)
    yield "point forecast", filled(found, by_point(usual), params)


def by_growth(rows: pd.DataFrame, growth: dict[str, float]) -> list[int]:
    """Categories by growth; a new one has none, and comes last."""
    grows = rows["category"].map(growth).fillna(-np.inf)
    return [int(one) for one in rows.assign(grows=grows).sort_values(["grows", "units"], ascending=False, kind="stable").index]


def by_point(rows: pd.DataFrame) -> list[int]:
    positive = rows[rows["point_profit"] > 0].sort_values("point_profit", ascending=False, kind="stable")
    return [int(one) for one in positive.index]


def filled(found: Shortlist, order: Sequence[int], params: ChoiceParams) -> Chosen:
    """One after the other, as far as the limits allow."""
    chosen = Chosen(found.pool, params)
    for one in order:
        if chosen.binds(one) is None:
            chosen.add(one)
    return chosen


def lines(found: Shortlist, chosen: Chosen, params: ChoiceParams) -> Iterator[tuple[str, float]]:
    members = found.rows.iloc[sorted(chosen.members)]
    total = chosen.total
    alone = 0.0
    yield "items", len(members)
    yield "budget", members["opening_cost"].astype(float).sum()
    for name in MONEY_LINES:
        amount = members[name].sum() * (1 if name in EARNED else -1)
        alone += amount
        yield name, amount
    yield "shared", total.mean() - alone
    yield "profit", total.mean()
    yield "cvar", cvar(total, params.worst)
    yield "p_failure", (total < 0).mean()
    yield "newly_served", members["newly_served"].sum()


def growth_of(panel: DataFrame) -> dict[str, float]:
    """By category: the last four weeks' mean over the last 13's. Bound: categories."""
    last = panel.agg(F.max("week").alias("week"))
    levels = panel.join(F.broadcast(last), "week", "left_semi").groupBy("category")
    grown = levels.agg(F.max(F.try_divide("category_mean_4", "category_mean_13")).alias("growth")).where("growth IS NOT NULL")
    return {row["category"]: row["growth"] for row in grown.collect()}
