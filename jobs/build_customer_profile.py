"""How does each customer buy? spark-submit jobs/build_customer_profile.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.features.profiles import customer_profiles

JOB = Job(
    name="build_customer_profile",
    reads={"sales": silver.SALES_LINES, "items": silver.ITEMS},
    writes=features.CUSTOMER_PROFILE,
    run=customer_profiles,
    how=Write.SLICE,
    needs=("sales",),
)
if __name__ == "__main__":
    main(JOB)
