"""Which brands and categories come in with the chosen candidates? spark-submit jobs/group_introductions.py --env cluster"""

from shelfwise.contracts.gold.brands import INTRODUCTION_GROUPS
from shelfwise.contracts.gold.introductions import CANDIDATE_WORTH, INTRODUCTIONS
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.introductions.groups import group_introductions

JOB = Job(
    name="group_introductions",
    reads={"introductions": INTRODUCTIONS, "worth": CANDIDATE_WORTH},
    writes=INTRODUCTION_GROUPS,
    run=group_introductions,
    how=Write.SLICE,
)
if __name__ == "__main__":
    main(JOB)
