"""The verdict over mutants."""

import pytest

from setup.mutate import formula_modules, judge, parse_states


def test_the_state_of_each_mutant_is_read() -> None:
    text = """
    shelfwise.measures.ranking.x_ndcg__mutmut_1: killed
    shelfwise.measures.ranking.x_ndcg__mutmut_2: no tests

other text
"""
    assert parse_states(text) == {
        "shelfwise.measures.ranking.x_ndcg__mutmut_1": "killed",
        "shelfwise.measures.ranking.x_ndcg__mutmut_2": "no tests",
    }


@pytest.mark.parametrize(("killed", "lived", "status"), [(17, 3, 0), (16, 3, 1)])
def test_at_least_85_per_cent_must_be_killed(killed: int, lived: int, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    """17/20 = 85 %; 16/19 = 84.2 %. Each survivor is named."""
    states = {f"a{i}": "killed" for i in range(killed)} | {f"b{i}": "survived" for i in range(lived)}
    assert judge(states) == status
    assert capsys.readouterr().out.count("survived: b") == lived


def test_a_mutant_without_a_test_counts_as_survivor(capsys: pytest.CaptureFixture[str]) -> None:
    """1 of 2 killed."""
    assert judge({"a": "killed", "b": "no tests"}) == 1
    assert "no tests: b" in capsys.readouterr().out


def test_a_run_that_was_broken_off_proves_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert judge({"a": "killed", "b": "not checked"}) == 1
    assert "mutants were left not checked" in capsys.readouterr().err


def test_there_are_formula_modules_and_none_imports_spark() -> None:
    modules = formula_modules()
    assert modules
    assert not [path.name for path in modules if "import pyspark" in path.read_text() or "from pyspark" in path.read_text()]
