"""`shelfwise evaluate inventory`, as its user runs it."""

from datetime import date, timedelta

import pandas as pd
import pytest

from shelfwise.core.cli import APP, call
from shelfwise.inventory.own.command import chosen_policies
from shelfwise.measures.stocking.every import NAMES


@pytest.fixture(scope="module")
def demand(tmp_path_factory):
    """A dozen in every other week: any two weeks sell 12, which their spread doesn't say."""
    monday, path = date(2024, 1, 1), tmp_path_factory.mktemp("own") / "demand.csv"
    rows = [(f"i{n}", monday + timedelta(weeks=week), 12 * ((n + week) % 2)) for n in range(6) for week in range(30)]
    pd.DataFrame(rows, columns=["unique_id", "ds", "y"]).to_csv(path, index=False)
    return str(path)


def arguments(demand, *more):
    return ["evaluate", "inventory", "--demand", demand, "--lead-time", "1", "--warm-up", "12", *more]


def test_it_prints_a_table_and_writes_each_items_costs(spark, demand, tmp_path, capsys):
    out = tmp_path / "out"
    code = call(APP, arguments(demand, "--policies", "mean_z,newsvendor_empirical,tuned_z,s_s", "--out", str(out)))
    said = capsys.readouterr()
    assert code == 0, said.err
    assert "6 items, 17 periods after a warm-up of 12, tuned_z 0" in said.out
    table = pd.concat(pd.read_csv(part) for part in (out / "policies").glob("*.csv")).set_index("policy")
    assert sorted(table.index) == ["mean_z", "newsvendor_empirical", "s_s", "tuned_z"]
    # a level of 12 meets each dozen: nothing is lost, and 12 or 0 are left in turn
    assert table.loc["newsvendor_empirical", "fill_rate"] == table.loc["newsvendor_empirical", "cycle_service"] == 1
    assert table.loc["newsvendor_empirical", "cost"] < table.loc["mean_z", "cost"]
    items = spark.read.parquet(str(out / "items"))
    assert items.count() == 6 * 4
    assert items.where("abs(cost - holding - shortage - ordering) > 1e-9 OR demand <> 96 AND demand <> 108").count() == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--policies", "mean_z,newsvendor"], "--policies: there is no policy 'newsvendor'."),
        (["--policies", ","], "--policies: name some of mean_z"),
        (["--lead-time", "1.5"], "--lead-time 1.5: it is a whole number of periods from 0 to 104, or a file"),
        (["--holding", "0"], "--holding 0: a cost above 0"),
        (["--shortage", "-1"], "--shortage -1: a cost above 0"),
        (["--order-cost", "-1"], "--order-cost -1: a cost of 0 or more"),
        (["--frequency", "H"], "--frequency H: it is D, W, M, Q or Y"),
        (["--warm-up", "3"], "--warm-up 3: policies need 4 periods to learn from"),
    ],
)
def test_a_wrong_option_is_told(spark, demand, capsys, more, said):
    assert call(APP, arguments(demand, *more)) == 2
    assert said in capsys.readouterr().err


def test_a_bad_file_ends_with_one_and_no_stack_trace(spark, tmp_path, capsys):
    (tmp_path / "bad.csv").write_text("unique_id,ds,y\na,2024-01-01,lots\n")
    assert call(APP, arguments(str(tmp_path / "bad.csv"))) == 1
    told = capsys.readouterr().err
    assert "bad.csv: y must be a number in every row" in told and "Traceback" not in told


def test_a_file_that_is_not_there_is_told(spark, demand, capsys):
    assert call(APP, arguments(demand, "--lead-time", "/nowhere/leads.csv")) == 1
    assert "/nowhere/leads.csv: there is no such file" in capsys.readouterr().err


def test_policies_come_in_one_order():
    assert chosen_policies("s_s, mean_z") == ["mean_z", "s_s"]
    assert chosen_policies(None) == list(NAMES)
