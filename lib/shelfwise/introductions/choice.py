"""List, test, wait or drop? Chosen together (introductions.sets), each with its reason.

- list, test: chosen; a test is one whose P(failure) is above the setting of value_candidates, so that its stop rule decides soon.
- wait: it would add to what is chosen, and a limit holds it back, which is named.
- drop: it would not pay, alone or beside what is chosen.
Advertising may cost at most what keeps P(failure) at `most_failure`: that quantile of the profit. Places of recommendations are
dealt out in proportion to expected units, to a test twice as many, since they buy knowledge.
"""

from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.gold.introductions import INTRODUCTIONS
from shelfwise.core.frames import local_frame
from shelfwise.introductions.chosen import TOLERANCE
from shelfwise.introductions.pool import ChoiceParams, Shortlist, shortlist
from shelfwise.introductions.sets import choose
from shelfwise.measures.exact import on_grid

NARROW = "item_id string, rank int, gain double, binding string"
TEST_SHARE = 2.0
NAMES = {"budget": "the budget", "space": "the warehouse", "places": "the number of places", "risk": "the cap on risk"}


class IntroductionParams(ChoiceParams):
    exposure: float = 0.10  # share of recommended places that newcomers get together
    most_failure: float = 0.50  # P(failure) up to which advertising may be spent


def choose_introductions(
    worth: DataFrame, items: DataFrame, candidates: DataFrame, plan: DataFrame, *, params: IntroductionParams, as_of: date
) -> DataFrame:
    """One row per candidate."""
    picked = local_frame(worth.sparkSession, _picked(shortlist(worth, plan, params), params), NARROW)
    told = candidates.select("item_id", F.col("description").alias("proposed"))
    joined = worth.join(F.broadcast(picked), "item_id", "left").join(told, "item_id", "left")
    described = joined.join(items.select("item_id", F.col("description").alias("listed")), "item_id", "left")
    return reduce(DataFrame.withColumns, _columns(params, as_of), described).select(*INTRODUCTIONS.columns)


def _picked(found: Shortlist, params: ChoiceParams) -> list[tuple[str, int | None, float, str | None]]:
    """Of the shortlist: the place in the set, what it adds to it, and what holds it back."""
    chosen = choose(found.pool, params)
    rows: list[tuple[str, int | None, float, str | None]] = []
    places = {one: place + 1 for place, one in enumerate(chosen.members)}
    for one, item in enumerate(found.rows["item_id"]):
        if one in places:
            rows.append((str(item), places[one], chosen.worth - chosen.without(one).worth, None))
        else:
            gain = chosen.gain(one)
            rows.append((str(item), None, gain, chosen.binds(one) if gain > TOLERANCE else None))
    return rows


def _columns(params: IntroductionParams, as_of: date) -> list[dict[str, Column]]:
    in_set = F.col("rank").isNotNull()
    gain = F.coalesce("gain", "profit")
    # what did not come to the shortlist is worth less alone than all that did
    held = F.coalesce("binding", F.when(F.col("gain").isNull() & (F.col("profit") > 0), "shortlist"))
    waits = F.when(held.isNotNull(), "wait").otherwise("drop")
    decision = F.when(in_set, F.col("plan")).otherwise(waits)
    cut = F.element_at(F.sort_array(F.col("outcome")), F.ceil(F.size("outcome") * F.lit(params.most_failure)).cast("int"))
    wanted = F.when(in_set, F.col("units") * F.when(F.col("plan") == "test", TEST_SHARE).otherwise(1.0)).otherwise(0.0)
    whole = Window.partitionBy()  # of the chosen: at most `places` rows have any
    return [
        {"decision": decision, "binding": held, "gain": gain, "description": F.coalesce("proposed", "listed"), "wanted": wanted},
        {
            "as_of": F.lit(as_of),
            "launch_week": F.when(in_set, F.col("launch")),
            "opening_units": F.when(in_set, F.col("opening_units")).otherwise(0),
            "opening_cost": F.when(in_set, F.col("opening_cost")).otherwise(F.lit(0).cast("decimal(14,2)")),
            "advertising_cap": F.when(in_set, F.greatest(cut.cast("double"), F.lit(0.0))).otherwise(0.0),
            "exposure_share": F.coalesce(
                F.try_divide(params.exposure * wanted, F.sum(on_grid(F.col("wanted"))).over(whole)), F.lit(0.0)
            ),
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
    limit = F.coalesce(
        F.create_map(*[F.lit(part) for pair in NAMES.items() for part in pair])[F.col("binding")], F.lit("the shortlist")
    )
    return (
        F.when(F.col("decision") == "list", F.concat(F.lit("List: "), money, F.lit("; "), loses, F.lit("; "), order, stated))
        .when(F.col("decision") == "test", F.concat(F.lit("Test: "), money, F.lit("; "), loses, F.lit("; "), order, stated))
        .when(F.col("decision") == "wait", F.concat(F.lit("Wait: "), adds, F.lit(", but "), limit, F.lit(" is used up; "), money))
        .when(
            F.col("profit") > 0,
            F.concat(F.lit("Drop: what is chosen for its shelf leaves it "), F.format_string("%.2f", "gain"), F.lit("; "), money),
        )
        .otherwise(F.concat(F.lit("Drop: "), money, F.lit("; "), loses))
    )
