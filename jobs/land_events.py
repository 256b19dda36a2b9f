"""Which files of views, carts and clicks are new? spark-submit jobs/land_events.py --env cluster"""

from shelfwise.contracts import bronze
from shelfwise.core.cli import main
from shelfwise.core.job import Files, Job, Write
from shelfwise.ingest.landed import as_they_came

JOB = Job(
    name="land_events",
    reads={"files": Files("events")},
    writes=bronze.EVENTS,
    run=as_they_came,
    how=Write.LAND,
)

if __name__ == "__main__":
    main(JOB)
