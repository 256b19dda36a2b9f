"""How does what moves demand from outside stand? spark-submit jobs/build_outside_week.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.features.outside import outside_weeks

JOB = Job(
    name="build_outside_week",
    reads={"outside_series": silver.OUTSIDE_SERIES, "items": silver.ITEMS, "calendar": features.CALENDAR},
    writes=features.OUTSIDE_WEEK,
    run=outside_weeks,
    how=Write.SLICE,
    needs=("calendar",),
)

if __name__ == "__main__":
    main(JOB)
