"""Which files of orders placed with suppliers are new? spark-submit jobs/land_purchase_orders.py --env cluster"""

from shelfwise.contracts import bronze
from shelfwise.core.cli import main
from shelfwise.core.job import Files, Job, Write
from shelfwise.ingest.landed import as_they_came

JOB = Job(
    name="land_purchase_orders",
    reads={"files": Files("purchase_orders")},
    writes=bronze.PURCHASE_ORDERS,
    run=as_they_came,
    how=Write.LAND,
)

if __name__ == "__main__":
    main(JOB)
