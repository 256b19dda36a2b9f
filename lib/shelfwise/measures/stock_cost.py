"""What would a forecast have cost, had stock been ordered by it?

Weekly review; an order placed at a week's end arrives after LEAD full weeks; holding costs HOLDING per unit left at a week's end,
a sale that finds no stock LOST per unit (the terms of the VN2 inventory competition, 2025). The level ordered up to is the quantile
LOST / (LOST + HOLDING) of demand until the next order could arrive (newsvendor; Silver, Pyke & Thomas, ch. 7).
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAD, REVIEW = 2, 1  # weeks
COVERED = LEAD + REVIEW
HOLDING, LOST = 0.2, 1.0  # per unit and week; per unit
RATIO = LOST / (LOST + HOLDING)


def stock_cost(demand: Floats, levels: Floats) -> Floats:
    """Cost of each row over its weeks from the first in which an order arrives.

    `demand` is rows x weeks, the first week the one after the forecast; `levels`, rows x (weeks - LEAD), what was ordered up to at
    the end of the week before each of them. The shop starts with what then sells until the first order arrives, so that no
    forecast is charged for what it could not change.
    """
    rows, weeks = demand.shape
    on_hand, cost = demand[:, :LEAD].sum(axis=1), np.zeros(rows)
    arriving = np.zeros((rows, weeks))
    for week in range(weeks):
        if week + LEAD < weeks:
            position = on_hand + arriving[:, week:].sum(axis=1)
            arriving[:, week + LEAD] = np.maximum(levels[:, week] - position, 0.0)
        stock = on_hand + arriving[:, week]
        on_hand = np.maximum(stock - demand[:, week], 0.0)
        if week >= LEAD:
            cost += HOLDING * on_hand + LOST * np.maximum(demand[:, week] - stock, 0.0)
    return cost


def covered(weekly: Floats) -> Floats:
    """Sums over COVERED weeks, for each decision: rows x weeks to rows x (weeks - LEAD)."""
    totals = np.cumsum(np.concatenate([np.zeros((len(weekly), 1)), weekly], axis=1), axis=1)
    sums: Floats = totals[:, COVERED:] - totals[:, :-COVERED]
    return sums
