"""Which bundles are bought when money or room is short?

Those that bring most per unit of what is short, the best first, until it is used up: what a greedy choice loses to the best of all
is at most the bundle at which it stops (Dantzig 1957, Operations Research 5). Where both are short a bundle is weighed by the
shares of both that it takes: value / (mix x cost / budget + (1 - mix) x units / room) (surrogate constraints: Glover 1968,
Operations Research 16; Pirkul 1987, Naval Research Logistics 34); of nine mixes the one whose choice is worth most is taken.

Sums by mix and step of the score come to the driver, and no more: a step is a rise of its logarithm by a 256th, and the step at
which the limits are met is cut into FINER ones, whose sums come too. From the finer step at which they are met on, the best LAST
bundles are looked at one by one there, so that what a large one leaves a small one may still take.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F

from shelfwise.core.frames import local_frame
from shelfwise.core.kept import cut
from shelfwise.inventory.joint.blocks import SLACK, OrderParams
from shelfwise.measures.exact import exact_sum

STEPS = 256  # of the logarithm of the score
FINER = 10_000  # of a step
LAST = 10_000  # bundles; of more with the same score, to nine digits, the others are not looked at
NOTHING = -100_000  # the step of what is worth nothing: after all that is
MIXES = tuple(n / 8 for n in range(9))
FREE = 1e-12  # share of the limits of what takes none of them
SHORT = ("budget", "room")


@dataclass(frozen=True)
class Stop:
    """The step at which the limits are met, what is left of them there, and which of them it is that stops."""

    mix: float
    step: int
    finer: int
    money: float
    units: float
    short: str


def picked(bundled: DataFrame, params: OrderParams) -> DataFrame:
    """Rows of `bundled` with `stopped_by`: null for what is bought, else budget or room."""
    money, room = (math.inf if limit is None else float(limit) + SLACK for limit in (params.budget, params.room_units))
    all_of_it = bundled.withColumn("stopped_by", F.lit(None).cast("string"))
    if money == room == math.inf:
        return all_of_it
    offers = cut(bundles(bundled))
    stop = stopping(steps(offers, money, room).collect(), money, room)  # a row per mix and step
    if stop is None:
        return all_of_it
    ranked = cut(offers.withColumn("rank", rank(stop.mix, money, room)).withColumns({"step": step("rank"), "finer": finer("rank")}))
    within = ranked.where(F.col("step") == stop.step).groupBy("finer").agg(*_sums())
    stop = nearer(within.orderBy(F.desc("finer")).collect(), stop)  # at most FINER rows
    above = (F.col("step") > stop.step) | ((F.col("step") == stop.step) & (F.col("finer") > stop.finer))
    edge = ranked.where(~above).orderBy(F.desc("rank"), F.desc("opening"), "item_id", "block").limit(LAST)
    fit = local_frame(bundled.sparkSession, [(name,) for name in fitting(edge.collect(), stop)], "bundle string")
    bought = ranked.where(above).select("bundle").unionByName(fit).withColumn("bought", F.lit(True))
    marked = bundled.join(bought, "bundle", "left")
    return marked.withColumn("stopped_by", F.when(F.col("bought").isNull(), stop.short)).drop("bought")


def fitting(edge: Iterable[Row], stop: Stop) -> Iterator[str]:
    """Names of the bundles that still fit, the best first; none after another one of its item, or its supplier's first, did not."""
    money, units = stop.money, stop.units
    suppliers: set[str] = set()
    items: set[str] = set()
    for row in edge:
        fits = row["cost"] <= money and row["units"] <= units
        if fits and row["supplier_id"] not in suppliers and row["item_id"] not in items:
            money, units = money - row["cost"], units - row["units"]
            yield row["bundle"]
        elif row["opening"]:
            suppliers.add(row["supplier_id"])
        else:
            items.add(row["item_id"])


