"""How much should each model count in a mixture? spark-submit jobs/weigh_models.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts.gold.demand import DEMAND_BACKTEST
from shelfwise.contracts.gold.mixture import CLASSICAL_FORECAST, DEMAND_MIXTURE
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.demand.mixture.weights import weigh

JOB = Job(
    name="weigh_models",
    reads={"backtest": DEMAND_BACKTEST, "classical": CLASSICAL_FORECAST},
    writes=DEMAND_MIXTURE,
    run=weigh,
    how=Write.SLICE,
    needs=("backtest",),
)

if __name__ == "__main__":
    main(JOB)
