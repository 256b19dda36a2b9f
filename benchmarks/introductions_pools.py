"""Drawn candidates for benchmarks of what is chosen, and of how long it takes."""

import numpy as np
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.introductions.chosen import Pool
from shelfwise.measures.levels import smooth_law
from shelfwise.measures.nested import taken

SHELVES, SCENARIOS = 5, 40


def drawn_pool(seed: int, count: int = 14) -> Pool:
    rng = np.random.default_rng(seed)
    shelf = rng.integers(0, SHELVES, count)
    beside, margin_beside, crowding = rng.uniform(5, 100, SHELVES), rng.uniform(0.5, 2, SHELVES), rng.uniform(0.2, 0.7, SHELVES)
    level = rng.gamma(1.5, 1 / 1.5, (count, SCENARIOS))
    demand = rng.poisson(rng.lognormal(2, 1, count)[:, None] * level).astype(float)
    margin, cost = rng.uniform(0.5, 3, count), rng.uniform(3, 30, count)
    lost = taken(demand, np.broadcast_to(beside[shelf][:, None], demand.shape), crowding[shelf][:, None])
    outcome = margin[:, None] * demand - margin_beside[shelf][:, None] * lost - rng.uniform(2, 15, count)[:, None]
    uses = np.column_stack([cost, cost * rng.uniform(0.5, 2, count), np.ones(count)])
    alone = np.zeros(count, dtype=np.int64)
    return Pool(outcome, demand, margin, np.arange(count), shelf, uses, alone, alone > 0, beside, margin_beside, crowding)


def drawn_rows(spark: SparkSession, count: int) -> DataFrame:
    """As introductions.worth values them: what stands in each row is drawn by its number."""
    share = [F.rand(seed) for seed in range(3)]
    weekly = (0.2 + 3 * share[0] * share[0]).alias("weekly")
    drawn = spark.range(count).select("id", weekly, (1 + 9 * share[1]).alias("price"), (20 + 200 * share[2]).alias("beside"))
    text = {"item_id": "i", "department": "d", "category": "c", "shelf": "s", "maker_id": "m", "supplier_id": "s"}
    each = [F.concat(F.lit(letter), F.col("id") % 97).alias(name) for name, letter in text.items() if name != "item_id"]
    numbers = {
        "scatter": 0.5,
        "learnt": 1.0,
        "holding_cost_share_per_year": 0.25,
        "clearing_loss_share": 0.5,
        "order_line_cost": 0.1,
        "shelf_cost_per_week": 0.05,
        "listing_cost": 2.0,
        "halo": 0.0,
        "won": 0.0,
        "crowding": 0.5,
        "same_maker": 1.5,
        "near_price": 1.3,
        "beside_margin": 1.0,
    }
    nothing = {"of_shop": "array<struct<taste:int,customers:bigint,buyers:bigint,baskets:double>>", "season": "array<double>"}
    nothing |= {"of_category": nothing["of_shop"], "of_maker": nothing["of_shop"], "available_on": "date"}
    mates = "array<struct<place:int,item_id:string,maker_id:string,price:double,units:double>>"
    return drawn.select(
        F.concat(F.lit("i"), "id").alias("item_id"),
        *each,
        F.lit("maker and category").alias("known"),
        "price",
        "beside",
        F.round(F.col("price") * 0.7, 2).alias("unit_cost"),
        F.lit(6).alias("pack"),
        F.lit(6).alias("minimum"),
        F.lit(2).alias("lead_weeks"),
        F.array_repeat("weekly", 13).alias("mean"),
        F.array(*[F.lit(float(chance)) for chance in smooth_law()]).alias("levels"),
        F.array(F.lit(0.8), F.lit(0.2)).alias("late_weeks"),
        F.array("price", "price").alias("quartiles"),
        F.array().cast("array<string>").alias("assumed"),
        F.array().cast(mates).alias("mates"),
        *[F.lit(value).alias(name) for name, value in numbers.items()],
        *[F.lit(None).cast(type).alias(name) for name, type in nothing.items()],
    )
