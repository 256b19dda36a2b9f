"""From which items beside it does a newcomer take its units?"""

from typing import Any

import numpy as np

from shelfwise.introductions.switching import BAND
from shelfwise.measures.nested import taken

NAMED_LOSERS = 5


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
