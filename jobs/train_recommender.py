"""Who is likely to buy what? spark-submit jobs/train_recommender.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, models, silver
from shelfwise.contracts.gold import recommend
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.recommend.als import AlsParams
from shelfwise.recommend.train import train_recommender

JOB = Job(
    name="train_recommender",
    reads={"interactions": features.INTERACTIONS, "items": silver.ITEMS, "accuracy": recommend.RECOMMENDER_ACCURACY},
    writes=models.RECOMMENDER_ALS,
    run=train_recommender,
    params=AlsParams,
    how=Write.REGISTER,
    needs=("interactions",),
    judged_by="evaluate_recommender",
)
if __name__ == "__main__":
    main(JOB)
