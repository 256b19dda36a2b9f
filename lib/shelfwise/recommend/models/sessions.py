"""What did others go on to, who had just taken the same? Neighbours are sessions, weighed by order, rarity and age.

A customer's events in order of time are parted where more than `gap` lies between two; without a gap a history is one session. Of
the current session s, the customer's last, the `last` newest events speak. With x in both s and another session n, of m:

    likeness(s, n) = sum of 2^(-back(x) / memory) log(1 + m / sessions with x)^rarity, / sqrt(size of n), * 2^(-age(n) / half-life)
    score(s, i)    = sum over the nearest n of likeness(s, n) * 2^(-|d| / reach), * `before` where d < 0;  d = place(i) - place(x*)

back(x): moments from x to the newest event of s; place: the number of the moment in n; x*: the newest of s that n has. Events of
one moment have one place: a basket has no order.

With all of that switched off (endless memory, reach and half-life, rarity 0, `before` 1) the ranking is that of session-kNN
(Jannach & Ludewig 2017), whose cosine also has the size of s in it, which all neighbours share. Memory and rarity are V-SkNN's
(Ludewig & Jannach 2018; there the weight falls in a line), half-life and reach STAN's (Garg et al. 2019; there by e, and with age
counted from s on, which ranks alike, and only sessions before s). `before` lies between the two: 1 is STAN, 0 lets only what came
later speak, as SF-SkNN does. Neighbours are sought among the newest `sessions` of all; there among the newest that share an item.
As a product of vectors: the index is an event of a neighbour. A customer's vector has likeness(s, n) at x*, an item's what it
is worth after (or before) each event of its sessions.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.core.kept import cut
from shelfwise.measures.pairs import number_ids
from shelfwise.recommend.vectors import Vectors, best, gathered

BUCKETS = 64  # tasks that may number sessions at the same time
HALVINGS = 5  # what is worth less than 1/32 is left out


class SessionParams(Params):
    nearest: int = 100
    last: int = 20
    memory: float = 5.0  # moments
    rarity: float = 1.0
    reach: float = 5.0  # moments
    before: float = 0.5
    half_life: float = 1.0  # as a share of the time between the first and the last event of all: it needs no unit
    gap: float | None = None  # in the unit of `at`
    longest: int = 100  # the newest events of a session; others are not in it
    sessions: int = 100_000  # the newest: work grows with customers times these


def session_neighbours(taken: DataFrame, params: SessionParams) -> Vectors:
    """Of `taken` with `at`; who has a current session of one event with no neighbour has no vector."""
    events = cut(_events(taken, params))
    sessions = cut(_sessions(events, params))
    current = cut(_current(events, sessions, params))
    own = sessions.select("customer_index", F.col("session").alias("item_index"))
    others = gathered(_weighed(sessions, params), "session", "item_index", "weight")
    near = best(Vectors(gathered(current, "customer_index", "item_index", "weight"), others), own, params.nearest)
    return Vectors(_customers(near, current, sessions, params), _items(sessions, params))


def _events(taken: DataFrame, params: SessionParams) -> DataFrame:
    """The newest events of each session: customer_index, item_index, at, part (of the customer), last_part, moment, newer."""
    in_time = Window.partitionBy("customer_index").orderBy("at", "item_index")
    parted = F.lit(False) if params.gap is None else F.col("at") - F.lag("at").over(in_time) > params.gap
    starts = taken.withColumn("starts", F.coalesce(parted, F.lit(False)).cast("int"))
    part = F.sum("starts").over(in_time.rowsBetween(Window.unboundedPreceding, Window.currentRow))
    session = Window.partitionBy("customer_index", "part")
    placed = starts.withColumn("part", part).withColumns(
        {
            "last_part": F.max("part").over(Window.partitionBy("customer_index")),
            "moment": F.dense_rank().over(session.orderBy("at")),
            "newer": F.row_number().over(session.orderBy(F.desc("at"), F.desc("item_index"))) - 1,
        }
    )
    return placed.where(F.col("newer") < params.longest).drop("starts", "strength")


def _sessions(events: DataFrame, params: SessionParams) -> DataFrame:
    """The newest sessions of two events or more: session, customer_index, items and moments in order, age (share of all time)."""
    span = events.agg(F.max("at").alias("newest"), F.min("at").alias("oldest"))
    rows = F.sort_array(F.collect_list(F.struct("moment", "item_index"))).alias("rows")
    whole = events.groupBy("customer_index", "part").agg(rows, F.max("at").alias("ended")).where(F.size("rows") > 1)
    newest = whole.orderBy(F.desc("ended"), "customer_index", "part").limit(params.sessions)
    named = cut(newest.withColumn("name", F.concat_ws("/", "customer_index", "part")))
    age = F.coalesce(F.try_divide(F.col("newest") - F.col("ended"), F.col("newest") - F.col("oldest")), F.lit(0.0))
    numbered = named.join(number_ids(named, "name", "session", BUCKETS), "name", "inner").crossJoin(F.broadcast(span))  # one row
    items, moments = F.col("rows.item_index").alias("items"), F.col("rows.moment").alias("moments")
    return numbered.select("session", "customer_index", items, moments, age.alias("age"))


def _current(events: DataFrame, sessions: DataFrame, params: SessionParams) -> DataFrame:
    """What speaks for each customer: customer_index, item_index, back, weight."""
    known = sessions.select(F.explode("items").alias("item_index")).groupBy("item_index").agg(F.count(F.lit(1)).alias("having"))
    rarity = known.crossJoin(F.broadcast(sessions.agg(F.count(F.lit(1)).alias("all"))))  # one row
    back = F.max("moment").over(Window.partitionBy("customer_index")) - F.col("moment")
    lately = events.where((F.col("part") == F.col("last_part")) & (F.col("newer") < params.last)).withColumn("back", back)
    weight = F.pow(F.lit(2.0), -F.col("back") / params.memory) * F.pow(
        F.log1p(F.col("all") / F.col("having")), F.lit(params.rarity)
    )
    return lately.join(rarity, "item_index", "inner").select("customer_index", "item_index", "back", weight.alias("weight"))


def _weighed(sessions: DataFrame, params: SessionParams) -> DataFrame:
    weight = F.pow(F.lit(2.0), -F.col("age") / params.half_life) / F.sqrt(F.size("items"))
    return sessions.select("session", F.explode("items").alias("item_index"), weight.alias("weight"))


def _customers(near: DataFrame, current: DataFrame, sessions: DataFrame, params: SessionParams) -> DataFrame:
    """Each customer's neighbours, at the event that both have, the customer last."""
    newest = F.sort_array(F.collect_list(F.struct("back", "item_index"))).alias("newest")
    speaking = current.groupBy("customer_index").agg(newest)
    met = near.withColumnRenamed("item_index", "session").join(speaking, "customer_index", "inner")
    both = met.join(sessions.select("session", "items"), "session", "inner")
    # array_intersect keeps the order of its first
    shared = F.array_intersect(F.col("newest.item_index"), F.col("items"))[0]
    at = both.withColumn("place", F.array_position("items", shared) - 1)
    return gathered(at.withColumn("event", _event(F.col("place"), params)), "customer_index", "event", "score")


def _items(sessions: DataFrame, params: SessionParams) -> DataFrame:
    """What each item is worth to who stands at an event of its session."""
    standing = sessions.select("session", "items", "moments", F.posexplode("moments").alias("place", "here"))
    others = standing.select("*", F.posexplode("items").alias("other", "item_index")).where(F.col("other") != F.col("place"))
    away = others.withColumn("away", F.get("moments", F.col("other")) - F.col("here"))
    near = away.where(F.abs("away") <= HALVINGS * params.reach)
    side = F.when(F.col("away") < 0, params.before).otherwise(1.0)
    worth = near.withColumn("worth", F.pow(F.lit(2.0), -F.abs("away") / params.reach) * side).where(F.col("worth") > 0)
    return gathered(worth.withColumn("event", _event(F.col("place"), params)), "item_index", "event", "worth")


def _event(place: Column, params: SessionParams) -> Column:
    """A number for each event of all sessions."""
    return (F.col("session") * params.longest + place).cast("int")
