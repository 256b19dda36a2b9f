"""How good were forecasts of launches? spark-submit jobs/judge_launches.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts.gold.launches import LAUNCH_ACCURACY, LAUNCH_BACKTEST
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.demand.launches.judge import judge

JOB = Job(
    name="judge_launches",
    reads={"backtest": LAUNCH_BACKTEST},
    writes=LAUNCH_ACCURACY,
    run=judge,
    how=Write.SLICE,
)

if __name__ == "__main__":
    main(JOB)
