"""What is each candidate worth alone, beside the present assortment, over scenarios that all candidates share?

Demand: gold.candidate_forecast, moved by what launches of late have taught (introductions.feedback); scenarios:
introductions.scenarios; money and the stop rule: introductions.money. Of the opening orders that are tried the one of the highest
expected profit counts: what a single candidate risks mostly evens out over a set, where risk is weighed (introductions.sets).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
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
from shelfwise.introductions.scenarios import Demand, ScenarioParams, demand
from shelfwise.introductions.season import timed, with_season
from shelfwise.introductions.switching import BAND
from shelfwise.introductions.tastes import newly_served, with_tastes
from shelfwise.introductions.terms import candidate_terms
from shelfwise.measures.evidence import Floats
from shelfwise.measures.nested import taken
from shelfwise.measures.weeks import last_sunday

OPENINGS = np.array([0.3, 0.5, 0.7, 0.85, 0.95])  # quantiles of early demand; the smallest order beside them
NAMED_LOSERS = 5
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
    trials = [_trial(row, terms, mean, law, week, params) for week in _readings(int(row["lead_weeks"]), len(mean), params)]
    best = max(trials, key=lambda trial: float(trial.outcome.profit.mean()))
    rule, opening, outcome = best.rule, best.opening, best.outcome
    plain = Demand(*(np.array([value]) for value in (mean[: rule.week].sum(), mean[rule.week :].sum(), 0.0, 1.0)))
    point = money.outcome(terms, plain, opening, rule, len(mean))
    return (
        {name: row[name] for name in ("item_id", "department", "category", "shelf", "maker_id", "supplier_id", "known")}
        | {"price": row["price"], "unit_cost": row["unit_cost"], "case_pack": row["pack"], "lead_weeks": row["lead_weeks"]}
        | {"launch": launch + timedelta(weeks=waits), "waits": waits, "stop_week": rule.week, "stop_units": _whole(rule.units)}
        | {"opening_units": int(opening), "opening_cost": opening * row["unit_cost"]}
        | _figures(outcome, params)
        | {"payback_week": money.payback_week(terms, mean, opening, outcome.sold.mean() / max(mean.sum(), 1e-9))}
        | {"point_profit": float(point.profit[0])}
        | _around(row, terms, outcome, params)
        | {"demand": outcome.sold, "outcome": outcome.profit}
    )


@dataclass(frozen=True)
class Trial:
    """An opening order and a stop rule, and what becomes of them."""

    rule: money.Rule
    opening: float
    outcome: money.Outcome


def _readings(lead_weeks: int, weeks: int, params: WorthParams) -> list[int]:
    """Weeks after which the stop rule may be read: the first replenishment can have come by then."""
    return sorted({min(max(lead_weeks + 1, week), weeks - 1) for week in params.stop_weeks})


def _trial(row: dict[str, Any], terms: money.Terms, mean: Floats, law: Floats, week: int, params: WorthParams) -> Trial:
    """The best opening order where the rule is read at the end of that week."""
    early, late = mean[:week], mean[week:]
    wanted = demand(
        params,
        row["item_id"],
        row["department"],
        early=early,
        late=late,
        law=law,
        scatter=float(row["scatter"]),
        late_weeks=np.asarray(row["late_weeks"], dtype=float),
    )
    rule = money.stop_rule(terms, early, late, law)
    tried = [float(opening) for opening in money.openings(terms, wanted.early, OPENINGS)]
    trials = [Trial(rule, opening, money.outcome(terms, wanted, opening, rule, len(mean))) for opening in tried]
    return max(trials, key=lambda trial: float(trial.outcome.profit.mean()))


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


def _around(row: dict[str, Any], terms: money.Terms, outcome: money.Outcome, params: WorthParams) -> dict[str, Any]:
    """What it means for the shelf, the tastes and the price."""
    units = float(outcome.sold.mean())
    served = newly_served(units, row["of_shop"], row["of_category"], row["of_maker"])
    quartiles = [terms.price, terms.price] if row["quartiles"] is None else [float(price) for price in row["quartiles"]]
    lowest = terms.cost / (1 - params.least_margin)
    low = min(max(lowest, min(quartiles[0], terms.price)), max(terms.price, lowest))
    return {
        "beside": terms.beside,
        "beside_margin": terms.beside_margin,
        "crowding": terms.crowding,
        "cannibalised_items": losers(row, units),
        "tastes": served,
        "newly_served": sum(taste["customers"] for taste in served),
        "price_low": round(low, CENTS),
        "price_high": round(max(terms.price, low, quartiles[1]), CENTS),
        "assumed": list(row["assumed"]),
    }


def losers(row: dict[str, Any], units: float) -> list[dict[str, Any]]:
    """Items beside it and the units that they lose, in proportion to their units and to how switches go between such items."""
    mates = [] if row["mates"] is None else list(row["mates"])
    beside = float(row["beside"] or 0.0)
    if not mates or units <= 0:
        return []
    lost = float(taken(np.array([units]), np.array([beside]), row["crowding"])[0])
    weights = np.array([mate["units"] * _lift(row, mate) for mate in mates])
    # what the shelf's smaller items sell is not named, and loses its share too
    whole = weights.sum() + max(beside - sum(mate["units"] for mate in mates), 0.0)
    order = np.argsort(-weights, kind="stable")[:NAMED_LOSERS]
    # nobody loses more than he sells
    return [{"item_id": mates[k]["item_id"], "units": float(min(lost * weights[k] / whole, mates[k]["units"]))} for k in order]


def price_band(price: float) -> float:
    """As introductions.switching counts it."""
    return float(np.floor(np.log(price) / BAND))


def _lift(row: dict[str, Any], mate: dict[str, Any]) -> float:
    near = mate["price"] > 0 and price_band(mate["price"]) == price_band(row["price"])
    same = mate["maker_id"] == row["maker_id"]
    return float((row["same_maker"] if same else 1.0) * (row["near_price"] if near else 1.0))


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
    types = {name: "double" if field.type == MONEY else field.type for name, field in CANDIDATE_WORTH.schema.items()}
    return ", ".join(f"{name} {type}" for name, type in types.items() if name != "as_of")


def _valued_by(params: WorthParams, as_of: date) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    def by_batch(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for rows in batches:
            for begin in range(0, len(rows), params.batch):
                part = rows.iloc[begin : begin + params.batch].to_dict("records")
                yield pd.DataFrame([worth({str(name): value for name, value in row.items()}, params, as_of) for row in part])

    return by_batch
