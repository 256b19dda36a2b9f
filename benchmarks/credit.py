"""Do scorecards find who fails, as often as they say, and is as much lost as expected?

    .venv/bin/python benchmarks/credit.py [PARTIES]

Protocol. So many planted parties (4,000; simulate.credit, whose chances are a logistic regression of four features that are shown),
billed for 1,200 days, seeds 7, 17 and 27.
- On day 1,199: each fifth of the parties judged by a scorecard made from the others, month by month (risk.credit.judge), beside
  the chances that the parties were made with, on the same months: AUC, KS, calibration. And the last third by the first months'.
- On day 730: the chance of a default within twelve months and the expected loss of each customer that is not in default, with what
  was known then, against who stopped paying within the twelve months after, and the share of that exposure that it lost.
Each line: NAME value goal PASS|FAIL.
"""

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from lines import Line, said
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from scipy.special import logit

from shelfwise.contracts.credit import INVOICES, PARTIES
from shelfwise.contracts.gold.credit_risk import CREDIT_SCORECARD
from shelfwise.contracts.silver import ASSUMPTIONS
from shelfwise.core.conf_rows import conf_rows
from shelfwise.core.job import Conf
from shelfwise.core.kept import release
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings
from shelfwise.core.table import Table
from shelfwise.measures.scored import Verdict, judged
from shelfwise.risk.credit.card import fit_scorecards
from shelfwise.risk.credit.judge import judge_scorecards
from shelfwise.risk.credit.panel import PanelParams, payment_panel
from shelfwise.risk.credit.score import ScoreParams, score_parties
from shelfwise.simulate import credit
from shelfwise.simulate.spec import Spec

PARTIES_ASKED, SEEDS = 4_000, (7, 17, 27)
DAYS, SCORED_ON, YEAR = 1_200, 730, 365
SLOPE = "calibration slope"
DEFAULT_DAYS = PanelParams().default_days


def main(parties: int) -> int:
    settings = load_settings("local", ("spark.master=local[2]",))
    spark = start_session(settings)
    lines, years = [], []
    for seed in SEEDS:
        spec = Spec(days=DAYS, customers=parties * credit.EVERY, items=24, suppliers=2, locations=2, seed=seed)
        frames, truth = planted(spark, spec)
        assumptions = conf_rows(spark, settings, Conf("assumptions", ASSUMPTIONS))
        for name, *rest in judged_months(frames, truth, assumptions, spec):
            lines.append((f"seed {seed}: {name}", *rest))
            print(f"seed {seed}: {name}", *rest, file=sys.stderr, flush=True)
        years.append(year_after(frames, assumptions, spec))
        release()
        spark.catalog.clearCache()
    slope = float(np.mean([value for name, value, *_ in lines if name in {f"seed {seed}: {SLOPE}" for seed in SEEDS}]))
    lines.append((f"{SLOPE}, mean of the seeds", slope, ".9 to 1.1", 0.9 <= slope <= 1.1))
    lines += within_a_year(pd.concat(years))
    return said(lines, Path(__file__).parent / "results" / "credit.json" if parties == PARTIES_ASKED else None)


def judged_months(frames: tuple[DataFrame, DataFrame], truth: pd.DataFrame, assumptions: DataFrame, spec: Spec) -> Iterator[Line]:
    rows = judge_scorecards(*frames, assumptions, params=PanelParams(), as_of=spec.end).toPandas().set_index("split")
    true, ours, later = true_verdict(frames, truth, spec), rows.loc["parties"], rows.loc["months"]
    yield "months of parties", float(ours["observations"]), "stated", True
    yield "of them with a default", float(ours["defaults"]), "stated", True
    yield "AUC of the true chances", true.auc, "stated", True
    yield "AUC less the true chances'", ours["auc"] - true.auc, ">= -.02", ours["auc"] - true.auc >= -0.02
    yield "KS", ours["ks"], "stated", True
    yield "KS of the true chances", true.ks, "stated", True
    yield SLOPE, ours["calibration_slope"], "stated", True
    yield "calibration slope of the true chances", true.slope, "stated", True
    right = ours["mean_chance"] / ours["observed_share"]
    yield "mean chance / share that came", right, ".95 to 1.05", 0.95 <= right <= 1.05
    skill = 1 - ours["brier"] / ours["prior_brier"]
    yield "Brier score, share of the prior's taken off", skill, "> 0", skill > 0
    yield "later months: AUC", later["auc"], "stated", True
    yield "later months: calibration slope", later["calibration_slope"], "stated", True


