"""Who buys, as a pseudonym? spark-submit jobs/ingest_customers.py --env cluster"""

from shelfwise.contracts import bronze, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.ingest.conform import offer_customers

JOB = Job(
    name="ingest_customers",
    reads={"customers": bronze.CUSTOMERS, "sales": bronze.SALES},
    writes=silver.CUSTOMERS,
    run=offer_customers,
    how=Write.UPSERT,
)

if __name__ == "__main__":
    main(JOB)
