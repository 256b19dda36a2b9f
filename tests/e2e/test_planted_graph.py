"""The whole graph on a planted shop: real stock, costs and lead times, and every answer held against the truth."""

from collections.abc import Callable
from functools import reduce
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from scipy import stats

from shelfwise.contracts import features, silver
from shelfwise.contracts.gold import demand, inventory, kpi, policies, sellers
from shelfwise.contracts.models import RECOMMENDER_ALS
from shelfwise.contracts.supply import LEAD_TIMES
from shelfwise.contracts.tables import ALL
from shelfwise.core.admission import LEDGER
from shelfwise.core.cli import APP, call
from shelfwise.core.lake import Lake
from shelfwise.core.models import Models
from shelfwise.demand.inputs import FEATURES
from shelfwise.measures.rules import RULES
from tests.conftest import paths_under
from tests.e2e.conftest import AS_OF, TINY, UNSEEN
from tests.notebooks.executed import NOTEBOOKS, executed
from tests.notebooks.planted import SHOWS


def test_every_row_that_was_delivered_is_accounted_for_and_none_is_bad(lake: Lake) -> None:
    ledger = {row["table"]: row for row in lake.read(LEDGER).collect()}
    kinds = ("sales_lines", "stock", "receipts", "placed_orders", "supplier_terms", "events", "deliveries", "reviews")
    assert set(ledger) >= {f"silver.{kind}" for kind in kinds}
    for name, row in ledger.items():
        assert row["read"] == row["accepted"] > 0, f"{name}: {row}"


def test_stock_costs_packs_and_lead_times_are_the_shops_own(lake: Lake) -> None:
    """Only the costs of holding stock and, where that is advised, of expediting are assumed; no stock is replayed."""
    plan = lake.read(inventory.INVENTORY_PLAN).select("action", "assumed").toPandas()
    for action, assumed in plan.itertuples(index=False):
        assert list(assumed) == ["holding_cost", *(["expedite_cost"] if action == "expedite" else [])]


def test_the_plans_own_rule_is_tried_beside_others_on_the_shops_past(lake: Lake) -> None:
    replayed = lake.read(policies.POLICY_REPLAY).where("department = '*' AND scenario = 'history'").toPandas().set_index("policy")
    assert set(replayed.index) == set(RULES)
    assert (replayed["items"] > 100).all() and replayed["items"].nunique() == 1
    assert replayed.loc["met", "holding_cost"] < replayed.loc["all_demand", "holding_cost"]


def test_carriers_are_judged_by_what_they_are(
    lake: Lake, spark: SparkSession, root: Path, truth: Callable[[str], pd.DataFrame]
) -> None:
    """The true chance of each of their parcels, within four standard errors; Bluebird is well, the Post is worse than tolerated."""
    sent = spark.read.parquet(f"{root}/shop/deliveries").select("customer_id", "day", "carrier").toPandas()
    late = 1 - sent.merge(truth("deliveries"), on=["customer_id", "day"]).groupby("carrier")["true_on_time"].mean()
    judged = lake.read(sellers.RISK_SELLERS).toPandas().set_index("name")
    assert set(judged["scope"]) == {"carrier"} and set(judged.index) == set(late.index)
    error = np.sqrt(late * (1 - late) / judged["parcels"])
    assert ((judged["late_share"] - late).abs() < 4 * error).all()
    assert (judged["parcels"] > 100).all()
    assert (judged.loc["Bluebird Express", "level"], judged.loc["Union Post", "level"]) == ("ok", "act")


