"""What do losses by scenario say: mean, spread, VaR and CVaR with their errors, and shares of the total's?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shelfwise.measures.streams import Floats
from shelfwise.measures.tail import LEVELS, by_scenario, quantile_weights, tail_of_ordered, worst_weights


@dataclass(frozen=True)
class Weights:
    """By level: what each scenario counts for in the total's VaR and CVaR."""

    quantile: dict[float, Floats]
    worst: dict[float, Floats]


def weights_of(total: Floats) -> Weights:
    count = len(total)
    return Weights(
        {level: by_scenario(quantile_weights(count, level), total) for level in LEVELS},
        {level: by_scenario(worst_weights(count, level), total) for level in LEVELS},
    )


def figures(losses: Floats, weights: Weights) -> pd.DataFrame:
    """One row per row of `losses` (parts x scenarios): the columns of contracts' loss_figures."""
    ordered = np.sort(losses, axis=1)
    told = {"expected_loss": losses.mean(axis=1), "loss_sd": losses.std(axis=1)}
    for level in LEVELS:
        short = round(level * 100)
        of_each = tail_of_ordered(ordered, level)
        told |= {
            f"var_{short}": of_each.value_at_risk,
            f"var_{short}_error": of_each.value_at_risk_error,
            f"cvar_{short}": of_each.shortfall,
            f"cvar_{short}_error": of_each.shortfall_error,
            f"var_{short}_share": losses @ weights.quantile[level],
            f"cvar_{short}_share": losses @ weights.worst[level],
        }
    return pd.DataFrame(told)
