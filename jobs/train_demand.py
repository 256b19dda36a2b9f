"""What does all that is known say of coming demand? spark-submit jobs/train_demand.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features
from shelfwise.contracts.gold.demand import DEMAND_BACKTEST, DEMAND_CHAMPION, DEMAND_TUNING
from shelfwise.contracts.models import DEMAND_TREES
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.demand.forecast import train
from shelfwise.demand.trees import TreesParams

JOB = Job(
    name="train_demand",
    reads={
        "panel": features.ITEM_WEEK,
        "promotions": features.PROMOTION_WEEK,
        "calendar": features.CALENDAR,
        "backtest": DEMAND_BACKTEST,
        "champions": DEMAND_CHAMPION,
        "tuning": DEMAND_TUNING,
    },
    writes=DEMAND_TREES,
    run=train,
    params=TreesParams,
    how=Write.REGISTER,
    needs=("panel", "backtest", "champions"),
    judged_by="backtest_demand",
)
if __name__ == "__main__":
    main(JOB)
