"""A file of ratings: what is refused and in which words, and what is held out of it."""

from datetime import date

import pandas as pd
import pytest

from shelfwise.core.errors import SourceError
from shelfwise.recommend.own.ratings import Split, held_out, read_ratings


def written(folder, text, name="ratings.csv"):
    (folder / name).write_text(text)
    return str(folder / name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("user,item_id,rating\n1,2,3\n", "column user_id is missing; it has user, item_id, rating. Rename them"),
        ("user_id,item_id,rating\n", "there is no row below the header."),
        ("user_id,item_id,rating\n1,2,good\n", "rating must be a number in every row. 1 are wrong: user 1, item 2: good."),
        ("user_id,item_id,rating\n1,2,NaN\n", "rating must be a number"),
        ("user_id,item_id,rating\n1,,3\n", "item_id must be a name in every row. 1 are wrong: user 1, item nothing: nothing."),
        ("user_id,item_id,rating,timestamp\n1,2,3,soon\n", "timestamp must be a number of seconds or a date"),
        ("user_id,item_id,rating\n1,2,3\n1,2,4\n", "each user and item have one row: keep the last, or add them up. 1 are wrong"),
        ("user_id,item_id,rating\n1,2\n", "can't be read as CSV"),
    ],
)
def test_what_is_no_table_of_ratings_is_told_by_file_and_row(spark, tmp_path, text, said):
    path = written(tmp_path, text)
    with pytest.raises(SourceError) as told:
        read_ratings(spark, path).count()
    assert str(told.value).startswith(path)
    assert said in str(told.value)


def test_a_file_that_is_not_there_is_named(spark):
    with pytest.raises(SourceError, match=r"nowhere\.csv: there is no such file"):
        read_ratings(spark, "nowhere.csv")


def test_csv_tsv_and_parquet_with_seconds_or_dates_are_read_alike(spark, tmp_path):
    """1970-01-02 00:00 UTC is second 86,400."""
    header, row = ["user_id", "item_id", "rating", "timestamp"], ["a", "7", 3.5, 86_400]
    paths = [written(tmp_path, ",".join(header) + "\na,7,3.5,86400\n")]
    paths.append(written(tmp_path, "\t".join(header) + "\na\t7\t3.5\t1970-01-02\n", "r.tsv"))
    pd.DataFrame([row], columns=header).to_parquet(tmp_path / "r.parquet")
    dated = pd.DataFrame([[*row[:3], pd.Timestamp("1970-01-02", tz="UTC")]], columns=header)
    dated.to_parquet(tmp_path / "dated.parquet", coerce_timestamps="us")
    pd.DataFrame([[*row[:3], date(1970, 1, 2)]], columns=header).to_parquet(tmp_path / "day.parquet")
    naive = pd.DataFrame([[*row[:3], pd.Timestamp("1970-01-02")]], columns=header)
    naive.to_parquet(tmp_path / "micro.parquet", coerce_timestamps="us")
    others = [str(tmp_path / f"{name}.parquet") for name in ("r", "dated", "day", "micro")]
    for path in [*paths, *others]:
        assert [tuple(found) for found in read_ratings(spark, path).collect()] == [("a", "7", 3.5, 86_400.0)]


@pytest.fixture
def forty(spark, tmp_path):
    """Item i has 4 i ratings, i = 1 … 4, at seconds 0 to 39."""
    rows = [(f"u{n}", i) for i in range(1, 5) for n in range(4 * i)]
    lines = [f"{user},{item},1,{second}" for second, (user, item) in enumerate(rows)]
    return read_ratings(spark, written(tmp_path, "\n".join(["user_id,item_id,rating,timestamp", *lines])))


def test_a_random_split_keeps_the_share_of_each_item_whatever_the_order_of_rows(forty):
    """Three quarters of 4, 8, 12, 16: 3, 6, 9, 12."""
    kept = held_out(forty, Split.random, 0.75, 42).where("not held")
    assert {row["item_id"]: row["count"] for row in kept.groupBy("item_id").count().collect()} == {"1": 3, "2": 6, "3": 9, "4": 12}
    assert sorted(held_out(forty.repartition(7), Split.random, 0.75, 42).where("not held").collect()) == sorted(kept.collect())
    assert sorted(held_out(forty, Split.random, 0.75, 43).where("not held").collect()) != sorted(kept.collect())


@pytest.mark.parametrize("unit", [1, 1e3, 1e6, 1e9])
def test_a_moment_may_be_told_in_seconds_or_finer(spark, tmp_path, unit):
    """881,250,949 s is a day in December 1997."""
    path = written(tmp_path, f"user_id,item_id,rating,timestamp\n1,2,3,{881_250_949 * unit:.0f}\n")
    assert read_ratings(spark, path).first()["timestamp"] == pytest.approx(881_250_949)


def test_an_item_of_one_rating_is_known_however_little_is_kept(spark, tmp_path):
    some = read_ratings(spark, written(tmp_path, "user_id,item_id,rating\n1,a,3\n1,b,3\n2,b,3\n"))
    assert {row["item_id"] for row in held_out(some, Split.random, 0.1, 42).where("not held").collect()} == {"a", "b"}


def test_a_split_in_time_holds_out_the_last(forty):
    kept = held_out(forty, Split.time, 0.75, 42).where("not held")
    assert sorted(row["timestamp"] for row in kept.collect()) == list(range(30))
