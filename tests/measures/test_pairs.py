"""Numbers for ids that join others."""

from shelfwise.core.frames import local_frame
from shelfwise.measures.pairs import number_more


def test_who_has_a_number_keeps_it_and_others_get_one_beyond_all(spark):
    """a has 5, gone has 9: c and d are numbered from 10 on; in 4 buckets below 10 + 2 * 4. The same however rows lie."""
    known = local_frame(spark, [("a", 5), ("a", 5), ("gone", 9)], "id string, number int")
    frame = local_frame(spark, [("a",), ("c",), ("d",), ("c",)], "id string")
    made = [number_more(some, known, "id", "number", 4).collect() for some in (frame, frame.repartition(3))]
    rows, again = [sorted((row["id"], row["number"]) for row in rows) for rows in made]
    assert rows == again
    assert [id for id, _ in rows] == ["a", "c", "d"]
    numbers = dict(rows)
    assert numbers["a"] == 5
    assert numbers["c"] != numbers["d"]
    assert all(10 <= numbers[id] < 18 for id in ("c", "d"))


def test_where_nobody_has_a_number_they_start_at_zero(spark):
    """One bucket: 0, 1, 2 in the order of ids."""
    known = local_frame(spark, [], "id string, number int")
    frame = local_frame(spark, [("b",), ("a",), ("c",)], "id string")
    assert {row["id"]: row["number"] for row in number_more(frame, known, "id", "number", 1).collect()} == {"a": 0, "b": 1, "c": 2}
