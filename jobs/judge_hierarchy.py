"""Which way of adding up is best? spark-submit jobs/judge_hierarchy.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts.gold.hierarchy import HIERARCHY_ACCURACY, HIERARCHY_BACKTEST
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.demand.hierarchy.judge import judge_hierarchy

JOB = Job(
    name="judge_hierarchy",
    reads={"backtest": HIERARCHY_BACKTEST},
    writes=HIERARCHY_ACCURACY,
    run=judge_hierarchy,
    how=Write.SLICE,
    needs=("backtest",),
)

if __name__ == "__main__":
    main(JOB)
