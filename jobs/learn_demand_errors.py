"""How did forecasts of a department miss together? spark-submit jobs/learn_demand_errors.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts.gold.hierarchy import HIERARCHY_BACKTEST
from shelfwise.contracts.gold.risk import DEMAND_ERRORS
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.risk.errors import demand_errors

JOB = Job(
    name="learn_demand_errors",
    reads={"backtest": HIERARCHY_BACKTEST},
    writes=DEMAND_ERRORS,
    run=demand_errors,
    how=Write.SLICE,
)
if __name__ == "__main__":
    main(JOB)
