"""`shelfwise evaluate recommender`, as its user runs it."""

import numpy as np
import pandas as pd
import pytest

from shelfwise.core.cli import APP, call
from shelfwise.recommend.own.command import NAMES, chosen_models

USERS, ITEMS = 60, 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two kinds of users like (5) the items of their kind and half of the time dislike (1) one of the others."""
    folder, draws = tmp_path_factory.mktemp("own"), np.random.default_rng(4)
    rows = []
    for user in range(USERS):
        for item in range(ITEMS):
            own = item % 2 == user % 2
            if draws.uniform() < (0.6 if own else 0.15):
                rows.append((f"u{user}", f"i{item}", 5 if own else 1, 1_000 + len(rows)))
    ratings = pd.DataFrame(rows, columns=["user_id", "item_id", "rating", "timestamp"])
    ratings.to_csv(folder / "all.csv", index=False)
    ratings.drop(columns="timestamp").to_csv(folder / "timeless.csv", index=False)
    ratings[ratings.index % 4 != 0].to_csv(folder / "train.csv", index=False)
    newcomer = pd.DataFrame([("new", "i0", 5, 9_000)], columns=ratings.columns)
    pd.concat([ratings[ratings.index % 4 == 0], ratings.iloc[[1]], newcomer]).to_csv(folder / "test.csv", index=False)
    return folder


def table_of(out):
    return pd.concat(pd.read_csv(part) for part in (out / "accuracy").glob("*.csv")).set_index("model")


def test_it_prints_a_table_and_writes_lists_that_hold_nothing_known(spark, folder, tmp_path, capsys):
    out = tmp_path / "out"
    models = ["--models", "popularity,ease,als,hybrid,ratings", "--min-rating", "4", "--k", "5"]
    files = ["--train", str(folder / "train.csv"), "--test", str(folder / "test.csv")]
    code = call(APP, ["evaluate", "recommender", *files, *models, "--out", str(out)])
    said = capsys.readouterr()
    assert code == 0, said.err
    assert "known already, and passed over: 1 ratings" in said.out
    assert "60 users, 40 items" in said.out
    table = table_of(out)
    ratings = ["biases", "als_ratings", "item_knn_ratings", "user_knn_ratings", "rating_blend"]
    assert list(table.index) == ["popularity", "als", "ease", "hybrid", *ratings]
    # popularity can't tell the kinds apart; the others must
    assert table.loc[["als", "ease", "hybrid"], "ndcg"].min() > 1.5 * table.loc["popularity", "ndcg"]
    assert table.loc["ease", "auc"] > 0.9
    assert 0.3 < table.loc["popularity", "auc"] < 0.7
    assert table.loc["rating_blend", "rmse"] < 0.5 * table.loc["biases", "rmse"]
    assert np.isnan(table.loc["rating_blend", "ndcg"])
    assert np.isnan(table.loc["ease", "rmse"])
    lists = pd.read_parquet(out / "lists")
    assert set(lists.groupby(["model", "user_id"]).size()) == {5}
    assert "1 of 60 judged users are new" in said.out  # one of the 60 known has nothing relevant held out
    assert set(lists.loc[lists["user_id"] == "new", "model"]) == {"popularity", "als", "ease", "hybrid"}
    known = pd.read_csv(folder / "train.csv")
    assert lists.merge(known, on=["user_id", "item_id"]).empty


def test_one_file_is_split_and_settings_are_searched(spark, folder, tmp_path, capsys):
    out = tmp_path / "out"
    options = ["--split", "time", "--ratio", "0.8", "--models", "popularity,ease", "--trials", "3", "--out", str(out)]
    assert call(APP, ["evaluate", "recommender", "--train", str(folder / "all.csv"), *options]) == 0, capsys.readouterr().err
    assert "ease: penalty" in capsys.readouterr().out
    assert set(table_of(out).index) == {"popularity", "ease"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "Say what is held out: --test FILE, or --split random or --split time."),
        (["--test", "x.csv", "--ratio", "0.5"], "--ratio: it parts one file"),
        (["--split", "random", "--models", ","], "--models: name some of popularity"),
        (["--split", "random", "--min-rating", "0"], "--min-rating 0: name a rating above 0"),
        (["--split", "weekly"], "--split weekly: it is random"),
        (["--split", "time", "--test", "x.csv"], "with --test there is nothing to split"),
        (["--split", "random", "--models", "esae"], "--models: there is no model 'esae'. Did you mean 'ease'?"),
        (["--split", "random", "--models", "hybrid"], "--models: name some; 'hybrid' mixes"),
        (["--split", "random", "--min-rating", "6"], "There is no rating to learn from at or above --min-rating 6"),
        (["--split", "time", "--timeless"], "--split time: "),
        (["--split", "random", "--models", "item2vec", "--timeless"], "item2vec needs a column timestamp"),
        (["--split", "random", "--models", "session_knn,lstm", "--timeless"], "session_knn, lstm needs a column timestamp"),
    ],
)
def test_a_wrong_option_is_told_in_words(spark, folder, capsys, options, said):
    name = "timeless.csv" if "--timeless" in options else "all.csv"
    chosen = [option for option in options if option != "--timeless"]
    assert call(APP, ["evaluate", "recommender", "--train", str(folder / name), *chosen]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_all_models_but_the_slow_one_are_tried_unless_some_are_named():
    assert chosen_models(None) == [name for name in NAMES if name != "lstm"]
    assert chosen_models("lstm") == ["lstm"]
    assert chosen_models("als,popularity") == ["popularity", "als"]
