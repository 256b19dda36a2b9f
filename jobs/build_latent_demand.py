"""What would each item have sold, had it been there? spark-submit jobs/build_latent_demand.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.features.latent import LatentParams, latent_demand

JOB = Job(
    name="build_latent_demand",
    reads={"sales": silver.SALES_LINES, "items": silver.ITEMS, "stock": silver.STOCK},
    writes=features.LATENT_DEMAND,
    run=latent_demand,
    params=LatentParams,
    how=Write.SLICE,
    needs=("sales",),
)

if __name__ == "__main__":
    main(JOB)
