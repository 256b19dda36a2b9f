import pytest

from shelfwise.demand.accuracy import MODELS as JUDGED
from shelfwise.report.trust import MODELS, Accuracy, Intake, accuracy, assumed, assumed_finding, drift, intake


@pytest.fixture(scope="module")
def found(tables):
    return accuracy(tables["accuracy"], tables["recommender_accuracy"])


@pytest.fixture(scope="module")
def came(tables):
    return intake(tables["ledger"], tables["files"])


def test_models_come_by_their_item_error_with_their_category_error_beside(found):
    assert [(row["model"], row["rmsse"], row["wape_category"]) for row in found.models] == [
        ("zero", 0.7, None),
        ("champion", 0.8, 0.171),
        ("mean_13", 0.9, None),
    ]
    assert found.horizons == {"champion": [(1, 0.15)]}
    assert [row["segment"] for row in found.segments] == ["smooth"]
    assert found.cumulated["coverage_90"] == 0.88


def test_every_model_that_is_judged_has_a_name_on_the_page():
    assert set(JUDGED) <= set(MODELS)


def test_the_heading_names_the_best_forecast_that_is_not_zero(found):
    assert found.finding() == "Forecasts beat the best simple forecast (mean of 13 weeks): RMSSE 0.800 against 0.900"
    assert found.recommenders_finding() == "The ranker beats what customers bought most before: nDCG@10 0.410 against 0.380"


def test_a_model_that_loses_is_said_to_lose():
    rows = [{"model": "champion", "rmsse": 0.95}, {"model": "mean_4", "rmsse": 0.9}]
    lists = [
        {"model": "ranker", "target": "all", "ndcg_10": 0.1},
        {"model": "own_most_bought", "target": "all", "ndcg_10": 0.1},
    ]
    found = Accuracy(rows, {}, [], {}, lists)
    assert found.finding().startswith("Forecasts do not beat the best simple forecast (mean of 4 weeks)")
    assert "The ranker does not beat what" in found.recommenders_finding()


def test_nothing_judged_is_said(empty_tables):
    found = accuracy(empty_tables["accuracy"], empty_tables["recommender_accuracy"])
    assert found.finding() == "How good forecasts were is not known yet"
    assert found.recommenders_finding() == "How good recommendations were is not known yet"


def test_batches_of_a_table_are_one_row(came):
    """10 + 5 rows read in two batches of three files: 12 accepted, 2 quarantined, 1 duplicate."""
    sales = came.tables[1]
    assert (sales["table"], sales["batches"], sales["files"]) == ("silver.sales_lines", 2, 3)
    assert [sales[name] for name in ("read", "accepted", "quarantined", "duplicates")] == [15, 12, 2, 1]
    assert sales["added_columns"] == ["till"]
    assert came.finding() == "20 rows read: 17 accepted, 2 quarantined, 1 duplicate; every row is accounted for"


def test_a_file_that_came_again_mended_is_no_longer_rejected(came):
    assert [row["path"] for row in came.rejected] == ["file:/a.csv"]
    assert came.files_finding() == "1 file could not be read"


def test_counts_that_do_not_add_up_are_named():
    odd = {"table": "silver.items", "read": 6, "accepted": 5, "quarantined": 0, "duplicates": 0}
    assert (
        Intake([odd], []).finding()
        == "6 rows read: 5 accepted, 0 quarantined, 0 duplicates; the counts of silver.items do not add up"
    )


def test_assumptions_come_with_their_exceptions_and_what_rests_on_them(tables):
    """Two order lines: both rest on the case, one on the cost, which orders call unit_cost."""
    case, cost = assumed(tables["assumptions"], {"case_pack": 2, "unit_cost": 1}, 2)
    assert case == {
        "title": "Units in a case",
        "value": "6 units per case",
        "exceptions": 1,
        "span": "6 to 12",
        "reason": "small cases are usual",
        "share": 1.0,
    }
    assert (cost["title"], cost["value"], cost["share"]) == ("Cost of a unit", "0.7 share of the shelf price", 0.5)


def test_what_no_table_states_is_explained(tables):
    (replayed,) = [row for row in assumed(tables["assumptions"], {"on_hand": 1}, 1) if row["title"] == "Stock"]
    assert "replayed" in replayed["reason"]
    assert replayed["share"] == 1.0


def test_equal_shares_are_said_together(tables):
    rows = assumed(tables["assumptions"], {"case_pack": 2, "on_hand": 2, "unit_cost": 1}, 2)
    assert assumed_finding(rows) == (
        "Orders rest on assumptions.",
        "100 % of the order lines rest on assumed units in a case and stock; "
        "50 % of the order lines rest on assumed cost of a unit.",
    )
    assert assumed_finding([]) == ("No order line rests on an assumption.", "")


def test_drift_is_told_by_its_verdict_and_by_what_has_moved(tables, empty_tables):
    found = drift(tables["drift"])
    assert found.finding() == "Models need not be trained again yet, but something has moved"
    assert found.reason == "Keep an eye on log_level"
    assert [row["name"] for row in found.moved] == ["log_level"]
    assert drift(empty_tables["drift"]).finding() == "Whether to train models again can't be told yet"
