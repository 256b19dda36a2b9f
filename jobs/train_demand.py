"""What does all that is known say of coming demand? spark-submit jobs/train_demand.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features
from shelfwise.contracts.gold.demand import DEMAND_BACKTEST
from shelfwise.contracts.models import DEMAND_GBT
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.demand.forecast import train
from shelfwise.demand.regressors import GbtParams

JOB = Job(
    name="train_demand",
    reads={
        "panel": features.ITEM_WEEK,
        "promotions": features.PROMOTION_WEEK,
        "calendar": features.CALENDAR,
        "backtest": DEMAND_BACKTEST,
    },
    writes=DEMAND_GBT,
    run=train,
    params=GbtParams,
    how=Write.REGISTER,
    needs=("panel", "backtest"),
)

if __name__ == "__main__":
    main(JOB)
