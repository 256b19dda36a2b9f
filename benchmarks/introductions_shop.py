"""Do the introductions that are chosen in a planted shop earn more than simpler rules would, and nearly what full knowledge would?

    .venv/bin/python benchmarks/introductions_shop.py [SEEDS]

Protocol, for each seed: a shop of 65 weeks, 600 customers and 2,000 items, decided at the end of week 48; the graph up to
gold.candidate_worth without the recommender's tastes (nothing is paid for them), coarse trees as in conf/tiny.yaml. Candidates are
those that are never listed and those that the shop lists later. Listing costs 10 a candidate, .2 a week and .5 an order line;
the budget is three tenths of all opening orders. All sets order and stop by the plans of gold.candidate_worth, rivals by each
candidate's best one; what they earn is worked out from the truth (introductions_truth.py), 200 draws of Poisson demand. Candidates
have a log popularity of their own (sd 1.8), on which nothing hangs that is known before a launch, and one of them can outsell all
others: profits are means over 20 shops that differ in that luck alone. Rivals, within the same budget: everything (without one),
nothing, the fastest growing categories first, the highest profit at the point forecast first. Full knowledge: the same choice
with true demand and crowding, luck included. Ideal: the same with all but that luck (introductions_ideal.py). Alone: whether a
candidate alone fails, against its P(failure).
- profit of the chosen sets to that of the best rival in sum: >= 1.10; to that of full knowledge: >= .80; to the ideal, stated
- Brier score of P(failure) below the base rate's; mean of it against the share that failed, in fifths: within 5 points
Each line: NAME value goal PASS|FAIL.
"""

import shutil
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from introductions_ideal import ideal
from introductions_truth import COSTS, Proposal, Shop, profits, proposals, redrawn, shop_of, true_pool
from lines import Line, said
from pyspark.sql import SparkSession
from scipy.stats import norm

from shelfwise.contracts import features, silver
from shelfwise.contracts.gold.introductions import CANDIDATE_FORECAST, CANDIDATE_WORTH
from shelfwise.contracts.gold.inventory import INVENTORY_PLAN
from shelfwise.contracts.newcomers import TASTE_REACH
from shelfwise.contracts.supply import LEAD_TIMES
from shelfwise.core.dag import in_order, jobs_folder, load_jobs
from shelfwise.core.lake import Lake
from shelfwise.core.models import Models
from shelfwise.core.runner import Runner
from shelfwise.core.runs import RunLog
from shelfwise.core.session import start_session
from shelfwise.core.settings import Settings, load_settings
from shelfwise.core.shop import open_shop
from shelfwise.introductions.chosen import Pool
from shelfwise.introductions.compare import MORE, by_growth, by_point, filled, growth_of
from shelfwise.introductions.pool import ChoiceParams, Shortlist, shortlist
from shelfwise.introductions.sets import choose
from shelfwise.introductions.terms import candidate_terms
from shelfwise.simulate.build import build
from shelfwise.simulate.folder import Folder
from shelfwise.simulate.spec import Spec

ROOT = Path("build/bench-introductions")
SEEDS, BUDGET_SHARE, WEEK, FIFTHS, REDRAWS = 20, 0.3, 48, 5, 20
RIVALS = ("everything", "nothing", "category growth", "point forecast")
WITHOUT = {"find_tastes", "train_recommender", "evaluate_recommender", "train_ranker", "build_lessons"}
PARAMS = ("jobs.backtest_launches.unseen_weeks=13", "jobs.backtest_launches.origins=4", "jobs.value_candidates.customer_worth=0")


def main(seeds: int) -> int:
    ROOT.mkdir(parents=True, exist_ok=True)
    rows = "".join(f"- {{scope: '*', name: {name}, value: {value}, unit: x, reason: x}}\n" for name, value in COSTS.items())
    usual = [line for line in Path("conf/assumptions.yaml").read_text().splitlines() if not any(name in line for name in COSTS)]
    (ROOT / "assumptions.yaml").write_text("\n".join(usual) + "\n" + rows)
    spark = start_session(settings_of(0))
    found = pd.concat([one_shop(spark, seed) for seed in range(seeds)], ignore_index=True)
    results = Path(__file__).parent / "results" / "introductions_shop.json"
    return said(list(lines(found)), results if seeds == SEEDS else None)


