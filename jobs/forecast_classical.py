"""What would models of single items forecast? spark-submit jobs/forecast_classical.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features
from shelfwise.contracts.gold.mixture import CLASSICAL_FORECAST
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.demand.mixture.classical import ClassicalParams, forecast_classical

JOB = Job(
    name="forecast_classical",
    reads={"panel": features.ITEM_WEEK},
    writes=CLASSICAL_FORECAST,
    run=forecast_classical,
    params=ClassicalParams,
    how=Write.SLICE,
    needs=("panel",),
)

if __name__ == "__main__":
    main(JOB)
