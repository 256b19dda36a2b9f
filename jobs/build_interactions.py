"""Who met what, in the form that matrix models want? spark-submit jobs/build_interactions.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.features.interactions import InteractionParams, customer_item_pairs

JOB = Job(
    name="build_interactions",
    reads={"sales": silver.SALES_LINES, "events": silver.EVENTS},
    writes=features.INTERACTIONS,
    run=customer_item_pairs,
    params=InteractionParams,
    how=Write.SLICE,
    needs=("sales",),
)
if __name__ == "__main__":
    main(JOB)
