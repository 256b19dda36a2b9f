"""What would items sell that are not listed yet? spark-submit jobs/forecast_candidates.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver
from shelfwise.contracts.gold.introductions import CANDIDATE_FORECAST
from shelfwise.contracts.gold.launches import LAUNCH_BACKTEST
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.demand.launches.candidates import CandidateParams, forecast_candidates

JOB = Job(
    name="forecast_candidates",
    reads={
        "panel": features.ITEM_WEEK,
        "items": silver.ITEMS,
        "candidates": silver.CANDIDATES,
        "list_prices": silver.LIST_PRICES,
        "promotions": features.PROMOTION_WEEK,
        "calendar": features.CALENDAR,
        "backtest": LAUNCH_BACKTEST,
    },
    writes=CANDIDATE_FORECAST,
    run=forecast_candidates,
    params=CandidateParams,
    how=Write.SLICE,
    needs=("panel",),
)

if __name__ == "__main__":
    main(JOB)
