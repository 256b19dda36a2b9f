"""Which list prices are planned? spark-submit jobs/ingest_list_prices.py --env cluster"""

from shelfwise.contracts import bronze, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.ingest.conform import offer_list_prices

JOB = Job(
    name="ingest_list_prices",
    reads={"prices": bronze.PRICES},
    writes=silver.LIST_PRICES,
    run=offer_list_prices,
    how=Write.ADMIT,
)

if __name__ == "__main__":
    main(JOB)
