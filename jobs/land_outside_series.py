"""Which files of series from outside the shop are new? spark-submit jobs/land_outside_series.py --env cluster"""

from shelfwise.contracts import bronze
from shelfwise.core.cli import main
from shelfwise.core.job import Files, Job, Write
from shelfwise.ingest.landed import as_they_came

JOB = Job(
    name="land_outside_series",
    reads={"files": Files("outside_series")},
    writes=bronze.OUTSIDE_SERIES,
    run=as_they_came,
    how=Write.LAND,
)

if __name__ == "__main__":
    main(JOB)