def settings_of(seed: int) -> Settings:
    root = (ROOT / str(seed)).absolute()
    paths = (f"lake.root={root}/lake", f"lake.personal_root={root}/personal", f"mlflow.tracking_uri=sqlite:///{root}/mlflow.db")
    more = (
        f"mlflow.artifacts={root}/artifacts",
        f"assumptions={ROOT.absolute()}/assumptions.yaml",
        f"sources.simulated.path={root}/shop",
    )
    return load_settings("local,tiny", (*paths, *more, "jobs_at_once=2", *PARAMS), source="simulated")


def one_shop(spark: SparkSession, seed: int) -> pd.DataFrame:
    """One row per way of choosing, and per candidate alone (`way` alone): profit, and P(failure) beside whether it failed."""
    folder, settings = ROOT / str(seed), settings_of(seed)
    shutil.rmtree(folder, ignore_errors=True)
    spec = Spec(days=455, customers=600, items=2_000, suppliers=60, locations=3, seed=100 + seed)
    build(spark, spec, Folder(spark, str(folder.absolute() / "shop")), lambda _: None)
    as_of = spec.start + timedelta(days=7 * WEEK - 1)
    lake = run(spark, settings, as_of)
    worth, plan = lake.read(CANDIDATE_WORTH, as_of), lake.read(INVENTORY_PLAN, as_of)
    budget = BUDGET_SHARE * float(worth.agg({"opening_cost": "sum"}).collect()[0][0])
    params = ChoiceParams(budget=budget, places=None)
    listed = shortlist(worth, plan, params, *MORE, "launch", "waits", "stop_week", "stop_units", "case_pack", "p_failure")
    foreseen = lake.read(CANDIDATE_FORECAST, as_of).where("stage = 'candidate'")
    sources = (lake.read(table, as_of) for table in (silver.CANDIDATES, LEAD_TIMES, silver.ASSUMPTIONS))
    terms = candidate_terms(foreseen, *sources).toPandas()
    growth = growth_of(lake.read(features.ITEM_WEEK, as_of))
    shutil.rmtree(folder / "lake")
    truth = shop_of(folder / "shop", listed.usual)
    known = ideal(truth, terms, listed.usual, spec, as_of)
    judged = pd.DataFrame(list(judge(listed, truth, growth, params, known, spec)))
    shutil.rmtree(folder)
    print(judged[judged["way"] != "alone"].set_index("way")[["items", "profit"]].round(1).T.to_string(), flush=True)
    return judged.assign(seed=seed)


def run(spark: SparkSession, settings: Settings, as_of: date) -> Lake:
    lake, jobs = Lake(spark, settings), load_jobs(jobs_folder())
    wanted = in_order(jobs, ["value_candidates"], upstream=True)
    lake.create(TASTE_REACH)
    runner = Runner(spark, settings, open_shop(settings), as_of, lake, Models(settings), RunLog(lake))
    for report in runner.run([job for job in wanted if job.name not in WITHOUT], force=False, tell=lambda *_: None):
        if report.state != "ran":
            sys.exit(f"{report.job}: {report.note}")
    return lake