def true_verdict(frames: tuple[DataFrame, DataFrame], truth: pd.DataFrame, spec: Spec) -> Verdict:
    """Of the chances that the parties were made with, in the same months."""
    panel = payment_panel(*frames, PanelParams(), spec.end)
    counts = panel.groupBy("party_id").agg(F.count(F.lit(1)).alias("months"), F.count_if("stopped").alias("stops")).toPandas()
    both = counts.join(truth.set_index("party_id"), "party_id")
    logits = logit(credit.monthly_hazard(both["annual_pd"].to_numpy()))
    return judged(logits, both["months"].to_numpy(float), both["stops"].to_numpy(float))


def year_after(frames: tuple[DataFrame, DataFrame], assumptions: DataFrame, spec: Spec) -> pd.DataFrame:
    """One row per customer that was not in default on the day, with what came."""
    day = spec.start + timedelta(days=SCORED_ON)
    cards = fit_scorecards(*frames, params=PanelParams(), as_of=day)
    held = frames[0].sparkSession.createDataFrame(cards.collect(), CREDIT_SCORECARD.struct)
    scored = score_parties(*frames, held, assumptions, params=ScoreParams(), as_of=day).where("basis <> 'default'").toPandas()
    came = outcomes(spec, day)
    both = scored.join(came, "party_id")
    both["failed"] = both["stopped_on"].notna()
    both["lost"] = np.where(both["failed"], both["ead"] * both["loss"], 0.0)
    return both


def outcomes(spec: Spec, day: date) -> pd.DataFrame:
    """By party: when it stopped paying, within the year and not known before, and the share that it lost then."""
    ids = credit.party_ids(spec, credit.BUSINESS)
    sent = credit.invoices(spec, credit.BUSINESS, ids)
    missed = sent[(sent["paid_day"].fillna(spec.days - 1) - sent["due_day"]) > DEFAULT_DAYS]
    first = missed.groupby("party")["due_day"].min().reindex(ids)
    at = (day - spec.start).days
    within = (first > at - DEFAULT_DAYS - 1) & (first <= at + YEAR)
    # who pays after all, later than 90 days, has lost nothing
    defaulted = credit.default_days(spec, credit.BUSINESS, ids) <= first.fillna(-1).to_numpy()
    loss = np.where(defaulted, credit.losses(spec, credit.BUSINESS, ids), 0.0)
    return pd.DataFrame({"stopped_on": first.where(within).to_numpy(), "loss": loss}, index=ids.astype(str))


def within_a_year(rows: pd.DataFrame) -> Iterator[Line]:
    chance, failed = rows["pd_12m"].to_numpy(), rows["failed"].to_numpy(float)
    verdict = judged(logit(chance), np.ones_like(failed), failed)
    yield "customers foretold for a year, all seeds", float(len(rows)), "stated", True
    yield "of them that defaulted", failed.sum(), "stated", True
    yield "within a year: AUC", verdict.auc, "stated", True
    yield "within a year: calibration slope", verdict.slope, ".9 to 1.1", 0.9 <= verdict.slope <= 1.1
    yield (
        "within a year: defaults foretold / came",
        chance.sum() / failed.sum(),
        ".9 to 1.1",
        0.9 <= chance.sum() / failed.sum() <= 1.1,
    )
    told = rows["expected_loss"].sum() / rows["lost"].sum()
    yield "within a year: loss foretold / came", told, ".85 to 1.15", 0.85 <= told <= 1.15


def planted(spark: SparkSession, spec: Spec) -> tuple[tuple[DataFrame, DataFrame], pd.DataFrame]:
    """Customers and their invoices as silver has them, and the truth: party_id, annual_pd."""
    ids = credit.party_ids(spec, credit.BUSINESS)
    told = credit.parties(spec, credit.BUSINESS, ids)
    sent = credit.invoices(spec, credit.BUSINESS, ids)
    begin = F.lit(spec.start)
    named = {"kind": F.lit("customer"), "party_id": F.col("party").cast("string"), "known_at": begin}
    days = {f"{name}_on": F.date_add(begin, F.col(f"{name}_day").cast("int")) for name in ("issued", "due", "paid", "recovered")}
    plain = sent.astype({"paid_day": "float", "recovered_day": "float"})
    frames = [
        _typed(spark.createDataFrame(told.drop(columns=["kind"])).withColumns(named), PARTIES),
        _typed(spark.createDataFrame(plain.drop(columns=["kind"])).replace(float("nan"), None).withColumns(named | days), INVOICES),
    ]
    return (frames[0], frames[1]), told.assign(party_id=told["party"].astype(str))[["party_id", "annual_pd"]]


def _typed(frame: DataFrame, table: Table) -> DataFrame:
    return frame.select(*[F.col(name).cast(field.type).alias(name) for name, field in table.schema.items()]).persist()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PARTIES_ASKED))
