"""Which items are promoted in which week? spark-submit jobs/build_promotion_week.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.features.promotions import promotions_by_week

JOB = Job(
    name="build_promotion_week",
    reads={"promotions": silver.PROMOTIONS, "items": silver.ITEMS},
    writes=features.PROMOTION_WEEK,
    run=promotions_by_week,
    how=Write.SLICE,
)

if __name__ == "__main__":
    main(JOB)
