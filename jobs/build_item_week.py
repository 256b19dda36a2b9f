"""How did each item do, week by week? spark-submit jobs/build_item_week.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.features.panel import item_weeks

JOB = Job(
    name="build_item_week",
    reads={
        "demand": features.LATENT_DEMAND,
        "sales": silver.SALES_LINES,
        "items": silver.ITEMS,
        "promotions": features.PROMOTION_WEEK,
        "outside": features.OUTSIDE_WEEK,
    },
    writes=features.ITEM_WEEK,
    run=item_weeks,
    how=Write.SLICE,
    needs=("demand",),
)

if __name__ == "__main__":
    main(JOB)
