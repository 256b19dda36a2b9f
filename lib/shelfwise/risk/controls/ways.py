"""What does each control change about an item, and what does it cost?

A control is applied to rows of gold.risk_exposure as risk.scenarios.exposed hands them on, with the assumed terms of TERMS. It
changes what can befall them, asks a fee per item, or has an insurer pay a share of some kinds of loss.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shelfwise.contracts.gold.risk import PROBABILITIES
from shelfwise.core.job import Params
from shelfwise.measures.streams import Floats
from shelfwise.risk.futures import WEEKS
from shelfwise.risk.value import items_of, worth_holding

Bools = NDArray[np.bool_]

SECOND_SOURCE = ("second_source_share", "second_source_premium", "second_source_cost_per_year")
OPEN_TERMS, INSURANCE = ("open_terms_premium",), ("insurance_loading", "insurance_deductible")
TERMS = (*SECOND_SOURCE, *OPEN_TERMS, *INSURANCE)
SUPPLY, STOCK = ("outage", "failure"), ("recall", "shrinkage")


class Ways(Params):
    buffer_weeks: float = 2.0  # of demand, that are ordered beyond the plan
    surplus_level: float = 0.90  # of 13 weeks' demand: nothing within this quantile is cleared


@dataclass(frozen=True)
class Applied:
    """`fee`: money per item; `insured`: share of each kind's losses that an insurer pays, by item."""

    rows: pd.DataFrame
    fee: Floats
    insured: dict[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True)
class Control:
    """`scope`: for whom it is decided. Of one `group` at most one is chosen for the same name. `rests_on`: assumed TERMS."""

    scope: str
    group: str
    concerns: Callable[[pd.DataFrame, Ways], Bools]
    apply: Callable[[Applied, Bools, Ways], Applied]
    rests_on: tuple[str, ...] = ()


def untouched(rows: pd.DataFrame) -> Applied:
    return Applied(rows, np.zeros(len(rows)))


def _sources(rows: pd.DataFrame, ways: Ways) -> Bools:
    # the second source takes as long as the first one: for longer than any outage it helps nobody
    return (_numbers(rows, "lead_weeks") < WEEKS) & (_numbers(rows, "other_source_weeks") > _numbers(rows, "lead_weeks"))


def _dual_source(before: Applied, taken: Bools, ways: Ways) -> Applied:
    """Of what is bought in 13 weeks a share comes from the second source, and costs more."""
    rows = before.rows
    other = np.where(taken, _numbers(rows, "lead_weeks"), _numbers(rows, "other_source_weeks"))
    bought = _numbers(rows, "far_mean") * _numbers(rows, "unit_cost")
    fee = taken * bought * _numbers(rows, "second_source_share") * _numbers(rows, "second_source_premium")
    return replace(before, rows=rows.assign(other_source_weeks=other), fee=before.fee + fee)


def _advances(rows: pd.DataFrame, ways: Ways) -> Bools:
    return _numbers(rows, "advance") > 0


def _prepayment_limit(before: Applied, taken: Bools, ways: Ways) -> Applied:
    """Suppliers who wait for their money ask for it: a premium on what was paid before."""
    advance = _numbers(before.rows, "advance")
    fee = taken * advance * _numbers(before.rows, "open_terms_premium")
    return replace(before, rows=before.rows.assign(advance=np.where(taken, 0.0, advance)), fee=before.fee + fee)


def _everything(rows: pd.DataFrame, ways: Ways) -> Bools:
    return np.ones(len(rows), dtype=np.bool_)


def _insured(kinds: tuple[str, ...]) -> Callable[[Applied, Bools, Ways], Applied]:
    def apply(before: Applied, taken: Bools, ways: Ways) -> Applied:
        share = taken * (1 - _numbers(before.rows, "insurance_deductible"))
        return replace(before, insured=before.insured | dict.fromkeys(kinds, share))

    return apply


def _sells(rows: pd.DataFrame, ways: Ways) -> Bools:
    return buffer_units(rows, ways) > 0


def _buffer_stock(before: Applied, taken: Bools, ways: Ways) -> Applied:
    inbound = _numbers(before.rows, "inbound") + taken * buffer_units(before.rows, ways)
    return replace(before, rows=before.rows.assign(inbound=inbound))


def buffer_units(rows: pd.DataFrame, ways: Ways) -> Floats:
    """Whole cases: less than half a one is none."""
    case = _numbers(rows, "case_pack")
    return np.rint(ways.buffer_weeks * _numbers(rows, "far_mean") / WEEKS / case) * case


def _drafted(rows: pd.DataFrame, ways: Ways) -> Bools:
    return _numbers(rows, "drafted") > 0


def _exposure_cap(before: Applied, taken: Bools, ways: Ways) -> Applied:
    inbound, drafted = _numbers(before.rows, "inbound"), _numbers(before.rows, "drafted")
    kept = np.where(taken, np.maximum(inbound - drafted, 0.0), inbound)
    advance = _numbers(before.rows, "advance") * np.where(inbound > 0, kept / np.maximum(inbound, 1e-9), 1.0)
    return replace(before, rows=before.rows.assign(inbound=kept, advance=advance))


def _surplus(rows: pd.DataFrame, ways: Ways) -> Floats:
    """Whole units on hand beyond the demand of 13 weeks at the level that cost more until they are sold than clearing does."""
    laws = np.stack(list(rows["far"])) if len(rows) else np.zeros((0, len(PROBABILITIES)))
    likely = np.array([np.interp(ways.surplus_level, PROBABILITIES, law) for law in laws])
    items = items_of(rows)
    worth = worth_holding(items, items.pace, items.unit_price)[:, 0]
    surplus: Floats = np.floor(np.maximum(_numbers(rows, "on_hand") - np.maximum(likely, worth + items.safety_stock[:, 0]), 0.0))
    return surplus


def _has_surplus(rows: pd.DataFrame, ways: Ways) -> Bools:
    return _surplus(rows, ways) > 0


def _clear_out(before: Applied, taken: Bools, ways: Ways) -> Applied:
    cleared = taken * _surplus(before.rows, ways)
    on_hand = _numbers(before.rows, "on_hand") - cleared
    return replace(before, rows=before.rows.assign(on_hand=on_hand), fee=before.fee + cleared * _numbers(before.rows, "clearing"))


def _numbers(rows: pd.DataFrame, name: str) -> Floats:
    return rows[name].to_numpy(np.float64)


# in the order in which they are applied where several are chosen
OFFERED = {
    "clear_out": Control("item", "stock", _has_surplus, _clear_out),
    "exposure_cap": Control("item", "stock", _drafted, _exposure_cap),
    "buffer_stock": Control("item", "stock", _sells, _buffer_stock),
    "dual_source": Control("supplier", "supply", _sources, _dual_source, SECOND_SOURCE),
    "supply_insurance": Control("supplier", "supply", _everything, _insured(SUPPLY), INSURANCE),
    "prepayment_limit": Control("supplier", "credit", _advances, _prepayment_limit, OPEN_TERMS),
    "stock_insurance": Control("department", "stock", _everything, _insured(STOCK), INSURANCE),
}
