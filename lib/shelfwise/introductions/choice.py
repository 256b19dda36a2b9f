"""List, test, wait or drop? Chosen together (introductions.sets), each with its reason.

- list, test: chosen, with the opening order that the limits leave it; a test is one whose P(failure) is above the setting of
  value_candidates, so that its stop rule decides soon.
- wait: it would add to what is chosen, and a limit holds it back, which is named.
- drop: it would not pay, alone or beside what is chosen.
Advertising may cost at most what keeps P(failure) at `most_failure`: that quantile of the profit. Places of recommendations are
dealt out in proportion to expected units, to a test twice as many, since they buy knowledge.
"""

from datetime import date
from functools import reduce

import numpy as np
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.introductions import INTRODUCTIONS, PLANNED
from shelfwise.core.frames import local_frame
from shelfwise.introductions.chosen import TOLERANCE
from shelfwise.introductions.pool import ChoiceParams, Shortlist, shortlist
from shelfwise.introductions.sets import choose

NARROW = "item_id string, rank int, gain double, binding string, exposure_share double, plan_no int"
TEST_SHARE = 2.0
HELD = {
    "budget": "the budget is used up",
    "space": "the warehouse is full",
    "places": "all places are taken",
    "risk": "the cap on risk is reached",
    "supplier": "its new supplier's smallest order is not",
    "shortlist": "as many others are worth more",
}


class IntroductionParams(ChoiceParams):
    exposure: float = 0.10  # share of recommended places that newcomers get together
    most_failure: float = 0.50  # P(failure) up to which advertising may be spent


def choose_introductions(
    worth: DataFrame, items: DataFrame, candidates: DataFrame, plan: DataFrame, *, params: IntroductionParams, as_of: date
) -> DataFrame:
    """One row per candidate."""
    picked = local_frame(worth.sparkSession, _picked(shortlist(worth, plan, params, "units", "plan"), params), NARROW)
    told = candidates.select("item_id", F.col("description").alias("proposed"))
    joined = _as_planned(worth.join(F.broadcast(picked), "item_id", "left")).join(told, "item_id", "left")
    described = joined.join(items.select("item_id", F.col("description").alias("listed")), "item_id", "left")
    return reduce(DataFrame.withColumns, _columns(params, as_of), described).select(*INTRODUCTIONS.columns)


Row = tuple[str, int | None, float, str | None, float, int]


def _picked(found: Shortlist, params: IntroductionParams) -> list[Row]:
    """Of the shortlist: place in the set, what it adds, what holds it or its best order back, places to be shown in, plan."""
    chosen, plan_no = choose(found.pool, params), found.rows["plan_no"].to_numpy(int)
    wanted = found.rows["units"] * np.where(found.rows["plan"] == "test", TEST_SHARE, 1.0)
    share = params.exposure * wanted / max(float(wanted.iloc[np.array(chosen.members, dtype=np.int64)].sum()), 1e-12)
    places = {one: place + 1 for place, one in enumerate(chosen.members)}
    rows: list[Row] = []
    for item, plans in found.rows.groupby("item_id", sort=False).indices.items():
        one = chosen.replaced(int(plans[0]))
        if one is not None:
            gain, held = chosen.worth - chosen.without(one).worth, chosen.binds(int(plans[0])) if plan_no[one] else None
            rows.append((str(item), places[one], gain, held, float(share[one]), int(plan_no[one])))
        else:
            one = max((int(plan) for plan in plans), key=chosen.gain)
            gain = chosen.gain(one)
            # what would add to the set and breaks no limit was left out for its supplier's minimum
            rows.append((str(item), None, gain, (chosen.binds(one) or "supplier") if gain > TOLERANCE else None, 0.0, 0))
    return rows


def _as_planned(worth: DataFrame) -> DataFrame:
    """With the figures of the plan that was taken, and `best_units`, the opening order of the highest profit."""
    smaller = F.get("smaller", F.col("plan_no") - 1)
    taken = {name: F.when(F.col("plan_no") > 0, smaller[name]).otherwise(F.col(name)) for name in PLANNED}
    return worth.withColumns(taken | {"best_units": F.col("opening_units"), "best_profit": F.col("profit")})


def _columns(params: IntroductionParams, as_of: date) -> list[dict[str, Column]]:
    in_set = F.col("rank").isNotNull()
    gain = F.coalesce("gain", "profit")
    # what did not come to the shortlist is worth less alone than all that did
    held = F.coalesce("binding", F.when(F.col("gain").isNull() & (F.col("profit") > 0), "shortlist"))
    waits = F.when(held.isNotNull(), "wait").otherwise("drop")
    decision = F.when(in_set, F.col("plan")).otherwise(waits)
    place = F.least(F.floor(F.size("outcome") * F.lit(params.most_failure)) + 1, F.size("outcome")).cast("int")
    cut = F.element_at(F.sort_array(F.col("outcome")), place)
    return [
        {"decision": decision, "binding": held, "gain": gain, "description": F.coalesce("proposed", "listed")},
        {
            "as_of": F.lit(as_of),
            "launch_week": F.when(in_set, F.col("launch")),
            "opening_units": F.when(in_set, F.col("opening_units")).otherwise(0),
            "opening_cost": F.when(in_set, F.col("opening_cost")).otherwise(F.lit(0).cast("decimal(14,2)")),
            "advertising_cap": F.when(in_set, F.greatest(cut.cast("double"), F.lit(0.0))).otherwise(0.0),
            "exposure_share": F.coalesce("exposure_share", F.lit(0.0)),
            "reason": _reason(),
        },
    ]


def _reason() -> Column:
    money = F.format_string(
        "expected profit of 13 weeks %.2f (%.2f to %.2f), P(failure) %.0f %%",
        *[F.col(name) for name in ("profit", "profit_q05", "profit_q95")],
        100 * F.col("p_failure"),
    )
    loses = F.format_string(
        "sells %.1f units, of which items beside it lose %.1f",
        "units",
        F.coalesce(F.aggregate("cannibalised_items", F.lit(0.0), lambda total, one: total + one["units"]), F.lit(0.0)),
    )
    stop = F.format_string("stop after week %d if fewer than %d units have sold", "stop_week", "stop_units")
    stated = F.when(F.col("stop_units") > 0, F.concat(F.lit("; "), stop)).otherwise("")
    order = F.format_string("order %d units for %.2f", "opening_units", F.col("opening_cost").cast("double"))
    adds = F.format_string("it would add %.2f", "gain")
    limit = F.create_map(*[F.lit(part) for pair in HELD.items() for part in pair])[F.col("binding")]
    best = F.format_string("; %d units would earn %.2f alone, but ", "best_units", "best_profit")
    short = F.when(F.col("plan_no") > 0, F.concat(best, F.coalesce(limit, F.lit("add no more beside the others")))).otherwise("")
    return (
        F.when(F.col("decision") == "list", F.concat(F.lit("List: "), money, F.lit("; "), loses, F.lit("; "), order, short, stated))
        .when(F.col("decision") == "test", F.concat(F.lit("Test: "), money, F.lit("; "), loses, F.lit("; "), order, short, stated))
        .when(F.col("decision") == "wait", F.concat(F.lit("Wait: "), adds, F.lit(", but "), limit, F.lit("; "), money))
        .when(
            F.col("profit") > 0,
            F.concat(F.lit("Drop: weighed for risk, beside what is chosen, "), adds, F.lit("; "), money),
        )
        .otherwise(F.concat(F.lit("Drop: "), money, F.lit("; "), loses))
    )
