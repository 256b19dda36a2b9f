"""Which model's forecasts would have cost least in stock? spark-submit jobs/choose_champion.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts.gold.demand import DEMAND_BACKTEST, DEMAND_CHAMPION
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.demand.champion import choose_champion

JOB = Job(
    name="choose_champion",
    reads={"backtest": DEMAND_BACKTEST},
    writes=DEMAND_CHAMPION,
    run=choose_champion,
    how=Write.SLICE,
    needs=("backtest",),
)

if __name__ == "__main__":
    main(JOB)
