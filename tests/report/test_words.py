import re
from datetime import date

import pytest

from shelfwise.contracts.gold.demand import DEMAND_FORECAST
from shelfwise.report import words


def test_numbers_have_thousands_and_a_true_minus():
    assert words.number(-1234.5, 1) == "\u22121,234.5"


def test_halves_are_rounded_up_as_in_the_sentences_of_the_tables():
    assert (words.number(16.5), words.share(0.165), words.number(2.345, 2), words.number(-0.4)) == ("17", "17 %", "2.35", "0")


def test_what_is_not_known_is_a_dash_and_not_a_zero():
    assert words.number(None) == words.share(None) == words.chance(None) == words.day(None) == "\u2013"


@pytest.mark.parametrize(("value", "said"), [(0.0, "under 1 %"), (0.0099, "under 1 %"), (0.5, "50 %"), (1.0, "over 99 %")])
def test_a_chance_is_never_none_and_never_certain(value, said):
    assert words.chance(value) == said


@pytest.mark.parametrize(("items", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_lists_end_with_and(items, said):
    assert words.listed(items) == said


def test_one_of_a_thing_is_singular():
    assert (words.counted(1, "order"), words.counted(1200, "order")) == ("1 order", "1,200 orders")


def test_days_are_written_out():
    assert words.day(date(2017, 10, 9)) == "9 October 2017"


def test_a_mean_leaves_out_what_is_not_known():
    assert words.mean([1.0, None, 3.0]) == 2.0
    assert words.mean([None]) is None


def test_segments_have_an_order_and_an_unknown_one_comes_last():
    assert sorted(["brand new", "new", "fast", "slow"], key=words.segment_place) == ["fast", "slow", "new", "brand new"]


def test_every_segment_of_the_forecast_is_explained():
    """The contract names them: 'fast, smooth, …, new or dormant'."""
    told = DEMAND_FORECAST.schema["segment"].doc.partition(":")[0]
    assert set(words.SEGMENTS) == set(re.findall(r"\w+", told.replace(" or ", " ")))
