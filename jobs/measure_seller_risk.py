"""How reliably do sellers and carriers deliver? spark-submit jobs/measure_seller_risk.py --env cluster --as-of 2018-08-19"""

from shelfwise.contracts.gold.sellers import RISK_SELLERS
from shelfwise.contracts.service import DELIVERIES, REVIEWS
from shelfwise.contracts.silver import ASSUMPTIONS
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.risk.sellers import SellerParams, measure_sellers

JOB = Job(
    name="measure_seller_risk",
    reads={"deliveries": DELIVERIES, "reviews": REVIEWS, "assumptions": ASSUMPTIONS},
    writes=RISK_SELLERS,
    run=measure_sellers,
    params=SellerParams,
    how=Write.SLICE,
)
if __name__ == "__main__":
    main(JOB)