def test_what_if_tells_todays_plan_and_another(lake: Lake, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sets = [option for path in (*paths_under(root), f"sources.simulated.path={root}/shop") for option in ("--set", path)]
    asked = ["--env", "local,tiny", "--source", "simulated", *sets]
    assert call(APP, ["whatif", "--service-level", "0.6", *asked]) == 0
    told = capsys.readouterr().out
    orders = lake.read(inventory.INVENTORY_PLAN).where("order_units > 0").agg(F.count("*"), F.sum("order_units")).first()
    for figure in orders:
        assert f" {figure:,} " in told
    assert "fill rate" in told and "points" in told
    assert call(APP, ["whatif", "--service-level", "0.6", "--as-of", "2001-01-01", *asked]) == 1
    assert "there is no plan as of 2001-01-01" in capsys.readouterr().err


def test_stock_is_that_of_the_ledgers_last_row_before_as_of(lake: Lake) -> None:
    """Summed over locations, taken from the raw ledger by pandas."""
    ledger = lake.read(silver.STOCK).where(F.col("counted_on") <= F.lit(AS_OF)).toPandas().sort_values("counted_on")
    last = ledger.groupby(["item_id", "location_id"])[["on_hand", "on_order"]].last().groupby("item_id").sum()
    held = lake.read(inventory.STOCK_POSITION).toPandas().set_index("item_id")[["on_hand", "on_order"]]
    pd.testing.assert_frame_equal(held.sort_index(), last.loc[held.index].sort_index(), check_dtype=False)


def test_no_name_mail_raw_id_or_key_leaves_bronze(lake: Lake, secrets: list[str]) -> None:
    """Whatever was bought by these customers is in it, so that a raw id would be."""
    open_tables = [table for table in ALL.values() if not table.personal and lake.exists(table)]
    assert len(open_tables) > 60
    said = " OR ".join(f"contains(text, {secret!r})" for secret in secrets)
    text = F.to_json(F.struct("*")).alias("text")
    found = [lake.read(table).select(F.lit(table.name).alias("table"), text).where(said).limit(1) for table in open_tables]
    assert [row["table"] for row in reduce(DataFrame.unionByName, found).collect()] == []


def test_no_model_holds_a_name_mail_raw_id_or_key(lake: Lake, root: Path, secrets: list[str]) -> None:
    """Parquet is read as a table, since its pages are compressed."""
    files = [path for path in (root / "artifacts").rglob("*") if path.is_file()]
    assert sum(path.suffix == ".parquet" for path in files) > 3
    for path in files:
        held = pq.read_table(path).to_pandas().to_string() if path.suffix == ".parquet" else path.read_text(errors="ignore")
        assert [secret for secret in secrets if secret in held] == [], path


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_shows_what_the_tables_hold_and_changes_none(lake: Lake, spark: SparkSession, root: Path, name: str) -> None:
    """What of each is in tests/notebooks/planted.py; `executed` looks for changed files."""
    SHOWS[name](executed(spark, root, name), lake, AS_OF)


def test_key_figures_add_up_to_the_tills(lake: Lake, spark: SparkSession, root: Path) -> None:
    """Returns are no part of revenue; '*' is the whole day."""
    sold = spark.read.parquet(f"{root}/shop/sales").where((F.to_date("sold_at") <= F.lit(AS_OF)) & (F.col("quantity") > 0))
    tills = sold.agg(F.sum("revenue")).first()[0]
    for part in ("category = '*'", "category <> '*'"):
        assert lake.read(kpi.KPIS).where(part).agg(F.sum(F.col("revenue").cast("decimal(14,2)"))).first()[0] == tills


def test_latent_demand_is_nearer_to_what_was_wanted_than_sales(lake: Lake, weekly_wants: pd.DataFrame) -> None:
    """Item-weeks in which some shelf was empty at some day's end, against the units that customers wanted."""
    wanted = weekly_wants.rename(columns={"units_wanted": "wanted"})
    cut = lake.read(features.LATENT_DEMAND).where("open_share < 1").toPandas()
    beside = cut.merge(wanted, on=["item_id", "week"], how="left").fillna({"wanted": 0})
    assert len(beside) > 500
    assert beside["sold"].sum() < 0.9 * beside["wanted"].sum()
    assert beside["units"].sum() == pytest.approx(beside["wanted"].sum(), rel=0.04)
    assert (beside["units"] - beside["wanted"]).abs().mean() < (beside["sold"] - beside["wanted"]).abs().mean()


@pytest.fixture(scope="module")
def unseen(lake: Lake, weekly_truth: pd.DataFrame, weekly_wants: pd.DataFrame) -> pd.DataFrame:
    """The unseen weeks' forecasts beside the true means and the units that were then wanted, by item; cumulated beside both."""
    made = lake.read(demand.DEMAND_FORECAST).where(F.col("horizon") <= UNSEEN).toPandas()
    means = weekly_truth[["item_id", "monday", "wanted"]].rename(columns={"monday": "week"})
    units = weekly_wants.rename(columns={"units_wanted": "units"})
    beside = made.merge(means, on=["item_id", "week"]).merge(units, on=["item_id", "week"], how="left").fillna({"units": 0})
    by_item = beside.sort_values(["item_id", "horizon"]).groupby("item_id")
    return beside.join(by_item[["wanted", "units"]].cumsum().add_prefix("cum_"))


def test_forecast_means_follow_the_true_means(unseen: pd.DataFrame) -> None:
    """Item by item the forecast must explain nearly all that differs between items and weeks.

    Its level can't be right to a few per cent: stock-outs take 6 % of sales, which stand for demand, the sales of 240 customers
    wander by a tenth from week to week, and Labor Day is ahead for the first time.
    """
    assert len(unseen) > 900
    assert abs(np.log(unseen["mean"].sum() / unseen["wanted"].sum())) < 0.15
    assert np.corrcoef(np.log(unseen["mean"] + 0.5), np.log(unseen["wanted"] + 0.5))[0, 1] > 0.9


@pytest.mark.parametrize("cumulated", [False, True])
@pytest.mark.parametrize("level", demand.LEVELS)
def test_quantiles_hold_what_the_truth_draws_and_what_was_wanted(unseen: pd.DataFrame, level: float, cumulated: bool) -> None:
    """A count's p quantile has p or more at or below it, p or less below it: of draws from the true mean, and of what was wanted.

    The weeks of an item are judged one by one, and all of them together at the last. Counts of one week are Poisson to a tenth of
    their variance: few customers want two of an item.
    """
    rows = unseen[unseen["horizon"] == UNSEEN] if cumulated else unseen
    prefix = "cum_" if cumulated else ""
    quantile, mean, units = (
        rows[name] for name in (demand.quantile_name(level, cumulated=cumulated), f"{prefix}wanted", f"{prefix}units")
    )
    for below, up_to in (
        (stats.poisson.cdf(quantile - 1, mean).mean(), stats.poisson.cdf(quantile, mean).mean()),
        ((units < quantile).mean(), (units <= quantile).mean()),
    ):
        assert below < level + 0.05
        assert up_to > level - 0.05


def test_the_predicted_risk_of_a_stock_out_is_what_the_truth_gives(lake: Lake, unseen: pd.DataFrame) -> None:
    """P(what of demand can be met until the next receipt > position), with and without the order, averaged over items: as

    drawn from the true means, and as it then came to be. Some 200 items: a share of .12 is known to .023."""
    plan = lake.read(inventory.INVENTORY_PLAN).toPandas()
    plan = plan.assign(weeks=plan["lead_weeks"] + plan["review_weeks"])
    known = plan[plan["weeks"] <= UNSEEN]
    assert len(known) > 100 and set(known["unmet_demand"]) == {"lost"}
    means, units = (sums(unseen.pivot(index="item_id", columns="horizon", values=name), known) for name in ("wanted", "units"))
    drawn = np.random.default_rng(3).poisson(means[:, :, None], (2, len(known), 2_000))
    now, then = ((known["on_hand"] + known["on_order"] + more).to_numpy() for more in (0, known["order_units"]))
    chance, came = short(drawn, now[:, None], now[:, None]).mean(axis=1), short(units, now, now)
    assert abs(known["p_stock_out_now"].mean() - chance.mean()) < 0.03
    assert abs(known["p_stock_out_now"].mean() - came.mean()) < 0.06
    assert np.corrcoef(known["p_stock_out_now"], chance)[0, 1] > 0.75
    ordered, came = short(drawn, now[:, None], then[:, None]).mean(), short(units, now, then).mean()
    assert abs(known["p_stock_out"].mean() - ordered) < 0.02
    assert abs(known["p_stock_out"].mean() - came) < 0.025


def sums(by_week: pd.DataFrame, plan: pd.DataFrame) -> np.ndarray:
    """2 x items: of the lead time's weeks, and of the review period's after it."""
    ends = zip(plan["item_id"], plan["lead_weeks"], plan["weeks"], strict=True)
    parts = [
        (by_week.loc[item].to_numpy()[:lead].sum(), by_week.loc[item].to_numpy()[lead:weeks].sum()) for item, lead, weeks in ends
    ]
    return np.array(parts).T


def short(units: np.ndarray, position: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Until the order comes no more can be met than there is."""
    return np.minimum(units[0], position) + units[1] > level


def test_every_explained_forecast_has_a_sentence_and_drift_a_verdict(lake: Lake) -> None:
    """The tiny shop trains MLlib's trees alone: each forecast is told as a whole."""
    told = lake.read(demand.DEMAND_DRIVERS).toPandas()
    made = lake.read(demand.DEMAND_FORECAST).where(F.col("horizon").isin(*told["horizon"].unique().tolist())).toPandas()
    beside = made.merge(told, on=["item_id", "horizon"])
    assert len(beside) == len(made) == len(told) > 100
    assert beside["effect"].to_numpy() == pytest.approx(beside["mean"].to_numpy())
    verdicts = lake.read(demand.DEMAND_DRIFT).toPandas().set_index(["kind", "name"])["verdict"]
    assert set(verdicts.loc["feature"].index) == set(FEATURES)
    assert verdicts[("all", "*")] in {"ok", "watch", "retrain", "not counted"}


def test_lead_times_are_those_that_suppliers_have(lake: Lake, truth: Callable[[str], pd.DataFrame]) -> None:
    """Weeks planned and the weeks of the true median lie at most one apart for nearly all items.

    The mean days told of an item are within a day of its supplier's true ones, on the average.
    """
    plan = lake.read(inventory.INVENTORY_PLAN).toPandas()
    laws = truth("suppliers").set_index("supplier_id")["mean_days"]
    gap = plan["lead_weeks"] - np.ceil(laws.loc[plan["supplier_id"]].to_numpy() / 7)
    assert (gap.abs() <= 1).mean() > 0.97
    told = lake.read(LEAD_TIMES).where("item_id <> '*' AND supplier_receipts >= 20").toPandas()
    assert len(told) > 100 and (told["basis"] == "receipts").all()
    means = truth("suppliers").set_index("supplier_id")["true_mean_days"]
    assert (told["mean_days"] - means.loc[told["supplier_id"]].to_numpy()).abs().mean() < 1


def test_interactions_hold_every_look_and_unit_up_to_as_of(lake: Lake, spark: SparkSession, root: Path) -> None:
    """Views, carts and seconds of known customers, as the shop delivered them; units of what they bought."""
    known = lake.read(features.INTERACTIONS)
    held = known.agg(*[F.sum(name).alias(name) for name in ("views", "carts", "clicks", "dwell_seconds", "units")]).first()
    raw = spark.read.parquet(f"{root}/shop/events").where(F.to_date("happened_at") <= F.lit(AS_OF)).where("customer_id IS NOT NULL")
    counted = raw.groupBy("kind").agg(F.count(F.lit(1)).alias("events"), F.sum("dwell_seconds").alias("seconds")).collect()
    seen = {row["kind"]: row for row in counted}
    assert (held["views"], held["carts"], held["clicks"]) == (seen["view"]["events"], seen["cart"]["events"], 0)
    assert held["dwell_seconds"] == pytest.approx(seen["view"]["seconds"])
    bought = (
        lake.read(silver.SALES_LINES, AS_OF).where("kind = 'sale' AND customer_id IS NOT NULL").agg(F.sum("quantity")).first()[0]
    )
    assert held["units"] == float(bought)
    assert known.where("baskets = 0").take(1), "nothing was only looked at: the test tells little"


def test_factors_find_the_planted_tastes(lake: Lake, models: Models, root: Path, truth: Callable[[str], pd.DataFrame]) -> None:
    """Scores of customer and item, less both means, go with the logs of the true affinities, less both means."""
    factors = models.champion(RECOMMENDER_ALS).stages[-1]
    users, items = (frame.toPandas().set_index("id")["features"] for frame in (factors.userFactors, factors.itemFactors))
    known = lake.read(features.INTERACTIONS).toPandas()
    customer, item = (known.drop_duplicates(f"{of}_index").set_index(f"{of}_index")[f"{of}_id"] for of in ("customer", "item"))
    raw = raw_ids(lake, f"{root}/shop")
    tastes = truth("customers").set_index("customer_id")["tastes"].loc[[raw[customer[one]] for one in users.index]]
    affinity = truth("items").set_index("item_id")["affinity"].loc[[item[one] for one in items.index]]
    scores = np.stack(users.to_list()) @ np.stack(items.to_list()).T
    likes = np.log(np.stack(tastes.to_list()) @ np.stack(affinity.to_list()).T)
    assert np.corrcoef(centred(scores), centred(likes))[0, 1] > 0.2


def centred(matrix: np.ndarray) -> np.ndarray:
    rows = matrix - matrix.mean(axis=1, keepdims=True)
    return (rows - rows.mean(axis=0)).ravel()


def raw_ids(lake: Lake, shop: str) -> dict[str, str]:
    """Raw id of each pseudonym, by the numbers of their lines: what only a test may do."""
    named = lake.spark.read.parquet(f"{shop}/sales").select("line_id", F.col("customer_id").alias("raw_id"))
    pairs = lake.read(silver.SALES_LINES).select("line_id", "customer_id").join(named, "line_id").drop("line_id").distinct()
    return {row["customer_id"]: row["raw_id"] for row in pairs.collect()}


def test_as_of_is_a_sunday_with_weeks_to_come() -> None:
    assert AS_OF.weekday() == 6
    assert (TINY.end - AS_OF).days >= 7 * UNSEEN
