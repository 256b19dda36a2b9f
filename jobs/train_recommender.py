"""Learn who is likely to buy what: spark-submit jobs/train_recommender.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, models, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.recommend.evaluate import HoldoutParams
from shelfwise.recommend.train import train_recommender

JOB = Job(
    name="train_recommender",
    reads={"sales": silver.SALES_LINES, "interactions": features.INTERACTIONS, "items": silver.ITEMS},
    writes=models.RECOMMENDER_ALS,
    run=train_recommender,
    params=HoldoutParams,
    how=Write.REGISTER,
    needs=("sales", "interactions"),
)
if __name__ == "__main__":
    main(JOB)
