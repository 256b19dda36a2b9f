"""How good were lists on held-out weeks? spark-submit jobs/evaluate_recommender.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, lessons, silver
from shelfwise.contracts.gold import recommend
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.recommend.evaluate import HoldoutParams, recommender_accuracy

JOB = Job(
    name="evaluate_recommender",
    reads={
        "sales": silver.SALES_LINES,
        "items": silver.ITEMS,
        "interactions": features.INTERACTIONS,
        "lessons": lessons.RECOMMENDER_LESSONS,
    },
    writes=recommend.RECOMMENDER_ACCURACY,
    run=recommender_accuracy,
    params=HoldoutParams,
    how=Write.SLICE,
    needs=("interactions",),
)
if __name__ == "__main__":
    main(JOB)
