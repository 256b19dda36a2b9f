"""What was sold, returned or charged, line by line? spark-submit jobs/ingest_sales_lines.py --env cluster"""

from shelfwise.contracts import bronze, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.ingest.conform import offer_sales_lines

JOB = Job(
    name="ingest_sales_lines",
    reads={"sales": bronze.SALES, "deliveries": bronze.DELIVERIES, "customers": bronze.CUSTOMERS},
    writes=silver.SALES_LINES,
    run=offer_sales_lines,
    how=Write.ADMIT,
)

if __name__ == "__main__":
    main(JOB)
