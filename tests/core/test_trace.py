"""Which run wrote what another one read, from the records of runs alone."""

from datetime import UTC, date, datetime, timedelta

from shelfwise.core.job import Job, Whole, Write
from shelfwise.core.trace import Place, Ran, set_by_hand, walk, written_by
from tests.core.tiny import ADD_UP, DAY, DOUBLES, MULTIPLY, NUMBERS, TOTALS

TABLES = {table.name: table for table in (NUMBERS, DOUBLES, TOTALS)}
JOBS = {"multiply": MULTIPLY, "add_up": ADD_UP}
LATER = DAY + timedelta(days=7)


def ran(minute: int, job: str, output: str, version: int, inputs: dict[str, int | str | None], as_of: date = DAY) -> Ran:
    at = datetime(2017, 11, 1, 12, minute, tzinfo=UTC)
    return Ran(f"r{minute}", job, as_of, "c0de", inputs, output, version, 1, 1.0, at)


def test_a_version_was_made_by_the_newest_run_that_ended_before_its_reader_began() -> None:
    """Version 2 of the doubles was there when the reader of 12:03 began; version 3 came at 12:05, and at 12:06 nothing was new."""
    runs = [ran(minute, "multiply", "features.doubles", version, {}) for minute, version in ((1, 1), (2, 2), (5, 3), (6, 3))]

    def writer(version: int, before: datetime | None = None) -> str:
        found = written_by(Place("features.doubles", version), runs, before)
        return found.run_id if found else ""

    assert [writer(version) for version in (1, 2, 3, 9)] == ["r1", "r2", "r5", "r5"]
    assert writer(0) == ""
    assert writer(3, before=datetime(2017, 11, 1, 12, 3, tzinfo=UTC)) == "r2"


def test_the_slice_of_a_day_was_made_by_that_days_run() -> None:
    """The newer version 2 holds the rows of DAY that version 1 brought."""
    runs = [ran(1, "multiply", "features.doubles", 1, {}), ran(2, "multiply", "features.doubles", 2, {}, as_of=LATER)]
    found = [written_by(Place("features.doubles", 2, day), runs, None) for day in (DAY, LATER, None)]
    assert [one.run_id for one in found if one] == ["r1", "r2", "r2"]


def test_the_way_back_names_each_place_once_and_what_was_not_there() -> None:
    """Totals <- doubles <- numbers; a job that reads totals and doubles meets the doubles a second time."""
    both = Job("both", {"totals": TOTALS, "doubles": Whole(DOUBLES)}, NUMBERS, lambda totals, doubles: totals, Write.REPLACE)
    runs = [
        ran(1, "multiply", "features.doubles", 1, {"silver.numbers": 4, "files.none": "", "silver.none": None, "silver.new": 0}),
        ran(2, "add_up", "gold.totals", 7, {"features.doubles": 1}),
        ran(3, "both", "silver.numbers", 5, {"gold.totals": 7, "features.doubles": 1}),
    ]
    steps = walk(Place("silver.numbers", 5), runs, JOBS | {"both": both}, TABLES)
    assert [(place.name, place.version, place.as_of) for place in steps] == [
        ("silver.numbers", 5, None),
        ("features.doubles", 1, None),  # read as a whole
        ("silver.numbers", 4, None),
        ("gold.totals", 7, None),
        ("features.doubles", 1, DAY),
    ]
    assert steps[Place("features.doubles", 1, DAY)].nothing == ("files.none", "silver.new", "silver.none")
    assert steps[Place("silver.numbers", 4)].ran is None


def test_a_run_of_a_job_that_is_no_more_is_told_without_its_declaration() -> None:
    runs = [ran(1, "old_job", "gold.totals", 1, {"features.doubles": 3})]
    step = walk(Place("gold.totals", 1), runs, {}, TABLES)[Place("gold.totals", 1)]
    assert step.reads == (Place("features.doubles", 3, DAY),)


def test_only_parameters_that_differ_from_the_defaults_were_set() -> None:
    assert set_by_hand(MULTIPLY, {"times": 2}) == {}
    assert set_by_hand(MULTIPLY, {"times": 3}) == {"times": 3}
