"""Which files of reviews are new? spark-submit jobs/land_reviews.py --env cluster"""

from shelfwise.contracts import bronze
from shelfwise.core.cli import main
from shelfwise.core.job import Files, Job, Write
from shelfwise.ingest.landed import as_they_came

JOB = Job(
    name="land_reviews",
    reads={"files": Files("reviews")},
    writes=bronze.REVIEWS,
    run=as_they_came,
    how=Write.LAND,
)

if __name__ == "__main__":
    main(JOB)
