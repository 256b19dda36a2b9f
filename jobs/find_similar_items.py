"""What is like each item? spark-submit jobs/find_similar_items.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver
from shelfwise.contracts.gold import recommend
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.recommend.similar import SimilarParams, find_similar_items

JOB = Job(
    name="find_similar_items",
    reads={"interactions": features.INTERACTIONS, "items": silver.ITEMS, "profiles": features.ITEM_PROFILE},
    writes=recommend.SIMILAR_ITEMS,
    run=find_similar_items,
    params=SimilarParams,
    how=Write.SLICE,
    needs=("interactions",),
)
if __name__ == "__main__":
    main(JOB)
