"""How far can the page be trusted: accuracy in the past, rows refused, inputs assumed."""

from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.report.pull import Rows, pull
from shelfwise.report.words import counted, listed, number, segment_place, share

CHAMPION = "champion"
# what is ours; the others are what it has to beat
OWN = (CHAMPION, "gbt", "xgboost", "mixture")
MODELS = {
    CHAMPION: "Champion of each segment (in use)",
    "gbt": "Boosted trees, MLlib",
    "xgboost": "Boosted trees, XGBoost",
    "mixture": "Mixture of all models",
    "mean_4": "Mean of 4 weeks",
    "mean_13": "Mean of 13 weeks",
    "last_week": "Last week again",
    "seasonal_naive": "Same week last year",
    "zero": "Nothing sells",
    "als": "ALS, implicit feedback",
    "popularity": "Most popular",
    "own_most_bought": "Own most-bought",
    "ranker": "Ranker over all that is known",
    "lists": "Lists as shown: half own items, half new ones",
}
TARGETS = {"all": "all items", "new": "items new to the customer"}
COUNTS = ("read", "accepted", "quarantined", "duplicates")
ITEM, CATEGORY, CUMULATED = "item x week", "category x week", "item x cumulated weeks"
MOST_FIGURES, MOST_TABLES, SHOWN_FILES, MOST_ASSUMPTIONS, MOST_DRIFT = 1000, 50, 50, 500, 200


@dataclass(frozen=True)
class Accuracy:
    """`models`: one row per model over everything; `horizons`: WAPE of categories by weeks ahead; `segments`: of the champions."""

    models: Rows
    horizons: dict[str, list[tuple[int, float | None]]]
    segments: Rows
    cumulated: dict[str, Any]
    recommenders: Rows

    def finding(self) -> str:
        rivals = [row for row in self.models if row["model"] not in (*OWN, "zero") and row["rmsse"] is not None]
        own = next((row for row in self.models if row["model"] == CHAMPION and row["rmsse"] is not None), None)
        if own is None or not rivals:
            return "How good forecasts were is not known yet"
        best = min(rivals, key=lambda row: row["rmsse"])
        verb = "beat" if own["rmsse"] < best["rmsse"] else "do not beat"
        figures = f"RMSSE {number(own['rmsse'], 3)} against {number(best['rmsse'], 3)}"
        return f"Forecasts {verb} the best simple forecast ({MODELS[best['model']].lower()}): {figures}"

    def recommenders_finding(self) -> str:
        """On all items, where each customer's own most-bought are the ones to beat."""
        ndcg = {row["model"]: row["ndcg_10"] for row in self.recommenders if row["target"] == "all"}
        if not {"ranker", "own_most_bought"} <= set(ndcg):
            return "How good recommendations were is not known yet"
        verb = "beats" if ndcg["ranker"] > ndcg["own_most_bought"] else "does not beat"
        figures = f"nDCG@10 {number(ndcg['ranker'], 3)} against {number(ndcg['own_most_bought'], 3)}"
        return f"The ranker {verb} what customers bought most before: {figures}"


def accuracy(forecasts: DataFrame, recommenders: DataFrame) -> Accuracy:
    """All origins together: at most 1,000 rows, of levels, models and segments and of categories by horizon; 50 of recommenders."""
    shown = F.col("level").isin(CATEGORY, CUMULATED) | (F.col("horizon") == 0)
    rows = pull(forecasts.where((F.col("origin") == "*") & shown).drop("as_of", "origin"), MOST_FIGURES)
    every = [row for row in rows if row["horizon"] == 0 and row["segment"] == "*"]
    by_item = {row["model"]: row for row in every if row["level"] == ITEM}
    by_category = {row["model"]: row for row in every if row["level"] == CATEGORY}
    models = [row | {"wape_category": by_category.get(name, {}).get("wape")} for name, row in by_item.items()]
    ahead = [row for row in rows if row["level"] == CATEGORY and row["horizon"] > 0 and row["wape"] is not None]
    ahead.sort(key=lambda row: (row["model"], row["horizon"]))
    horizons = {name: [(row["horizon"], row["wape"]) for row in ahead if row["model"] == name] for name in MODELS}
    segments = [
        row for row in rows if row["level"] == ITEM and row["model"] == CHAMPION and row["horizon"] == 0 and row["segment"] != "*"
    ]
    return Accuracy(
        sorted(models, key=lambda row: (row["rmsse"] is None, row["rmsse"] or 0.0, row["model"])),
        {name: points for name, points in horizons.items() if points and name != "zero"},
        sorted(segments, key=lambda row: segment_place(row["segment"])),
        next((row for row in every if row["level"] == CUMULATED and row["model"] == CHAMPION), {}),
        pull(recommenders.orderBy("target", F.desc("ndcg_10"), "model"), MOST_TABLES),
    )


@dataclass(frozen=True)
class Drift:
    """`verdict` of all, its reason, and the rows that have moved."""

    verdict: str
    reason: str
    moved: Rows

    def finding(self) -> str:
        found = {
            "retrain": "It is time to choose and train models again",
            "watch": "Models need not be trained again yet, but something has moved",
            "ok": "Nothing asks for training models again",
        }
        return found.get(self.verdict, "Whether to train models again can't be told yet")


