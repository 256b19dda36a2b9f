"""What is each candidate worth alone, beside the present assortment, over scenarios that all candidates share?

Demand: gold.candidate_forecast, moved by what launches of late have taught (introductions.feedback); scenarios:
introductions.scenarios; money and the stop rule: introductions.money. Of the opening orders that are tried the one of the highest
expected profit counts: what a single candidate risks mostly evens out over a set, where risk is weighed (introductions.sets). A few
smaller ones go with it, for where the budget is too short for the best order of everything that pays.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.introductions import CANDIDATE_WORTH, LINES
from shelfwise.contracts.gold.launches import CURVE_WEEKS
from shelfwise.contracts.silver import MONEY
from shelfwise.introductions import money
from shelfwise.introductions.beside import shelves, with_effects
from shelfwise.introductions.feedback import with_feedback
from shelfwise.introductions.losers import losers
from shelfwise.introductions.plans import Trial, frontier, tried
from shelfwise.introductions.scenarios import Demand, ScenarioParams
from shelfwise.introductions.season import timed, with_season
from shelfwise.introductions.tastes import newly_served, with_tastes
from shelfwise.introductions.terms import candidate_terms
from shelfwise.measures.evidence import Floats
from shelfwise.measures.weeks import last_sunday

CENTS = 2


class WorthParams(ScenarioParams):
    most_wait: int = 8  # weeks that a launch may be put off for the season
    stop_weeks: tuple[int, ...] = (2, 4, 6)  # after launch, or as many as a replenishment takes: the one that pays best
    fill_rate: float = 0.97  # of demand once it is replenished
    elsewhere_margin: float = 0.30  # share of the price, of what its buyers buy elsewhere
    customer_worth: float = 20.0  # margin of a customer who is won, money
    least_margin: float = 0.10  # share of the price below which no first price is offered
    worst: float = 0.05  # share of scenarios that count as the worst
    test_above: float = 0.35  # P(failure) above which it is a test
    smaller: int = 2  # opening orders smaller than the best that the choice may take instead
    batch: int = 500  # candidates that one task values at a time


def value_candidates(
    foreseen: DataFrame,
    candidates: DataFrame,
    plan: DataFrame,
    forecast: DataFrame,
    hierarchy: DataFrame,
    items: DataFrame,
    lead_times: DataFrame,
    effects: DataFrame,
    cohorts: DataFrame,
    reach: DataFrame,
    assumptions: DataFrame,
    *,
    params: WorthParams,
    as_of: date,
) -> DataFrame:
    """One row per candidate of `foreseen`."""
    asked = foreseen.where(F.col("stage") == "candidate")
    termed = candidate_terms(asked, candidates, lead_times, assumptions)
    told = with_season(with_tastes(with_feedback(with_effects(termed, effects), cohorts), reach), hierarchy)
    placed = told.join(shelves(plan, forecast, items, weeks=CURVE_WEEKS), "shelf", "left")
    return valued(placed.repartition("item_id"), params, as_of).select(
        *[F.col(name).cast(field.type).alias(name) for name, field in CANDIDATE_WORTH.schema.items()]
    )


def valued(placed: DataFrame, params: WorthParams, as_of: date) -> DataFrame:
    """`placed`: one row per candidate with all that `worth` reads."""
    return placed.mapInPandas(_valued_by(params, as_of), _schema()).withColumn("as_of", F.lit(as_of))


def worth(row: dict[str, Any], params: WorthParams, as_of: date) -> dict[str, Any]:
    """The row of gold.candidate_worth of one candidate."""
    launch = _launch(row, as_of)
    ahead = (launch - last_sunday(as_of)).days // 7
    waits, mean = timed(np.asarray(row["mean"], dtype=float) * row["learnt"], row["season"], ahead, params.most_wait)
    mean = mean[: CURVE_WEEKS - waits]
    terms, law = _terms(row, params), np.asarray(row["levels"], dtype=float)
    weeks = _readings(int(row["lead_weeks"]), len(mean), params)
    best, *smaller = frontier([trial for week in weeks for trial in tried(row, terms, mean, law, week, params)])
    return (
        {name: row[name] for name in ("item_id", "department", "category", "shelf", "maker_id", "supplier_id", "known")}
        | {"price": row["price"], "unit_cost": row["unit_cost"], "case_pack": row["pack"], "lead_weeks": row["lead_weeks"]}
        | {"launch": launch + timedelta(weeks=waits), "waits": waits}
        | {"beside": terms.beside, "beside_margin": terms.beside_margin, "crowding": terms.crowding}
        | _band(row, terms, params)
        | {"assumed": list(row["assumed"])}
        | _planned(row, terms, mean, best, params)
        | {"smaller": [_planned(row, terms, mean, trial, params) for trial in smaller[: params.smaller]]}
    )


def _readings(lead_weeks: int, weeks: int, params: WorthParams) -> list[int]:
    """Weeks after which the stop rule may be read: the first replenishment can have come by then."""
    return sorted({min(max(lead_weeks + 1, week), weeks - 1) for week in params.stop_weeks})


def _planned(row: dict[str, Any], terms: money.Terms, mean: Floats, trial: Trial, params: WorthParams) -> dict[str, Any]:
    """What depends on the opening order: contracts' PLANNED."""
    rule, opening, outcome = trial.rule, trial.opening, trial.outcome
    plain = Demand(*(np.array([value]) for value in (mean[: rule.week].sum(), mean[rule.week :].sum(), 0.0, 1.0)))
    point = money.outcome(terms, plain, opening, rule, len(mean))
    units = float(outcome.sold.mean())
    served = newly_served(units, row["of_shop"], row["of_category"], row["of_maker"])
    return (
        {"opening_units": int(opening), "opening_cost": opening * row["unit_cost"]}
        | {"stop_week": rule.week, "stop_units": _whole(rule.units)}
        | _figures(outcome, params)
        | {"payback_week": money.payback_week(terms, mean, opening, units / max(mean.sum(), 1e-9))}
        | {"point_profit": float(point.profit[0])}
        | {"cannibalised_items": losers(row, units), "tastes": served}
        | {"newly_served": sum(taste["customers"] for taste in served)}
        | {"demand": outcome.sold, "outcome": outcome.profit}
    )


