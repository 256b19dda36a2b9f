"""How good were the forecasts? spark-submit jobs/judge_demand.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts.features import ITEM_WEEK
from shelfwise.contracts.gold.demand import DEMAND_BACKTEST, DEMAND_CHAMPION, FORECAST_ACCURACY, QUANTILE_CALIBRATION
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.demand.accuracy import judge

JOB = Job(
    name="judge_demand",
    reads={"backtest": DEMAND_BACKTEST, "champions": DEMAND_CHAMPION, "calibration": QUANTILE_CALIBRATION, "panel": ITEM_WEEK},
    writes=FORECAST_ACCURACY,
    run=judge,
    how=Write.SLICE,
    needs=("backtest", "champions"),
)

if __name__ == "__main__":
    main(JOB)
