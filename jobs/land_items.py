"""Which files of items are new? spark-submit jobs/land_items.py --env cluster"""

from shelfwise.contracts import bronze
from shelfwise.core.cli import main
from shelfwise.core.job import Files, Job, Write
from shelfwise.ingest.landed import as_they_came

JOB = Job(
    name="land_items",
    reads={"files": Files("items")},
    writes=bronze.ITEMS,
    run=as_they_came,
    how=Write.LAND,
)

if __name__ == "__main__":
    main(JOB)
