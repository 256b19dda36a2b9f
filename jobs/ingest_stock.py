"""What stock was counted? spark-submit jobs/ingest_stock.py --env cluster"""

from shelfwise.contracts import bronze, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.ingest.conform import offer_stock

JOB = Job(
    name="ingest_stock",
    reads={"stock": bronze.STOCK},
    writes=silver.STOCK,
    run=offer_stock,
    how=Write.ADMIT,
)

if __name__ == "__main__":
    main(JOB)
