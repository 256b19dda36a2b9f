"""The model card says what is served by what, and how good that was."""

from datetime import date

from shelfwise.contracts.gold.demand import DEMAND_CHAMPION
from shelfwise.core.frames import local_frame
from shelfwise.demand.card import card
from shelfwise.demand.inputs import FEATURES
from shelfwise.demand.trees import TreesParams

AS_OF = date(2017, 10, 29)


def test_a_card_names_who_serves_which_segment_and_how_well(spark):
    rows = [
        (AS_OF, "*", "gbt", True, 50, 0.4, None),
        (AS_OF, "slow", "mean_13", True, 1200, 0.25, 0.9),
        (AS_OF, "slow", "gbt", False, 1200, 0.3, 0.8),
    ]
    champions = local_frame(spark, rows, DEMAND_CHAMPION.struct)
    text = card(TreesParams(models=("gbt",), rows=9000), {"rmsse_champion": 0.51234}, champions, as_of=AS_OF).splitlines()
    table = [line for line in text if line.startswith("| ")]
    assert table[2:] == ["| slow | mean_13 | 0.250 | 1,200 |", "| any other | gbt | 0.400 | 50 |"]
    assert "- rmsse champion: 0.5123" in text
    assert any(f"with {len(FEATURES)} features (demand.inputs), seed 7" in line for line in text)
    assert any("MLlib's boosted trees" in line and "9,000 rows" in line and "XGBoost" not in line for line in text)


def test_a_card_says_which_features_were_not_learnt_from(spark):
    """Two of them are of an item's age."""
    text = card(TreesParams(without=("age",)), {}, local_frame(spark, [], DEMAND_CHAMPION.struct), as_of=AS_OF)
    assert f"with {len(FEATURES) - 2} features (demand.inputs, none of: age), seed 7." in text
