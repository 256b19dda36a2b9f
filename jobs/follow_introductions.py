"""How do launched items do against their plan? spark-submit jobs/follow_introductions.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features
from shelfwise.contracts.gold.introductions import CANDIDATE_FORECAST, INTRODUCTION_COHORTS
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.introductions.cohorts import CohortParams, follow_introductions

JOB = Job(
    name="follow_introductions",
    reads={"foreseen": CANDIDATE_FORECAST, "panel": features.ITEM_WEEK},
    writes=INTRODUCTION_COHORTS,
    run=follow_introductions,
    params=CohortParams,
    how=Write.SLICE,
)
if __name__ == "__main__":
    main(JOB)
