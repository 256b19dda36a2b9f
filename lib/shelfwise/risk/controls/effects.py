"""What does a control keep off, in the scenarios that the whole shop shares?

An item is drawn with and without it, by the same draws:

    cost    = what the plan earns without - what it earns with + fees + premiums
    avoided = loss without - loss with - what the insurer pays,    each loss against its own plan

so that avoided - cost is what the control changes of the profit, scenario by scenario.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shelfwise.measures.streams import Floats
from shelfwise.risk.controls.ways import OFFERED, Applied, Ways, untouched
from shelfwise.risk.futures import Futures
from shelfwise.risk.scenarios import counted
from shelfwise.risk.units import UNIT, Counts
from shelfwise.risk.value import items_of, outcome, planned

NAMED_BY = {"item": "item_id", "supplier": "supplier_id", "department": "department"}


@dataclass(frozen=True)
class Lot:
    """Of some items: what the plan earns, and what is lost by kind, items x scenarios, in parts of UNIT."""

    earned: Floats
    lost: dict[str, Counts]

    @property
    def whole(self) -> Counts:
        total: Counts = np.sum(list(self.lost.values()), axis=0)
        return total


def lot_of(rows: pd.DataFrame, futures: Futures) -> Lot:
    items = items_of(rows)
    calm = outcome(items, planned(items), futures.params.fill_rate)
    return Lot(calm.profit[:, 0], counted(rows, futures))


def compared(before: Lot, after: Lot, applied: Applied) -> tuple[Floats, Counts]:
    """Cost by item (money), and what is kept off, items x scenarios, in parts of UNIT."""
    paid = paid_out(after, applied)
    premium = (1 + applied.rows["insurance_loading"].to_numpy(np.float64)) * paid.mean(axis=1) / UNIT
    return before.earned - after.earned + applied.fee + premium, before.whole - after.whole + paid


def paid_out(lot: Lot, applied: Applied) -> Counts:
    """By the insurer: of losses only."""
    paid = np.zeros_like(lot.whole)
    for kind, share in applied.insured.items():
        paid += np.rint(share[:, None] * np.maximum(lot.lost[kind], 0)).astype(np.int64)
    return paid


def effects(rows: pd.DataFrame, futures: Futures, worst: Floats, ways: Ways) -> Iterator[pd.DataFrame]:
    """One row per control and item that it concerns: its cost, and what it keeps off on the average and in the worst futures.

    `worst`: weight of each scenario in the shop's CVaR.
    """
    rows = rows.reset_index(drop=True)
    plain = lot_of(rows, futures)
    for name, control in OFFERED.items():
        concerned = np.flatnonzero(control.concerns(rows, ways))
        if not len(concerned):
            continue
        some = rows.iloc[concerned].reset_index(drop=True)
        before = Lot(plain.earned[concerned], {kind: lost[concerned] for kind, lost in plain.lost.items()})
        applied = control.apply(untouched(some), np.ones(len(some), dtype=np.bool_), ways)
        after = before if applied.rows is some else lot_of(applied.rows, futures)
        cost, avoided = compared(before, after, applied)
        yield pd.DataFrame(
            {
                "control": name,
                "scope": control.scope,
                "name": some[NAMED_BY[control.scope]],
                "known_as": _known_as(some, control.scope),
                "cost": cost,
                "avoided": avoided.mean(axis=1) / UNIT,
                "avoided_worst": avoided @ worst / UNIT,
                "yearly": some["second_source_cost_per_year"] if name == "dual_source" else 0.0,
            }
        )


def _known_as(rows: pd.DataFrame, scope: str) -> pd.Series:
    """An item by what people call it."""
    return rows["description"].fillna(rows["item_id"]) if scope == "item" else rows[NAMED_BY[scope]]


def together(rows: pd.DataFrame, futures: Futures, ways: Ways) -> tuple[int, int, Counts]:
    """Items concerned, cost and what is kept off by scenario (parts of UNIT), of all that is marked: a column per control."""
    rows = rows.reset_index(drop=True)
    before, applied, concerned = lot_of(rows, futures), untouched(rows), np.zeros(len(rows), dtype=np.bool_)
    for name, control in OFFERED.items():
        taken = rows[name].to_numpy(np.bool_) & control.concerns(applied.rows, ways)
        if taken.any():
            applied, concerned = control.apply(applied, taken, ways), concerned | taken
    after = before if applied.rows is rows else lot_of(applied.rows, futures)
    cost, avoided = compared(before, after, applied)
    return int(concerned.sum()), int(np.rint(UNIT * cost).astype(np.int64).sum()), avoided.sum(axis=0)
