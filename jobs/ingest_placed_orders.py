"""Which orders were placed with suppliers? spark-submit jobs/ingest_placed_orders.py --env cluster"""

from shelfwise.contracts import bronze, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.ingest.conform import offer_placed_orders

JOB = Job(
    name="ingest_placed_orders",
    reads={"purchase_orders": bronze.PURCHASE_ORDERS},
    writes=silver.PLACED_ORDERS,
    run=offer_placed_orders,
    how=Write.ADMIT,
)

if __name__ == "__main__":
    main(JOB)
