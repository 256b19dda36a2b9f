"""What would items sell that the shop has never sold? The prior mean curves of the sources, seen from before the launch.

Asked are candidates (silver.candidates, and what the catalogue holds and has neither priced nor sold), as if launched on the Monday
after `as_of`; and the launches of the last 13 weeks, with what was known of them on their own eve, so that they can be held
against what was foreseen. Those teach nothing here. Where the shop says no list prices a launch begins with a first sale
(launches.history), and the forecast is of a candidate that finds its first buyer in the first week.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

import numpy as np
import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.introductions import CANDIDATE_FORECAST
from shelfwise.contracts.gold.launches import CURVE_WEEKS
from shelfwise.core.kept import keep
from shelfwise.demand.inputs import UNKNOWN
from shelfwise.demand.launches.attributes import LIVE_WEEKS, nearest_velocity, with_plans, with_siblings
from shelfwise.demand.launches.backtest import HOLDOUTS, NO_FOLD, a_cut, lessons_of
from shelfwise.demand.launches.forecast import NEAREST_TYPE, judged
from shelfwise.demand.launches.history import by_week, launches
from shelfwise.demand.launches.laws import Known, taught
from shelfwise.demand.launches.sources import SOURCES, SourceParams, told
from shelfwise.measures.shelves import shelf
from shelfwise.measures.weeks import last_sunday

ANY = HOLDOUTS[-1]
CATEGORY = ("maker_on_shelf", "maker_in_category", "others_on_shelf", "others_in_category")
MAKER = ("maker_on_shelf", "maker_in_category", "maker_elsewhere")
WORDS = ("item_id", "department", "category", "subcategory", "maker_id", "private_label")
DESCRIBED = ("item_id", "department", "category", "shelf", "maker_id", "private_label", "price")
PRICED_BY = (("shelf", "maker_id"), ("shelf",), ("category",), ("department",))
ABOUT = {
    "item_id": "string",
    "stage": "string",
    "launch": "date",
    "department": "string",
    "category": "string",
    "shelf": "string",
    "maker_id": "string",
    "price": "double",
    "price_assumed": "boolean",
    "known": "string",
    "category_weekly": "double",
    "prior_level": "string",
    "nearest": NEAREST_TYPE,
}
FORESEEN = {"mean": "array<double>", "levels": "array<double>"} | dict.fromkeys(
    ("units", "level_shape", "scatter", "category_mean"), "double"
)


class CandidateParams(SourceParams):
    # what the catalogue holds and has never sold is a candidate too: those whose nearest items on sale sell best, units x price
    catalogue: int = 3000
    launched: int = 3000  # launches of the last 13 weeks that are held against their plan, drawn alike


def forecast_candidates(
    panel: DataFrame,
    items: DataFrame,
    candidates: DataFrame,
    list_prices: DataFrame,
    promotions: DataFrame,
    calendar: DataFrame,
    backtest: DataFrame,
    *,
    params: CandidateParams,
    as_of: date,
) -> DataFrame:
    """One row per candidate, and per launch of the last 13 weeks."""
    sunday = last_sunday(as_of)
    last_week = sunday - timedelta(days=6)
    never_sold = with_prices(_never_sold(panel, items, candidates, list_prices), panel, items, last_week)
    proposed = never_sold.withColumns(
        {"stage": F.lit("candidate"), "launch": F.lit(sunday + timedelta(days=1)), "eve": F.lit(last_week)}
    )
    launched = launches(panel, items, list_prices).withColumns(
        {
            "stage": F.when(F.col("launch") > F.lit(sunday - timedelta(weeks=CURVE_WEEKS)), "launched").otherwise("taught"),
            **dict.fromkeys(("price_assumed", "listed"), F.lit(False)),
        }
    )
    both = keep(with_siblings(launched.unionByName(proposed, allowMissingColumns=True), panel, items))
    known = _screened(both, params).withColumns(
        {"known_until": F.date_add("eve", 6), "known": _known(), "category_weekly": _weekly()}
    )
    rows = keep(with_plans(by_week(known, panel, as_of), promotions, calendar).withColumn("each", a_cut(ANY, sunday)))
    cut = rows.select("*", "each.*", F.lit(NO_FOLD).alias("own_fold")).drop("each")
    asked = F.col("stage") != "taught"
    answered = told(cut.where(asked), lessons_of(cut.where(~asked), params), params)
    columns = ", ".join(f"{name} {kind}" for name, kind in (ABOUT | FORESEEN).items())
    told_of = _by_item(answered).mapInPandas(_by(taught(judged(backtest))), columns)
    money = F.col("price").cast(CANDIDATE_FORECAST.schema["price"].type)
    return told_of.withColumns({"as_of": F.lit(as_of), "price": money, "analogues": F.col("nearest")}).select(
        *CANDIDATE_FORECAST.columns
    )


def with_prices(never_sold: DataFrame, panel: DataFrame, items: DataFrame, last_week: date) -> DataFrame:
    """A missing price is the median of live items: of the maker's on the shelf, the shelf's, the category's, the department's."""
    live = (F.col("week") == F.lit(last_week)) & (F.col("weeks_since_sale") < LIVE_WEEKS) & (F.col("shelf_price") > 0)
    listed = panel.where(live).select("item_id", "department", "category", "maker_id", "shelf_price")
    prices = keep(listed.join(items.select("item_id", shelf()), "item_id", "inner"))
    found, names = never_sold, []
    for by in PRICED_BY:
        names.append(f"price_by_{'_'.join(by)}")
        found = found.join(prices.groupBy(*by).agg(F.percentile_approx("shelf_price", 0.5).alias(names[-1])), list(by), "left")
    columns = {"price_assumed": F.col("price").isNull(), "price": F.coalesce("price", *names)}
    # a department of which nothing is sold tells no price
    return found.withColumns(columns).where("price IS NOT NULL").select(*DESCRIBED, "price_assumed", "listed")


def _screened(described: DataFrame, params: CandidateParams) -> DataFrame:
    """All that has been proposed and that teaches; of the catalogue and of launches those whose nearest items bring most."""
    promise = nearest_velocity() * F.col("price")
    launched = F.col("stage") == "launched"
    found = described.where(~F.col("listed") & ~launched)
    for where, most in ((F.col("listed"), params.catalogue), (launched, params.launched)):
        found = found.unionByName(described.where(where).orderBy(F.desc(promise), "item_id").limit(most))
    return found


def _never_sold(panel: DataFrame, items: DataFrame, candidates: DataFrame, list_prices: DataFrame) -> DataFrame:
    """DESCRIBED of each; `price` null where nobody has said one; `listed`: of the catalogue, nobody has proposed it."""
    proposed = candidates.select(*WORDS, F.col("list_price").cast("double").alias("price"), F.lit(False).alias("listed"))
    counted = items.where(F.col("sold_by") == "each").select(
        *WORDS, F.lit(None).cast("double").alias("price"), F.lit(True).alias("listed")
    )
    others = counted.join(proposed.select("item_id"), "item_id", "left_anti")
    # a list price says that it is decided: of a coming week it announces a launch, of an earlier one nobody has wanted it yet
    known = panel.select("item_id").union(list_prices.select("item_id")).distinct()
    unsold = proposed.unionByName(others).join(known, "item_id", "left_anti")
    private = F.coalesce(F.col("private_label").cast("double"), F.lit(-1.0)).alias("private_label")
    return unsold.select("item_id", "department", "category", shelf(), "maker_id", private, "price", "listed")


def _known() -> Column:
    category, maker = (F.greatest(*[F.col(f"siblings_{circle}") for circle in of]) > 0 for of in (CATEGORY, MAKER))
    one = F.when(category, "category").when(maker, "maker").otherwise("neither")
    return F.when(category & maker, "maker and category").otherwise(one)


def _weekly() -> Column:
    level, trend = F.col("category_level"), F.col("category_trend")
    return F.when((level > UNKNOWN) & (trend > UNKNOWN), level * trend)


def _by_item(answered: DataFrame) -> DataFrame:
    """One row per item, with arrays over its weeks since launch."""
    of_item = [name for name in ABOUT if name not in ("item_id", "nearest", "prior_level")]
    return (
        answered.groupBy("item_id")
        .agg(
            *[F.any_value(name).alias(name) for name in of_item],
            F.array_sort(F.collect_list(F.struct("launch_week", *SOURCES))).alias("weeks"),
            F.min_by("prior_level", "launch_week").alias("prior_level"),
            F.coalesce(F.any_value("nearest"), F.array().cast(NEAREST_TYPE)).alias("nearest"),
        )
        .select(*ABOUT, *[F.col(f"weeks.{name}").alias(name) for name in SOURCES])
    )


def foreseen(rows: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Adds FORESEEN to one row per item with an array per source."""
    sources = np.stack([np.stack(rows[name].to_list()).astype(float) for name in SOURCES])
    mean = known.beliefs.prior(sources)
    told = {"mean": list(mean), "units": mean.sum(axis=1), "level_shape": known.beliefs.shape(mean), "scatter": known.scatter}
    return rows.assign(**told, levels=list(known.of(mean)), category_mean=sources[SOURCES.index("category_curve")].sum(axis=1))


def _by(known: Known) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    def told_by_batch(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for rows in batches:
            if len(rows):
                yield foreseen(rows, known)[[*ABOUT, *FORESEEN]]

    return told_by_batch
