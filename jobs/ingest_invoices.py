"""What were they billed, and how did they pay? spark-submit jobs/ingest_invoices.py --env cluster"""

from shelfwise.contracts import bronze, credit
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.ingest.conform import offer_invoices

JOB = Job(
    name="ingest_invoices",
    reads={"invoices": bronze.INVOICES},
    writes=credit.INVOICES,
    run=offer_invoices,
    how=Write.UPSERT,
)

if __name__ == "__main__":
    main(JOB)