def bundles(bundled: DataFrame) -> DataFrame:
    """One row per bundle: its sums, and those of its supplier's smallest order, before which it can't be had.

    `item_id` and `block` are those of the only row where it is no supplier's.
    """
    own = F.min("item_id").alias("item_id"), F.min("block").alias("block")
    whole = bundled.groupBy("bundle", "supplier_id", "opening").agg(*_sums(), *own)
    first = [F.col(name).alias(f"first_{name}") for name in ("cost", "units", "value")]
    return whole.join(whole.where("opening").select("supplier_id", *first), "supplier_id", "left")


def steps(offers: DataFrame, money: float, room: float) -> DataFrame:
    """Sums by mix and step of the score."""
    mixes = MIXES if max(money, room) < math.inf else (1.0,) if money < math.inf else (0.0,)
    by_mix = [F.struct(F.lit(mix).alias("mix"), rank(mix, money, room).alias("rank")) for mix in mixes]
    stepped = offers.select("cost", "units", "value", F.inline(F.array(*by_mix))).withColumn("step", step("rank"))
    return stepped.groupBy("mix", "step").agg(*_sums())


def rank(mix: float, money: float, room: float) -> Column:
    """Logarithm of the value per share of the limits; of what follows a supplier's smallest order no more than that one's.

    To nine digits, so that rounding puts no block before an earlier one of its item; null of what is worth nothing.
    """
    own, first = (_score(prefix, mix, money, room) for prefix in ("", "first_"))
    score = F.least(own, first)  # passes over a null: no such supplier
    return F.when(score > 0, F.round(F.log(score), 9))


def step(rank: str) -> Column:
    return F.greatest(F.coalesce(F.floor(F.col(rank) * STEPS).cast("int"), F.lit(NOTHING)), F.lit(NOTHING))


def finer(rank: str) -> Column:
    """Place within its step, from 0 to FINER."""
    scaled = F.col(rank) * STEPS
    return F.coalesce(F.floor((scaled - F.floor(scaled)) * FINER).cast("int"), F.lit(0))


def stopping(rows: Iterable[Row], money: float, room: float) -> Stop | None:
    """Where the best mix stops; None where everything fits."""
    best: tuple[float, Stop] | None = None
    by_mix: dict[float, list[Row]] = {}
    for row in rows:
        by_mix.setdefault(row["mix"], []).append(row)
    for mix, parts in sorted(by_mix.items()):
        cost = units = value = 0.0
        for part in sorted(parts, key=lambda part: -part["step"]):
            over_money, over_room = (cost + part["cost"]) / money, (units + part["units"]) / room
            if max(over_money, over_room) > 1:
                fits = min(_share(money - cost, part["cost"]), _share(room - units, part["units"]))
                worth = value + fits * max(part["value"], 0.0)
                found = Stop(mix, part["step"], 0, money - cost, room - units, SHORT[over_room > over_money])
                best = (worth, found) if best is None or worth > best[0] else best
                break
            cost, units, value = cost + part["cost"], units + part["units"], value + part["value"]
        else:
            return None
    return best[1] if best else None


def nearer(rows: Iterable[Row], stop: Stop) -> Stop:
    """The finer step within the stop's at which the limits are met; `rows`: sums by finer step, the best first."""
    money, units, last = stop.money, stop.units, FINER
    for row in rows:
        last = row["finer"]
        if row["cost"] > money or row["units"] > units:
            break
        money, units = money - row["cost"], units - row["units"]
    else:
        last -= 1
    return replace(stop, finer=last, money=money, units=units)


def _sums() -> list[Column]:
    return [exact_sum(F.col(name)).alias(name) for name in ("cost", "units", "value")]


def _share(left: float, asked: float) -> float:
    return min(1.0, left / asked) if asked > 0 else 1.0


def _score(prefix: str, mix: float, money: float, room: float) -> Column:
    of_money = F.col(f"{prefix}cost") * (mix / money)
    of_room = F.col(f"{prefix}units") * ((1 - mix) / room)
    return F.col(f"{prefix}value") / F.greatest(of_money + of_room, F.lit(FREE))
