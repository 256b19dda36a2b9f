"""How far is a group's mean believed? Effects of groups on their members, each drawn towards none by how little it rests on.

One-way random effects: y of a member = mean + effect of its group + own, variances of effects and own by the ANOVA estimator of
unbalanced groups (Searle, Casella & McCulloch 1992, *Variance Components*, ch. 3), effects by best linear unbiased prediction
(Robinson 1991, *Statistical Science* 6): the group's mean deviation x t / (t + s / n).
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def group_effects(count: Floats, total: Floats, squares: Floats, group: Ints) -> Floats:
    """Of each cell's group; cells hold `count` members, the sum of their y and of its squares.

    None where means don't differ more than chance would have them do, nor where no group has two members: nobody can tell then.
    """
    size, sums = np.bincount(group, weights=count), np.bincount(group, weights=total)
    members, groups, mean = size.sum(), len(size), total.sum() / count.sum()
    if members <= groups or groups < 2:
        return np.zeros(len(count))
    explained = float((sums**2 / size).sum())
    within = max(float(squares.sum()) - explained, 0.0) / (members - groups)
    typical = (members - (size**2).sum() / members) / (groups - 1)
    between = ((explained - members * mean**2) / (groups - 1) - within) / typical
    if between <= 0:
        return np.zeros(len(count))
    effects: Floats = between / (between + within / size) * (sums / size - mean)
    return effects[group]
