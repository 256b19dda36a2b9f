"""What should be shown to whom? spark-submit jobs/recommend.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, models, silver
from shelfwise.contracts.gold import inventory, recommend
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.recommend.lists import ListParams, recommend_items

JOB = Job(
    name="recommend",
    reads={
        "model": models.RECOMMENDER_ALS,
        "ranker": models.RECOMMENDER_RANKER,
        "sales": silver.SALES_LINES,
        "interactions": features.INTERACTIONS,
        "items": silver.ITEMS,
        "customers": silver.CUSTOMERS,
        "promotions": features.PROMOTION_WEEK,
        "events": silver.EVENTS,
        "plan": inventory.INVENTORY_PLAN,
    },
    writes=recommend.RECOMMENDATIONS,
    run=recommend_items,
    params=ListParams,
    how=Write.SLICE,
    needs=("interactions",),
)
if __name__ == "__main__":
    main(JOB)