def judge(
    listed: Shortlist,
    truth: Shop,
    growth: dict[str, float],
    params: ChoiceParams,
    known: tuple[Pool, list[Proposal]],
    spec: Spec,
) -> Iterator[dict[str, object]]:
    plans, usual = proposals(truth, listed.rows, pd.Timestamp(spec.start), COSTS), listed.usual
    ways = {
        "chosen": choose(listed.pool, params).members,
        "everything": usual.index,
        "nothing": (),
        "category growth": filled(listed, by_growth(usual, growth), params).members,
        "point forecast": filled(listed, by_point(usual), params).members,
    }
    sets = {way: [plans[one] for one in members] for way, members in ways.items()}
    sets["ideal"] = [known[1][one] for one in choose(known[0], params).members]
    shops = list(drawn(truth, [plans[place].item for place in usual.index], spec.seed))
    for way, members in sets.items():
        yield {"way": way, "items": len(members), "profit": float(np.mean([earned(shop, members, spec.seed) for shop in shops]))}
    best = [choose(true_pool(shop, plans, listed.pool, spec.seed), params).members for shop in shops]
    gained = [earned(shop, [plans[one] for one in members], spec.seed) for shop, members in zip(shops, best, strict=True)]
    yield {"way": "full knowledge", "items": np.mean([len(members) for members in best]), "profit": float(np.mean(gained))}
    for place, foreseen in usual["p_failure"].items():
        one = plans[place]
        alone = np.concatenate([profits(shop, [one], spec.seed)[one.item] for shop in shops])
        failed = float((alone < 0).mean())
        yield {"way": "alone", "items": 1, "profit": float(alone.mean()), "p_failure": foreseen, "failed": failed}


def drawn(truth: Shop, items: list[int], seed: int) -> Iterator[Shop]:
    """The shop with other luck of the candidates; each has every twentieth part of its law once (Latin hypercube)."""
    rng, candidates = np.random.default_rng(seed), np.array(sorted(items))
    part = np.argsort(rng.uniform(size=(len(candidates), REDRAWS)), axis=1)
    own = norm.ppf((part + rng.uniform(size=part.shape)) / REDRAWS)
    for draw in range(REDRAWS):
        yield redrawn(truth, seed, candidates, own[:, draw])


def earned(shop: Shop, members: list[Proposal], seed: int) -> float:
    return float(sum(one.mean() for one in profits(shop, members, seed).values()))


def lines(found: pd.DataFrame) -> Iterator[Line]:
    sums = found[found["way"] != "alone"].groupby("way")["profit"].sum()
    best = max(RIVALS, key=lambda way: float(sums[way]))
    for way in ("chosen", "full knowledge", "ideal", *RIVALS):
        yield f"profit of {way}", float(sums[way]), "for comparison", True
    yield "seeds", float(found["seed"].nunique()), "20", found["seed"].nunique() >= SEEDS
    rival, known = sums["chosen"] / sums[best], sums["chosen"] / sums["full knowledge"]
    yield f"profit to that of the best rival ({best})", float(rival), ">= 1.10", bool(rival >= 1.10)
    yield "profit to that of full knowledge", float(known), ">= .80", bool(known >= 0.80)
    yield "profit to that of the ideal", float(sums["chosen"] / sums["ideal"]), "for comparison", True
    yield "profit of the ideal to that of full knowledge", float(sums["ideal"] / sums["full knowledge"]), "for comparison", True
    yield from _chances(found[found["way"] == "alone"])


def _chances(alone: pd.DataFrame) -> Iterator[Line]:
    """`failed` is the share of draws: the Brier score's mean over them."""
    said_so, failed = alone["p_failure"].to_numpy(float), alone["failed"].to_numpy(float)
    brier = float((said_so**2 * (1 - failed) + (1 - said_so) ** 2 * failed).mean())
    base = float(failed.mean() * (1 - failed.mean()))
    yield "candidates", float(len(alone)), "for comparison", True
    yield "share that failed alone", float(failed.mean()), "for comparison", True
    yield "Brier score of P(failure) to the base rate's", brier / base, "< 1", brier < base
    fifth = pd.qcut(pd.Series(said_so).rank(method="first"), FIFTHS, labels=False).to_numpy()
    for k in range(FIFTHS):
        gap = float(said_so[fifth == k].mean() - failed[fifth == k].mean())
        yield f"P(failure) less share that failed, fifth {k + 1}", gap, "within .05", bool(abs(gap) <= 0.05)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS))
