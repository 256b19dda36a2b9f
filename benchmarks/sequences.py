"""Does it help to know what came after what?

    .venv/bin/python benchmarks/sequences.py clicks|retail|ratings PATH

clicks: the file of UCI's "clickstream data for online shopping" (session_id, year, month, day, order, page2_clothing_model); an
item counts where a session saw it last. Sessions of the last quarter of all are judged that have two items: by their newest one,
with all else known. (A split in time alone would leave nearly all that it judges without a click to go by.)
retail: the folder of Online Retail's files; sales to known customers, an item where a customer first bought it. `--split time
--ratio .75`.
ratings: MovieLens-100k as for ratings.py, with its own times. `--split time --ratio .75`.
Lists of 10, settings as they come, one seed. Goal: the better of session-kNN and the LSTM above the best model of sets (popularity,
item-kNN, EASE). Each line: NAME value goal PASS|FAIL.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
from lines import Line, said

ROOT = Path("build/bench-sequences")
RESULTS = Path(__file__).parent / "results"
SETS, ORDERS = ("popularity", "item_knn", "ease"), ("item2vec", "session_knn", "lstm")
BEST = ("session_knn", "lstm")
COLUMNS = ["user_id", "item_id", "rating", "timestamp"]
DAY = 86_400
BY_TIME = ["--split", "time", "--ratio", "0.75"]


def main(kind: str, path: str) -> int:
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir(parents=True)
    table = figures(PREPARED[kind](path))
    lines: list[Line] = []
    for figure in ("ndcg", "hit_rate", "seconds"):
        lines += [(f"{figure} of {name}", table.loc[name, figure], "for comparison", True) for name in (*SETS, *ORDERS)]
    ratio = table.loc[list(BEST), "ndcg"].max() / table.loc[list(SETS), "ndcg"].max()
    lines.append(("ndcg of the best that knows the order, to the best of sets", ratio, "> 1", ratio > 1))
    return said(lines, RESULTS / f"sequences_{kind}.json")


def clicks(file: str) -> list[str]:
    raw = pd.read_csv(file)
    day = pd.to_datetime(raw[["year", "month", "day"]])
    timed = raw.assign(rating=1, timestamp=(day - day.min()).dt.days * DAY + raw["order"])
    named = timed.rename(columns={"session_id": "user_id", "page2_clothing_model": "item_id"})[COLUMNS]
    seen = named.sort_values(COLUMNS).drop_duplicates(["user_id", "item_id"], keep="last")
    newer = seen.sort_values(["timestamp", "item_id"], ascending=False).groupby("user_id").cumcount().reindex(seen.index)
    several = seen.groupby("user_id")["item_id"].transform("size") > 1
    held = (newer == 0) & several & (seen["timestamp"] > seen["timestamp"].quantile(0.75))
    return ["--train", written(seen[~held], "known"), "--test", written(seen[held], "held")]


def retail(folder: str) -> list[str]:
    files = sorted(Path(folder).glob("*.csv*"))
    raw = pd.concat([pd.read_csv(file, dtype={"InvoiceNo": str, "StockCode": str}) for file in files])
    sold = raw[raw["CustomerID"].notna() & (raw["Quantity"] > 0) & (raw["UnitPrice"] > 0)]
    at = pd.to_datetime(sold["InvoiceDate"]).astype("datetime64[s]").astype("int64")
    named = pd.DataFrame({"user_id": sold["CustomerID"].astype(int), "item_id": sold["StockCode"], "rating": 1, "timestamp": at})
    first = named.sort_values(COLUMNS).drop_duplicates(["user_id", "item_id"])
    return ["--train", written(first, "first"), *BY_TIME]


def ratings(file: str) -> list[str]:
    return ["--train", file, *BY_TIME]


PREPARED = {"clicks": clicks, "retail": retail, "ratings": ratings}


def written(frame: pd.DataFrame, name: str) -> str:
    path = ROOT / f"{name}.csv"
    frame.to_csv(path, index=False)
    return str(path)


def figures(data: list[str]) -> pd.DataFrame:
    shelfwise, out = str(Path(sys.executable).with_name("shelfwise")), ROOT / "out"
    options = ["--models", ",".join((*SETS, *ORDERS)), "--k", "10", "--out", str(out)]
    subprocess.run([shelfwise, "evaluate", "recommender", *data, *options], check=True)
    return pd.concat(pd.read_csv(part) for part in (out / "accuracy").glob("*.csv")).set_index("model")


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in PREPARED:
        sys.exit(f"sequences.py {'|'.join(PREPARED)} PATH")
    sys.exit(main(*sys.argv[1:]))
