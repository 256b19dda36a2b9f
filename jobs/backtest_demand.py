"""How would demand have been forecast earlier? spark-submit jobs/backtest_demand.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features
from shelfwise.contracts.gold.demand import DEMAND_BACKTEST, DEMAND_TUNING
from shelfwise.contracts.gold.mixture import CLASSICAL_FORECAST
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.demand.backtest import BacktestParams, backtest

JOB = Job(
    name="backtest_demand",
    reads={
        "panel": features.ITEM_WEEK,
        "promotions": features.PROMOTION_WEEK,
        "calendar": features.CALENDAR,
        "tuning": DEMAND_TUNING,
        "classical": CLASSICAL_FORECAST,
    },
    writes=DEMAND_BACKTEST,
    run=backtest,
    params=BacktestParams,
    how=Write.SLICE,
    needs=("panel",),
)

if __name__ == "__main__":
    main(JOB)
