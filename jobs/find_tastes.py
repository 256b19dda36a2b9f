"""Which tastes does the shop find nothing for? spark-submit jobs/find_tastes.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, models, newcomers, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.recommend.tastes import TasteParams, taste_reach

JOB = Job(
    name="find_tastes",
    reads={"model": models.RECOMMENDER_ALS, "interactions": features.INTERACTIONS, "items": silver.ITEMS},
    writes=newcomers.TASTE_REACH,
    run=taste_reach,
    params=TasteParams,
    how=Write.SLICE,
)
if __name__ == "__main__":
    main(JOB)
