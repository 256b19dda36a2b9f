"""What are sets of candidates worth together? spark-submit jobs/compare_introduction_sets.py --env cluster"""

from shelfwise.contracts import features
from shelfwise.contracts.gold.introductions import CANDIDATE_WORTH, INTRODUCTION_SETS
from shelfwise.contracts.gold.inventory import INVENTORY_PLAN
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.introductions.compare import compare_sets
from shelfwise.introductions.pool import ChoiceParams

JOB = Job(
    name="compare_introduction_sets",
    reads={"worth": CANDIDATE_WORTH, "plan": INVENTORY_PLAN, "panel": features.ITEM_WEEK},
    writes=INTRODUCTION_SETS,
    run=compare_sets,
    params=ChoiceParams,
    how=Write.SLICE,
)
if __name__ == "__main__":
    main(JOB)
