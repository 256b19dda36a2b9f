"""Sizes of a shop: presets that are shops, and numbers that are none refused by name."""

from dataclasses import asdict
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfwise.core.errors import SettingsError
from shelfwise.simulate.spec import LEAST_DAYS, PRESETS, Spec, spec_of

SIZES = ("days", "customers", "items", "suppliers", "locations", "seed")


def of_days(days: int) -> Spec:
    return Spec(days=days, customers=1, items=12, suppliers=2, locations=2)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_keeps_to_the_bounds_that_hold_for_options(preset):
    sizes = {name: value for name, value in asdict(PRESETS[preset]).items() if name in SIZES}
    assert spec_of(preset, **sizes) == PRESETS[preset]


def test_what_is_not_changed_is_the_presets():
    changed = spec_of("tiny", customers=500, days=None, seed=0)
    assert asdict(changed) == asdict(PRESETS["tiny"]) | {"customers": 500, "seed": 0}


def test_a_mistyped_preset_is_named_with_the_nearest():
    with pytest.raises(SettingsError, match=r"--preset jurney: there is no such preset\. Did you mean 'journey'\?"):
        spec_of("jurney")


@pytest.mark.parametrize(
    ("name", "value", "bounds"),
    [
        ("items", 0, "24 to 500000"),
        ("items", 23, "24 to 500000"),
        ("items", 500_001, "24 to 500000"),
        ("days", -3, "28 to 3660"),
        ("days", 27, "28 to 3660"),
        ("customers", 0, "1 to 2000000000"),
        ("suppliers", 1, "2 to 500000"),
        ("locations", 1, "2 to 100000"),
        ("seed", -1, "0 to 9223372036854775807"),
        ("seed", 2**63, "0 to 9223372036854775807"),
    ],
)
def test_a_size_that_makes_no_shop_is_refused_by_name(name, value, bounds):
    with pytest.raises(SettingsError, match=f"--{name} {value}: give a number from {bounds}"):
        spec_of("tiny", **{name: value})


@pytest.mark.parametrize(("name", "value"), [("items", 24), ("days", 28), ("customers", 1), ("suppliers", 2), ("locations", 2)])
def test_the_least_of_each_size_is_a_shop(name, value):
    assert getattr(spec_of("tiny", **({"suppliers": 2} | {name: value})), name) == value


def test_suppliers_without_an_item_are_refused():
    """journey has 400 suppliers: 399 items are too few, 400 are not."""
    with pytest.raises(SettingsError, match=r"--suppliers 400: give at most as many as items \(399\)"):
        spec_of("journey", items=399)
    assert spec_of("journey", items=400).suppliers == 400


def test_a_week_that_has_begun_counts():
    """84 days are 12 weeks, 85 to 91 are 13; the 28th day of a shop that opens on 2 January is the 29th."""
    assert [of_days(days).weeks for days in (84, 85, 91, 92)] == [12, 13, 13, 14]
    assert of_days(28).end == date(2023, 1, 29)


def test_the_last_location_is_the_web():
    assert Spec(days=28, customers=1, items=12, suppliers=2, locations=5).web == 4


@given(st.lists(st.integers(LEAST_DAYS, 3660), min_size=1, max_size=30))
def test_the_proposed_day_is_a_sunday_within_the_shop(lengths):
    for days in lengths:
        spec = of_days(days)
        assert spec.as_of.isoweekday() == 7
        assert spec.start + timedelta(days=27) <= spec.as_of <= spec.end


def test_an_eighth_of_the_weeks_and_at_most_nine_lie_after_it():
    """280 days: 40 weeks, 5 unseen. 364: 52 weeks, 6. 1,400: 200 weeks, 9 and not 25. 87: 12 whole weeks less 13 // 8 = 1."""
    unseen = {days: (of_days(days).end - of_days(days).as_of).days for days in (280, 364, 1400, 87)}
    assert unseen == {280: 5 * 7, 364: 6 * 7, 1400: 9 * 7, 87: 7 + 3}


def test_the_manifest_tells_the_whole_spec():
    told = PRESETS["tiny"].as_json()
    assert Spec(**told | {"start": date.fromisoformat(told["start"])}) == PRESETS["tiny"]
    assert told["start"] == "2023-01-02"
