"""How do forecast errors spread? spark-submit jobs/calibrate_demand.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts.gold.demand import DEMAND_BACKTEST, DEMAND_CHAMPION, QUANTILE_CALIBRATION
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.demand.quantiles import calibrate

JOB = Job(
    name="calibrate_demand",
    reads={"backtest": DEMAND_BACKTEST, "champions": DEMAND_CHAMPION},
    writes=QUANTILE_CALIBRATION,
    run=calibrate,
    how=Write.SLICE,
    needs=("backtest", "champions"),
)

if __name__ == "__main__":
    main(JOB)
