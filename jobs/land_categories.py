"""Which files of categories' names are new? spark-submit jobs/land_categories.py --env cluster"""

from shelfwise.contracts import bronze
from shelfwise.core.cli import main
from shelfwise.core.job import Files, Job, Write
from shelfwise.ingest.landed import as_they_came

JOB = Job(
    name="land_categories",
    reads={"files": Files("categories")},
    writes=bronze.CATEGORIES,
    run=as_they_came,
    how=Write.LAND,
)

if __name__ == "__main__":
    main(JOB)
