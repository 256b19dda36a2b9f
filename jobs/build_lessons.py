"""What was known on earlier days, and who bought what then? spark-submit jobs/build_lessons.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, lessons, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.recommend.ranker.lessons import LessonParams, recommender_lessons

JOB = Job(
    name="build_lessons",
    reads={
        "sales": silver.SALES_LINES,
        "items": silver.ITEMS,
        "interactions": features.INTERACTIONS,
        "promotions": features.PROMOTION_WEEK,
        "events": silver.EVENTS,
    },
    writes=lessons.RECOMMENDER_LESSONS,
    run=recommender_lessons,
    params=LessonParams,
    how=Write.SLICE,
    needs=("interactions",),
)
if __name__ == "__main__":
    main(JOB)