def _figures(outcome: money.Outcome, params: WorthParams) -> dict[str, Any]:
    profit, sold = outcome.profit, outcome.sold
    failing = float((profit < 0).mean())
    return (
        {name: float(outcome.lines[name].mean()) for name in LINES}
        | {"units": sold.mean(), "units_q10": np.quantile(sold, 0.1), "units_q90": np.quantile(sold, 0.9)}
        | {"profit": profit.mean(), "profit_q05": np.quantile(profit, 0.05), "profit_q95": np.quantile(profit, 0.95)}
        | {"cvar": money.cvar(profit, params.worst), "p_failure": failing, "p_stop": outcome.stopped.mean()}
        | {"plan": "test" if failing > params.test_above else "list"}
    )


def _band(row: dict[str, Any], terms: money.Terms, params: WorthParams) -> dict[str, Any]:
    """First prices to offer: the shelf's, and no lower than what pays."""
    quartiles = [terms.price, terms.price] if row["quartiles"] is None else [float(price) for price in row["quartiles"]]
    lowest = terms.cost / (1 - params.least_margin)
    low = min(max(lowest, min(quartiles[0], terms.price)), max(terms.price, lowest))
    return {"price_low": round(low, CENTS), "price_high": round(max(terms.price, low, quartiles[1]), CENTS)}


def _terms(row: dict[str, Any], params: WorthParams) -> money.Terms:
    beside = 0.0 if pd.isna(row["beside"]) else float(row["beside"])
    return money.Terms(
        price=float(row["price"]),
        cost=float(row["unit_cost"]),
        pack=float(row["pack"]),
        minimum=float(row["minimum"]),
        holding_share=float(row["holding_cost_share_per_year"]),
        clearing_share=float(row["clearing_loss_share"]),
        order_line=float(row["order_line_cost"]),
        place_week=float(row["shelf_cost_per_week"]),
        listing=float(row["listing_cost"]),
        fill_rate=params.fill_rate,
        halo=float(row["halo"]),
        elsewhere_margin=params.elsewhere_margin,
        won_worth=float(row["won"]) * params.customer_worth,
        beside=beside,
        beside_margin=0.0 if beside == 0 else float(row["beside_margin"]),
        crowding=float(row["crowding"]),
    )


def _launch(row: dict[str, Any], as_of: date) -> date:
    """The Monday after the order has most likely come; it is placed tomorrow, or when the supplier can first take it."""
    available = row["available_on"]
    ordered = as_of + timedelta(days=1)
    if available is not None and not pd.isna(available):
        ordered = max(ordered, pd.Timestamp(available).date())
    there = ordered + timedelta(weeks=int(row["lead_weeks"]))
    return there + timedelta(days=-there.weekday() % 7)


def _whole(units: float) -> int | None:
    return int(units) if np.isfinite(units) else None


def _schema() -> str:
    """The contract's columns, money as double until it is written."""
    types = {name: field.type.replace(MONEY, "double") for name, field in CANDIDATE_WORTH.schema.items()}
    return ", ".join(f"{name} {type}" for name, type in types.items() if name != "as_of")


def _valued_by(params: WorthParams, as_of: date) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    def by_batch(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for rows in batches:
            for begin in range(0, len(rows), params.batch):
                part = rows.iloc[begin : begin + params.batch].to_dict("records")
                yield pd.DataFrame([worth({str(name): value for name, value in row.items()}, params, as_of) for row in part])

    return by_batch
