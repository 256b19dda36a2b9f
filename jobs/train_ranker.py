"""How likely is each customer to buy each item? spark-submit jobs/train_ranker.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import lessons, models
from shelfwise.contracts.gold import recommend
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.recommend.ranker.model import RankerParams
from shelfwise.recommend.train import train_ranker

JOB = Job(
    name="train_ranker",
    reads={
        "lessons": lessons.RECOMMENDER_LESSONS,
        "accuracy": recommend.RECOMMENDER_ACCURACY,
    },
    writes=models.RECOMMENDER_RANKER,
    run=train_ranker,
    params=RankerParams,
    how=Write.REGISTER,
    needs=(),
    judged_by="evaluate_recommender.ranker",
)
if __name__ == "__main__":
    main(JOB)
