"""What law of days follows from counted orders: all, those of the supplier's main category, the supplier's, the item's?

Each group's hazards are shrunk towards its parent's (measures.lead_time), with one weight for each level. Levels above the items
are worked out in one task. Bound: suppliers x days that their orders took.
"""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.supply import LEAD_TIME_LEVELS, LEAD_WEEKS, lead_quantile
from shelfwise.core.kept import cut
from shelfwise.measures import lead_time
from shelfwise.measures.exact import exact_sum

ROW = ["supplier_id", "item_id"]
OUTCOME = ("place", "arrived")
HISTORY = (*OUTCOME, "orders")
HAZARDS = ("came", "waited", "hazard")
LAWS = "supplier_id string, came array<double>, waited array<double>, hazard array<double>"
FIGURES = (
    "supplier_id string, item_id string, mean_days double, variance_days double, late_share double, week_shares array<double>, "
    + ", ".join(f"{lead_quantile(level)} int" for level in LEAD_TIME_LEVELS)
)

Batch = Callable[[pd.DataFrame], pd.DataFrame]
Counts = tuple[lead_time.Floats, lead_time.Floats]


def figures(asked: DataFrame, counts: DataFrame, delivered: DataFrame) -> DataFrame:
    """Mean, variance, quantiles, weeks and lateness of each row of `asked` (supplier_id, item_id, assumed_days).

    `counts` are orders by item, category, outcome and place; suppliers that are not in `delivered` (supplier_id) have no law yet:
    their items take the assumed days for certain.
    """
    by_supplier = counts.groupBy("supplier_id", "category", *OUTCOME).agg(F.sum("orders").alias("orders"))
    laws = cut(by_supplier.groupBy().applyInPandas(supplier_laws, LAWS))
    seen = counts.groupBy(*ROW).agg(F.collect_list(F.struct(*HISTORY)).alias("seen"))
    histories = seen.select(*ROW, *[F.col(f"seen.{name}").alias(name) for name in HISTORY])
    sums = histories.join(laws, "supplier_id", "inner").mapInPandas(each(moments), "excess double, room double")
    weighed = sums.agg(*[F.coalesce(exact_sum(F.col(name)), F.lit(0.0)).alias(name) for name in ("excess", "room")])
    known = laws.join(delivered, "supplier_id", "left_semi")
    beside = asked.select(*ROW, "assumed_days").join(histories, ROW, "left").join(known, "supplier_id", "left")
    return beside.crossJoin(F.broadcast(weighed)).mapInPandas(each(told), FIGURES)


def each(batch_of: Batch) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    return lambda batches: (batch_of(batch) for batch in batches if len(batch))


def supplier_laws(orders: pd.DataFrame) -> pd.DataFrame:
    """One row per supplier: N, Y and hazards; `orders` are counts by supplier, category, place and outcome.

    A supplier counts for the category that most of its orders are of, so that groups lie within their parents.
    """
    by_category = orders.groupby(["supplier_id", "category"])["orders"].sum().reset_index()
    main = by_category.sort_values(["supplier_id", "orders", "category"]).groupby("supplier_id")["category"].last()
    supplier = main.index.get_indexer(pd.Index(orders["supplier_id"]))
    category, names = pd.factorize(main, sort=True)
    of_all, of_category, of_supplier = (
        lead_time.counted(groups, group, *(orders[name].to_numpy() for name in HISTORY))
        for groups, group in ((1, 0 * supplier), (len(names), category[supplier]), (len(main), supplier))
    )
    parents = np.zeros(len(names), dtype=np.int64)
    by_category_hazard = _shrunk(of_category, of_all, lead_time.pooled_hazard(*of_all), parents)
    hazard = _shrunk(of_supplier, of_category, by_category_hazard, category)
    return pd.DataFrame({"supplier_id": main.index, **dict(zip(HAZARDS, map(list, (*of_supplier, hazard)), strict=True))})


def _shrunk(own: Counts, above: Counts, hazard: lead_time.Floats, parents: lead_time.Ints) -> lead_time.Floats:
    """Hazards of groups, given those of a level above and each group's parent there."""
    excess, room = lead_time.moments(*own, above[0][parents], above[1][parents])
    return lead_time.shrunken_hazard(*own, hazard[parents], lead_time.weight(excess.sum(), room.sum()))


def moments(batch: pd.DataFrame) -> pd.DataFrame:
    """Of each item, what it adds to the two sums of rho."""
    excess, room = lead_time.moments(*_counted(batch), *(_stacked(batch[name]) for name in ("came", "waited")))
    return pd.DataFrame({"excess": excess, "room": room})


def told(batch: pd.DataFrame) -> pd.DataFrame:
    """One row per item: what its law says; without a supplier's, the assumed days for certain."""
    weight = lead_time.weight(batch["excess"].iloc[0], batch["room"].iloc[0])
    hazard = lead_time.shrunken_hazard(*_counted(batch), _stacked(batch["hazard"]), weight)
    hazard[batch["hazard"].isna()] = 0.0
    usual = batch["assumed_days"].to_numpy(dtype=np.int64)
    law = lead_time.law_of_days(hazard, usual)
    mean, variance = lead_time.mean_and_variance(law)
    quantiles = {lead_quantile(level): lead_time.quantile(law, level) for level in LEAD_TIME_LEVELS}
    return batch[ROW].assign(
        mean_days=mean,
        variance_days=variance,
        late_share=lead_time.after(law, usual),
        week_shares=list(lead_time.by_week(law, LEAD_WEEKS)),
        **quantiles,
    )


def _counted(batch: pd.DataFrame) -> Counts:
    """Came and waited for, items x places; an item without orders has none."""
    lengths = [0 if places is None else len(places) for places in batch["place"]]
    place, arrived, orders = (_joined(batch[name]) for name in HISTORY)
    return lead_time.counted(len(batch), np.repeat(np.arange(len(batch)), lengths), place, arrived.astype(bool), orders)


def _joined(arrays: pd.Series) -> lead_time.Ints:
    known = [np.asarray(array, dtype=np.int64) for array in arrays if array is not None]
    return np.concatenate(known) if known else np.empty(0, dtype=np.int64)


def _stacked(arrays: pd.Series) -> lead_time.Floats:
    none = np.zeros(lead_time.PLACES)
    return np.stack([none if array is None else array for array in arrays])
