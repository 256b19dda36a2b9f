"""Which week is a day in, and how far is the next holiday? spark-submit jobs/build_calendar.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.features.calendar import shop_calendar

JOB = Job(
    name="build_calendar",
    reads={"sales": silver.SALES_LINES, "locations": silver.LOCATIONS},
    writes=features.CALENDAR,
    run=shop_calendar,
    how=Write.SLICE,
    needs=("sales",),
)

if __name__ == "__main__":
    main(JOB)
