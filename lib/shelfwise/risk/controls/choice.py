"""Which controls are worth most within the budget?

    max  sum (worth_i - cost_i) x_i    s.t.  sum max(cost_i, 0) x_i <= budget,  sum of a group's x_i <= 1,  x_i in {0, 1}

a multiple-choice knapsack (Kellerer, Pferschy & Pisinger 2004, *Knapsack Problems*, ch. 11), solved by HiGHS: exactly, unless its
search needs more than 10,000 nodes.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, sparse

Bools = NDArray[np.bool_]

NODES = 10_000  # of the search: no clock decides, so that the same options give the same choice


def chosen(options: pd.DataFrame, budget: float) -> Bools:
    """Of options with group, net and net_cost; raises ValueError where HiGHS finds no answer."""
    if not len(options):
        return np.zeros(0, dtype=np.bool_)
    net = options["net"].to_numpy(np.float64)
    spent = np.maximum(options["net_cost"].to_numpy(np.float64), 0.0)
    one_each = sparse.csr_matrix((np.ones(len(net)), (pd.factorize(options["group"])[0], np.arange(len(net)))))
    solution = optimize.milp(
        -net,
        constraints=[optimize.LinearConstraint(spent[None, :], ub=budget), optimize.LinearConstraint(one_each, ub=1.0)],
        integrality=np.ones(len(net), dtype=np.int64),
        bounds=optimize.Bounds(0.0, 1.0),
        options={"node_limit": NODES, "mip_rel_gap": 1e-6},
    )
    if solution.x is None:
        raise ValueError(f"HiGHS found no set of controls: {solution.message}")
    taken: Bools = solution.x > 0.5
    return taken
