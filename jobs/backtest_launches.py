"""What would have been said of launches on their eve? spark-submit jobs/backtest_launches.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver
from shelfwise.contracts.gold.launches import LAUNCH_BACKTEST
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.demand.launches.backtest import LaunchBacktestParams, backtest

JOB = Job(
    name="backtest_launches",
    reads={
        "panel": features.ITEM_WEEK,
        "items": silver.ITEMS,
        "list_prices": silver.LIST_PRICES,
        "promotions": features.PROMOTION_WEEK,
        "calendar": features.CALENDAR,
    },
    writes=LAUNCH_BACKTEST,
    run=backtest,
    params=LaunchBacktestParams,
    how=Write.SLICE,
    needs=("panel",),
)

if __name__ == "__main__":
    main(JOB)
