"""Which files of invoices are new? spark-submit jobs/land_invoices.py --env cluster"""

from shelfwise.contracts import bronze
from shelfwise.core.cli import main
from shelfwise.core.job import Files, Job, Write
from shelfwise.ingest.landed import as_they_came

JOB = Job(
    name="land_invoices",
    reads={"files": Files("invoices")},
    writes=bronze.INVOICES,
    run=as_they_came,
    how=Write.LAND,
)

if __name__ == "__main__":
    main(JOB)
