"""What will items without a history sell? spark-submit jobs/forecast_launches.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver
from shelfwise.contracts.gold.launches import LAUNCH_BACKTEST, LAUNCH_FORECAST
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.demand.launches.forecast import forecast
from shelfwise.demand.launches.sources import SourceParams

JOB = Job(
    name="forecast_launches",
    reads={
        "panel": features.ITEM_WEEK,
        "items": silver.ITEMS,
        "list_prices": silver.LIST_PRICES,
        "promotions": features.PROMOTION_WEEK,
        "calendar": features.CALENDAR,
        "backtest": LAUNCH_BACKTEST,
    },
    writes=LAUNCH_FORECAST,
    run=forecast,
    params=SourceParams,
    how=Write.SLICE,
    needs=("panel",),
)

if __name__ == "__main__":
    main(JOB)
