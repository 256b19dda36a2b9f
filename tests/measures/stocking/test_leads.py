"""Lead times by item and period, whoever stands beside it."""

import numpy as np

from shelfwise.measures.stocking.leads import lead_times
from shelfwise.measures.stocking.terms import Terms

LAW = Terms((0.1, 0.0, 0.6, 0.3), 1, 0.2, 1.0)


def test_they_follow_the_law():
    """100,000 draws: shares within .006, four standard errors of .5 / sqrt(1e5)."""
    drawn = lead_times([str(n) for n in range(200)], 500, LAW, 1)
    shares = np.bincount(drawn.ravel(), minlength=4) / drawn.size
    assert np.abs(shares - np.array(LAW.lead)).max() < 0.006
    assert shares[1] == 0


def test_they_depend_on_item_period_and_seed_alone():
    both = lead_times(["a", "b"], 50, LAW, 1)
    assert both[1].tolist() == lead_times(["b"], 70, LAW, 1)[0, :50].tolist()
    assert both[0].tolist() != both[1].tolist()
    assert both[1].tolist() != lead_times(["b"], 50, LAW, 2)[0].tolist()


def test_one_lead_time_needs_no_draw():
    assert lead_times(["a"], 3, Terms((0.0, 0.0, 1.0), 1, 0.2, 1.0), 1).tolist() == [[2, 2, 2]]
