"""Which parcels went to customers, and how far have they come? spark-submit jobs/ingest_deliveries.py --env cluster"""

from shelfwise.contracts import bronze, service
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.ingest.conform import offer_deliveries

JOB = Job(
    name="ingest_deliveries",
    reads={"deliveries": bronze.DELIVERIES, "sales": bronze.SALES, "customers": bronze.CUSTOMERS},
    writes=service.DELIVERIES,
    run=offer_deliveries,
    how=Write.UPSERT,
)

if __name__ == "__main__":
    main(JOB)
