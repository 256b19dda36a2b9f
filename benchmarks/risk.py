"""Do VaR and CVaR hold what they promise, do parts add up, and what do 100,000 items in 10,000 scenarios take?

    .venv/bin/python benchmarks/risk.py [ITEMS]

Protocol.
- Days beyond a foretold VaR: 200 seeded series (and 2,000, since 200 tell a share of 5 % within 3 points only) of 250 independent
  normal days, VaR at 95 and 99 % of the right volatility and of half of it: shares refused at 5 % by measures.exceedances.
- Known laws: 200 samples of 10,000 of a normal, a Student t (5) and a compound Poisson law: how often VaR and CVaR lie within 1.96
  of their told errors of the truth.
- Scale: so many drawn items (100,000), one customer on invoice to ten of them, x 10,000 scenarios through risk.scenarios on
  local[2], a tenth of them first: seconds, growth, the driver's live heap after each, all Python workers' memory at its largest;
  then each item's and customer's shares, of a tenth: how far they are from the total.
- 2,000 drawn items x 1,000 scenarios on local[1] and local[2], each a process of its own: all losses alike.
Each line: NAME value goal PASS|FAIL.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
from lines import Line, said
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from resident import MB, watched
from risk_laws import LAWS
from scipy import stats
from simulate import live_heap

from shelfwise.contracts.gold.risk import DEMAND_ERRORS, EXPOSURE, LEVELS
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings
from shelfwise.measures.draws import hashed_uniform
from shelfwise.measures.exceedances import judged
from shelfwise.measures.tail import tail
from shelfwise.risk.futures import FutureParams
from shelfwise.risk.items import measure_items
from shelfwise.risk.parties import measure_parties
from shelfwise.risk.portfolio import measure_portfolio
from shelfwise.risk.scenarios import simulate_losses

ITEMS, SCENARIOS = 100_000, 10_000
FEW_ITEMS, FEW_SCENARIOS = 2_000, 1_000
AS_OF = date(2017, 10, 29)
SHAPE = (0.0, 0.1, 0.3, 0.4, 0.6, 0.9, 1.3, 1.7, 2.0, 2.6, 2.75)  # of a law in its means


def main(items: int) -> int:
    lines = [*backtests(), *known_laws(), *alike(), *scale(session("local[2]"), items)]
    return said(lines, Path(__file__).parent / "results" / "risk.json" if items == ITEMS else None)


def backtests() -> Iterator[Line]:
    for series, within in ((200, 0.02), (2_000, 0.02)):
        losses = np.random.default_rng(7).standard_normal((series, 250))
        for level in LEVELS:
            for spread, right in ((1.0, True), (0.5, False)):
                hits = losses > spread * stats.norm.ppf(level)
                verdicts = [judged(row, level, seed=seed) for seed, row in enumerate(hits)]
                for test in ("frequency", "independence", "both") if right else ("frequency", "both"):
                    share = float(np.mean([getattr(one, test) <= 0.05 for one in verdicts]))
                    named = f"{series} series, VaR {level:.0%} {'right' if right else 'halved'}: refused by {test}"
                    passed = abs(share - 0.05) <= within + 1e-9 if right else share >= 0.9
                    yield named, share, f".05 +- {within}" if right else ">= .90", passed


def known_laws() -> Iterator[Line]:
    draws = np.random.default_rng(5)
    for name, law in LAWS.items():
        for level in LEVELS:
            samples, var, cvar = law(draws, (200, SCENARIOS), level)
            found = tail(samples, level)
            near_var = float(np.mean(np.abs(found.value_at_risk - var) <= 1.96 * found.value_at_risk_error))
            near_cvar = float(np.mean(np.abs(found.shortfall - cvar) <= 1.96 * found.shortfall_error))
            yield f"{name}: VaR {level:.0%} within 1.96 errors of the truth", near_var, ">= .90", near_var >= 0.90
            yield f"{name}: CVaR {level:.0%} within 1.96 errors of the truth", near_cvar, ">= .90", near_cvar >= 0.90


def alike() -> Iterator[Line]:
    one, two = (
        json.loads(subprocess.check_output([sys.executable, __file__, master], text=True)) for master in ("local[1]", "local[2]")
    )
    yield "parts of the shop", float(len(one)), "stated", len(one) > 0
    yield "parts whose losses differ on one core and on two", float(sum(one[part] != two[part] for part in two)), "0", one == two


def scale(spark: SparkSession, items: int) -> Iterator[Line]:
    params = FutureParams(scenarios=SCENARIOS)
    taken, heap = [], []
    peaks: MB = {}
    simulate_losses(*drawn(spark, 10), params=params, as_of=AS_OF).collect()  # the session's first steps are no item's
    for count in (items // 10, items):
        begin = time.perf_counter()
        with watched(peaks):
            simulate_losses(*drawn(spark, count), params=params, as_of=AS_OF).write.format("noop").mode("overwrite").save()
        taken.append(time.perf_counter() - begin)
        heap.append(live_heap(spark._jvm))
    yield f"seconds for {items:,} items x {SCENARIOS:,} scenarios", taken[1], "stated", True
    yield "10 x the items, times the seconds", taken[1] / taken[0], "<= 10.5", taken[1] / taken[0] <= 10.5
    yield "all Python workers' memory at its largest, MB", peaks["python"], "stated", True
    yield "driver's live heap, MB", heap[1], "stated", True
    yield "driver's live heap, times", heap[1] / heap[0], "<= 1.10", heap[1] / heap[0] <= 1.10
    yield from added_up(spark, items // 10, params)


def added_up(spark: SparkSession, items: int, params: FutureParams) -> Iterator[Line]:
    exposure, errors, credit = drawn(spark, items)
    scenarios = simulate_losses(exposure, errors, credit, params=params, as_of=AS_OF).persist()
    begin = time.perf_counter()
    shares = ("var_95_share", "cvar_95_share", "var_99_share", "cvar_99_share")
    parts = measure_items(exposure, errors, scenarios, as_of=AS_OF).select(*shares)
    parts = parts.unionByName(measure_parties(credit, scenarios, as_of=AS_OF).select(*shares))
    sums = parts.agg(*[F.sum(name).alias(name) for name in shares]).collect()[0]
    seconds = time.perf_counter() - begin
    total = measure_portfolio(scenarios, as_of=AS_OF).where("scope = 'total'").collect()[0]
    gap = max(abs(sums[name] / total[name.removesuffix("_share")] - 1) for name in shares)
    yield f"seconds for the shares of {items:,} items", seconds, "stated", True
    yield "items' and customers' shares to the total's VaR and CVaR, largest gap", gap, "<= 1e-9", gap <= 1e-9


def drawn(spark: SparkSession, items: int) -> tuple[DataFrame, DataFrame, DataFrame]:
    """Exposures of items in 20 departments, 300 categories and 2,000 suppliers, a few of which have many; errors; customers."""
    ids = spark.range(items).select(F.concat(F.lit("i"), "id").alias("item_id"))
    chance = {name: hashed_uniform("item_id", F.lit(name)) for name in ("mean", "price", "supplier", "shelf", "stock", "pack")}
    mean = F.exp(6 * chance["mean"] - 1)
    price, shelf = F.round(1 + 20 * chance["price"], 2), F.floor(300 * chance["shelf"])
    line = [F.array(*[F.lit(part) * mean * share for part in SHAPE]) for share in (3 / 13, 1.0)]
    told = {
        "department": F.concat(F.lit("d"), shelf % 20),
        "category": F.concat(F.lit("c"), shelf),
        "supplier_id": F.concat(F.lit("s"), F.floor(2_000 * chance["supplier"] ** 3)),
        "unit_price": price,
        "unit_cost": price * 0.7,
        "on_hand": F.ceil(mean * 0.6 * chance["stock"]),
        "inbound": F.floor(mean * 0.2 * chance["stock"]),
        "case_pack": F.lit(1) + F.floor(12 * chance["pack"]),
        "drafted": F.lit(0.0),
        "safety_stock": F.ceil(mean * 0.05),
        "cover_weeks": F.lit(3),
        "lead_weeks": F.lit(2),
        "near": line[0],
        "far": line[1],
        "near_mean": mean * 3 / 13,
        "far_mean": mean,
        "week_shares": F.array(*[F.lit(share) for share in (0.0, 0.1, 0.7, 0.15, 0.05, *([0.0] * 9))]),
        "assumed": F.array().cast("array<string>"),
    }
    rates = {"short_share": 0.03, "shrinkage_share": 0.02, "return_share": 0.02, "return_loss_share": 0.2, "outages_per_year": 0.15}
    rates |= {
        "recover_weeks": 4.0,
        "failure_per_year": 0.02,
        "stopped_chance": 0.0,
        "replace_weeks": 8.0,
        "advance_loss_share": 0.45,
        "recalls_per_year": 0.002,
    }
    money = {"holding": price * 0.003, "clearing": price * 0.35, "advance": price * 0.07 * F.floor(mean * 0.2 * chance["stock"])}
    known = told | money | {name: F.lit(rate) for name, rate in rates.items()} | {"as_of": F.lit(AS_OF), "description": F.lit(None)}
    exposure = ids.withColumns(known).select(*[F.col(name).cast(field.type) for name, field in EXPOSURE.schema.items()])
    waves = [[1 + 0.1 * float(np.sin(week + 2 * origin)) for week in range(13)] for origin in range(3)]
    rows = [(AS_OF, f"d{place}", 0.5, waves) for place in range(20)]
    return exposure, spark.createDataFrame(rows, DEMAND_ERRORS.struct), owing(spark, items // 10)


def owing(spark: SparkSession, customers: int) -> DataFrame:
    """The columns of gold.credit_risk that losses ask for."""
    return spark.range(customers).select(
        F.lit("customer").alias("kind"),
        F.concat(F.lit("c"), "id").alias("party_id"),
        F.exp(8 * hashed_uniform("id", F.lit("owes"))).alias("ead"),
        F.lit(0.45).alias("lgd"),
        (0.1 * hashed_uniform("id", F.lit("pd"))).alias("pd_12m"),
        F.lit(0.0).alias("stopped_chance"),
        F.array(F.lit("pd")).alias("assumed"),
    )


def session(master: str) -> SparkSession:
    return start_session(load_settings("local", (f"spark.master={master}",)))


def hashed(master: str) -> int:
    """Prints a hash of each part's losses."""
    params = FutureParams(scenarios=FEW_SCENARIOS)
    rows = simulate_losses(*drawn(session(master), FEW_ITEMS), params=params, as_of=AS_OF).collect()
    print(json.dumps({f"{row['scope']} {row['name']}": sha256(np.array(row["losses"]).tobytes()).hexdigest() for row in rows}))
    return 0


if __name__ == "__main__":
    word = sys.argv[1] if len(sys.argv) > 1 else str(ITEMS)
    sys.exit(main(int(word)) if word.isdigit() else hashed(word))