def drift(judged: DataFrame) -> Drift:
    """Some hundred rows: features, and five per segment."""
    rows = pull(judged.orderBy("kind", F.desc("value"), "name"), MOST_DRIFT)
    whole = next((row for row in rows if row["kind"] == "all"), {"verdict": "", "reason": ""})
    moved = [row for row in rows if row["kind"] != "all" and row["verdict"] in ("watch", "retrain")]
    return Drift(whole["verdict"], whole["reason"], moved)


@dataclass(frozen=True)
class Intake:
    """`tables`: the ledger summed by silver table; `rejected`: files that could not be read and have not come again."""

    tables: Rows
    rejected: Rows

    def finding(self) -> str:
        read, kept, refused, again = (sum(row[name] for row in self.tables) for name in COUNTS)
        if not read:
            return "Nothing has been read yet"
        odd = [row["table"] for row in self.tables if row["read"] != row["accepted"] + row["quarantined"] + row["duplicates"]]
        counts = f"the counts of {', '.join(odd)} do not add up" if odd else "every row is accounted for"
        fates = f"{number(kept)} accepted, {number(refused)} quarantined, {counted(again, 'duplicate')}"
        return f"{number(read)} rows read: {fates}; {counts}"

    def files_finding(self) -> str:
        return f"{counted(len(self.rejected), 'file')} could not be read" if self.rejected else "Every file could be read"


def intake(ledger: DataFrame, files: DataFrame) -> Intake:
    """A row per silver table, and at most 50 rejected files."""
    counts = [F.sum(name).alias(name) for name in COUNTS]
    added = F.array_sort(F.array_distinct(F.flatten(F.collect_list("added_columns")))).alias("added_columns")
    tables = ledger.groupBy("table").agg(F.count(F.lit(1)).alias("batches"), F.sum("files").alias("files"), *counts, added)
    newest = F.row_number().over(Window.partitionBy("kind", "path").orderBy(F.desc("modified_at"), F.desc("size"), "status"))
    latest = files.withColumn("turn", newest).where("turn = 1 AND status = 'rejected'")
    shown = latest.select("kind", "path", "reason").orderBy("kind", "path")
    return Intake(pull(tables.orderBy("table"), MOST_TABLES), pull(shown, SHOWN_FILES))


# what an order calls an input -> the assumption that it rests on
SOURCES = {"unit_cost": "unit_cost_share", "holding_cost": "holding_cost_share_per_year"}
TITLES = {
    "on_hand": "Stock",
    "lead_time_days": "Lead time",
    "review_days": "Review period",
    "unit_cost_share": "Cost of a unit",
    "unit_price": "Price of a unit",
    "holding_cost_share_per_year": "Cost of holding stock",
    "case_pack": "Units in a case",
    "minimum_units": "Smallest order",
    "promotion_notice_days": "Notice of promotions",
}
WITHOUT_ROW = {
    "on_hand": "the shop gives no stock: today's is what this ordering policy would have left, replayed over the item's own sales",
    "unit_price": "the item has no price on record: it counts as free",
}


def assumed(assumptions: DataFrame, resting: dict[str, int], order_lines: int) -> Rows:
    """One row per assumption: its general value, its exceptions, why, and the share of order lines that rest on it.

    At most 500 rows are read: people write them by hand.
    """
    stated = pull(assumptions.orderBy("name", "scope"), MOST_ASSUMPTIONS)
    used = {SOURCES.get(name, name): count for name, count in resting.items()}
    names = sorted({row["name"] for row in stated} | set(used), key=lambda name: (-used.get(name, 0), name))
    return [_one_assumed(name, [row for row in stated if row["name"] == name], used.get(name), order_lines) for name in names]


def assumed_finding(rows: Rows) -> tuple[str, str]:
    """What orders rest on, those of equal share together."""
    shares: dict[str, list[str]] = {}
    for row in rows:
        if row["share"]:
            shares.setdefault(share(row["share"]), []).append(row["title"].lower())
    if not shares:
        return "No order line rests on an assumption.", ""
    parts = [f"{part} of the order lines rest on assumed {listed(titles)}" for part, titles in shares.items()]
    return "Orders rest on assumptions.", f"{'; '.join(parts)}."


def _one_assumed(name: str, rows: Rows, used: int | None, order_lines: int) -> dict[str, Any]:
    general = next((row for row in rows if row["scope"] == "*"), None)
    values = [row["value"] for row in rows]
    return {
        "title": TITLES.get(name, name.replace("_", " ")),
        "value": f"{general['value']:g} {general['unit']}" if general else "",
        "exceptions": len(rows) - (general is not None),
        "span": f"{min(values):g} to {max(values):g}" if len(set(values)) > 1 else "",
        "reason": general["reason"] if general else WITHOUT_ROW.get(name, ""),
        "share": used / order_lines if used and order_lines else None,
    }
