"""Which candidates to list, test, keep waiting or drop? spark-submit jobs/choose_introductions.py --env cluster"""

from shelfwise.contracts import silver
from shelfwise.contracts.gold.introductions import CANDIDATE_WORTH, INTRODUCTIONS
from shelfwise.contracts.gold.inventory import INVENTORY_PLAN
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.introductions.choice import IntroductionParams, choose_introductions

JOB = Job(
    name="choose_introductions",
    reads={"worth": CANDIDATE_WORTH, "items": silver.ITEMS, "candidates": silver.CANDIDATES, "plan": INVENTORY_PLAN},
    writes=INTRODUCTIONS,
    run=choose_introductions,
    params=IntroductionParams,
    how=Write.SLICE,
)
if __name__ == "__main__":
    main(JOB)
