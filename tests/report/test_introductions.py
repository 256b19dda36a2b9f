import pytest

from shelfwise.contracts.gold.introductions import DECISIONS, EARNED, INTRODUCTIONS, SPENT, VERDICTS
from shelfwise.report.charts import chart_html
from shelfwise.report.followed import CAPABILITY, capability, cohorts
from shelfwise.report.launch_charts import candidates_chart, cohort_chart, frontier_chart
from shelfwise.report.newcomers import MEANINGS, OWN, Sets, introductions, sets
from shelfwise.report.words import UNKNOWN
from tests.report.proposed import SETS_OF
from tests.report.shop import HOSTILE, frame_of


@pytest.fixture(scope="module")
def found(tables):
    return introductions(tables["introductions"], tables["items"])


@pytest.fixture(scope="module")
def compared(tables):
    return sets(tables["sets"])


@pytest.fixture(scope="module")
def followed(tables):
    return cohorts(tables["cohorts"], tables["items"])


def candidates(spark, items, *decisions):
    rows = [{"item_id": str(place), "decision": decision} for place, decision in enumerate(decisions)]
    return introductions(frame_of(spark, INTRODUCTIONS, rows), items)


def test_the_heading_says_what_to_do_for_how_much(found, compared):
    """30.50 and 9.50 are 40; the set's own profit, not the sum of candidates alone."""
    assert found.finding(compared) == (
        "List 1 and test 1 of 4 candidates for 40: 47 of profit expected in 13 weeks,"
        " a loss of 12 on the average of the worst twentieth"
    )


def test_a_worst_twentieth_that_earns_is_no_loss(found):
    assert found.finding(Sets({OWN: {"profit": 940.0, "cvar": 218.4}})).endswith(
        "940 of profit expected in 13 weeks, 218 on the average of the worst twentieth"
    )


def test_only_tests_begin_the_sentence(spark, tables):
    assert candidates(spark, tables["items"], "test", "drop").finding(Sets({})) == "Test 1 of 2 candidates for 0"


def test_none_chosen_is_said_with_its_cause(spark, tables):
    dropped, waiting = candidates(spark, tables["items"], "drop"), candidates(spark, tables["items"], "wait", "drop")
    assert dropped.finding(Sets({})) == "Bring in none of 1 candidate: none would pay"
    assert waiting.finding(Sets({})) == "Bring in none of 2 candidates: 1 would pay, but a limit holds them back"


def test_the_chosen_come_by_rank_with_whom_they_take_from(found):
    """Of three items that lose the first two are shown, by name where the shop has one."""
    mate, comb = found.top
    assert [one["name"] for one in mate["losers"]] == [HOSTILE, "SOAP, 4 OZ"]
    assert (mate["stop"], comb["stop"]) == ("after week 4, below 3 units", "after week 4, unless sold out")
    assert comb["losers"] == []


def test_limits_brands_and_assumptions_are_counted(found):
    """Of the two chosen one is of a new maker and a new category; one rests on an assumed cost, both on that of listing."""
    assert found.held == {"places": 1}
    assert found.held_back() == "Held back though they would pay: 1 by the number of places."
    assert found.newness() == "Among the chosen: 1 item of a maker and 1 of a category that the shop does not sell yet."
    assert (
        found.assumed() == "100 % of the chosen rest on assumed cost of listing; 50 % of the chosen rest on assumed cost of a unit"
    )


def test_sets_at_one_point_share_it(compared):
    """An aversion of .9 chooses what is in use: the two are one point. Rules come beside the chosen set alone."""
    frontier = [(row["cvar"], row["profit"], row["name"], row["own"]) for row in compared.points(rules=False)]
    assert frontier == [(-20.0, 49.0, "aversion 0", False), (-12.0, 47.0, "Chosen, aversion 0.9", True)]
    assert [row["name"] for row in compared.points(rules=True)] == [
        "Everything",
        "Highest point forecasts first",
        "Fastest growing categories first",
        "Chosen",
        "Nothing",
    ]


def test_the_rival_is_the_best_rule_within_the_limits(compared):
    """Everything earns 60, beyond the limits."""
    assert compared.rival == "point forecast"
    assert (
        compared.finding() == "What is chosen promises more than the best simple rule, highest point forecasts first: 47 against 30"
    )


def test_where_every_rule_loses_nothing_is_the_rival(compared):
    lost = Sets(compared.amounts | {"point forecast": {"profit": -1.0, "cvar": -9.0}})
    assert lost.rival == "nothing"
    assert lost.finding() == "What is chosen promises more than bringing in nothing: 47 against 0"
    assert "-" not in "".join(str(row["rival"]) for row in lost.ledger())


def test_the_ledger_adds_up(compared):
    """60 - 10 - 3 = 47, over all lines in their order."""
    ledger = compared.ledger()
    assert [row["line"] for row in ledger] == [*EARNED, *SPENT, "shared", "profit"]
    *parts, profit = [row["own"] for row in ledger]
    assert sum(parts) == profit == SETS_OF[OWN]["profit"]


def test_cohorts_sum_the_launches_that_reached_the_week(followed):
    """Week 1: 10 + 4 + 2 planned, 8 + 5 + 9 sold; week 2: one launch, 6 and 0."""
    sums = [(row["launch_week"], row["launches"], row["planned"], row["units"]) for row in followed.weeks]
    assert sums == [(1, 3, 16.0, 22.0), (2, 1, 6.0, 0.0)]


def test_the_latest_verdict_of_each_item_counts(followed):
    """22 sold of 22 planned. The cola is on hold after week 1 and to be stopped after week 2."""
    assert followed.verdicts == {"hold": 1, "stop": 1, "scale up": 1}
    assert [(row["item_id"], row["cum_planned"], row["verdict"]) for row in followed.told] == [
        ("novelty", 2.0, "scale up"),
        ("cola", 16.0, "stop"),
    ]
    assert followed.finding() == (
        "Launches of the last 13 weeks sold as much as planned; of 3 items 1 to scale up, 1 to hold and 1 to stop"
    )


def test_capability_is_that_of_all_departments(tables):
    found = capability(tables["capability"])
    assert found.finding() == "What is proposed adds 2 items and 1 maker to 3,000 items on sale"
    shown = {row["title"]: (row["before"], row["after"]) for row in found.rows()}
    assert shown["share of launches that succeed"] == (UNKNOWN, "55.0 %")
    assert shown["revenue a week"] == ("1,000", "1,100")
    assert len(shown) == len(CAPABILITY)


def test_charts_take_no_tag_from_a_description(found, compared, followed):
    """The library reads tags in a label: they come escaped."""
    chart = chart_html(candidates_chart(found.top), "new")
    assert HOSTILE not in chart and "boo" not in chart
    assert "1. MATE &lt;" in chart
    assert "aversion 0.9" in chart_html(frontier_chart(compared.points(rules=False)), "frontier")
    assert "3 launches" in chart_html(cohort_chart(followed.weeks), "cohorts")


def test_empty_tables_are_sentences(empty_tables):
    found = introductions(empty_tables["introductions"], empty_tables["items"])
    assert found.finding(sets(empty_tables["sets"])) == "No candidates to bring in have been weighed yet"
    assert (found.top, found.counts, found.cost) == ([], {}, 0)
    assert cohorts(empty_tables["cohorts"], empty_tables["items"]).told == []
    assert capability(empty_tables["capability"]).finding() == "What the shop can supply has not been measured yet"


def test_every_decision_and_verdict_has_its_word(followed):
    assert set(MEANINGS) == set(DECISIONS)
    assert set(followed.verdicts) == set(VERDICTS)
