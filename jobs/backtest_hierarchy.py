"""How would forecasts of all levels have done? spark-submit jobs/backtest_hierarchy.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features
from shelfwise.contracts.gold.demand import DEMAND_BACKTEST, DEMAND_CHAMPION, QUANTILE_CALIBRATION
from shelfwise.contracts.gold.hierarchy import HIERARCHY_BACKTEST
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.demand.hierarchy.backtest import backtest_hierarchy

JOB = Job(
    name="backtest_hierarchy",
    reads={
        "panel": features.ITEM_WEEK,
        "backtest": DEMAND_BACKTEST,
        "champions": DEMAND_CHAMPION,
        "calibration": QUANTILE_CALIBRATION,
    },
    writes=HIERARCHY_BACKTEST,
    run=backtest_hierarchy,
    how=Write.SLICE,
    needs=("panel", "backtest", "champions", "calibration"),
)

if __name__ == "__main__":
    main(JOB)
