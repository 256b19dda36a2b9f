"""How did each item do, week by week, and what was known of it at each week's end?

The panel holds every complete week (Monday to Sunday) from an item's first sale to `as_of`: a week without a sale is a
zero, not a gap. Units are what would have sold had the item been there (features.latent_demand); money is what was paid.
Each figure of a row uses that week and earlier ones only, so a row is also what was known at its own end: backtests read
older rows of the same panel.
"""

from datetime import date

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from shelfwise.contracts.features import ITEM_WEEK
from shelfwise.core.kept import keep
from shelfwise.features.seasons import category_season, season_ahead, with_year_before
from shelfwise.measures.exact import exact_mean, exact_sum
from shelfwise.measures.versions import PLAN, TOLD, version_known_by


def item_weeks(
    demand: DataFrame, sales: DataFrame, items: DataFrame, promotions: DataFrame, outside: DataFrame, *, as_of: date
) -> DataFrame:
    """One row per item and week of `demand`, features.latent_demand as of `as_of`."""
    wanted = demand.select("item_id", "week", "units", F.col("sold").alias("sold_units"), F.col("basis").alias("demand_basis"))
    paid = weekly_sales(sales, items).drop("sold_units")
    launch = F.min("week").over(Window.partitionBy("item_id"))
    panel = wanted.join(paid, ["item_id", "week"], "left").withColumn("launch", launch)
    described = panel.join(items.select("item_id", "department", "category", "maker_id"), "item_id", "left")
    promoted = described.join(_as_known(promotions), ["item_id", "week"], "left")
    own = keep(with_year_before(_own_history(_own_price(promoted))))
    price, count = exact_mean(F.col("shelf_price")).alias("category_price"), F.count(F.lit(1)).alias("category_items")
    category = category_season(_level_history(own, "category", price, count))
    maker, department = _level_history(own, "maker_id"), _level_history(own, "department")
    shop = _level_history(own.withColumn("shop", F.lit("all")), "shop").drop("shop")
    return (
        own.join(category, ["category", "week"], "left")
        .join(maker, ["maker_id", "week"], "left")
        .join(F.broadcast(department), ["department", "week"], "left")  # departments x weeks
        .join(F.broadcast(shop), "week", "left")  # weeks
        .join(outside.drop("as_of", "series"), ["category", "week"], "left")
        .withColumns(
            {
                "as_of": F.lit(as_of),
                "price_to_category": _ratio("shelf_price", "category_price"),
                "season_ahead": season_ahead(),
            }
        )
        .select(*ITEM_WEEK.columns)
    )


def weekly_sales(sales: DataFrame, items: DataFrame) -> DataFrame:
    """One row per item sold by the each and week in which it sold; the shop's first, incomplete week is left out."""
    counted = items.where(F.col("sold_by") == "each").select("item_id")
    weekly = (
        sales.where(F.col("kind") == "sale")
        .join(counted, "item_id", "left_semi")
        .groupBy("item_id", F.to_date(F.date_trunc("week", "sold_on")).alias("week"))
        .agg(
            F.sum("quantity").cast("double").alias("sold_units"),
            F.sum("revenue").cast("double").alias("sold_revenue"),
            F.sum("discount").cast("double").alias("sold_discount"),
        )
    )
    first_day = sales.agg(F.min("sold_on").alias("first_day"))
    return weekly.crossJoin(F.broadcast(first_day)).where(F.col("week") >= F.col("first_day")).drop("first_day")


def _as_known(promotions: DataFrame) -> DataFrame:
    """One row per item and week: its promotions as known at the week's end."""
    known = version_known_by(F.struct(*PLAN), F.date_add("week", 6))
    return promotions.select("item_id", "week", known.alias("known")).select("item_id", "week", *[f"known.{name}" for name in TOLD])


def _own_price(panel: DataFrame) -> DataFrame:
    """Price before discounts of the week, else of the last week that had one (the first week of an item always has)."""
    seen = F.try_divide(F.col("sold_revenue") + F.col("sold_discount"), "sold_units")
    before = F.last("seen_price", ignorenulls=True).over(_by_item().rowsBetween(Window.unboundedPreceding, 0))
    return panel.withColumn("seen_price", seen).withColumns(
        {
            "revenue": F.coalesce("sold_revenue", F.lit(0.0)),
            "shelf_price": F.coalesce(before, F.lit(0.0)),
            "price_imputed": F.col("seen_price").isNull(),
            "discount_share": F.coalesce(F.try_divide("sold_discount", F.col("sold_revenue") + F.col("sold_discount")), F.lit(0.0)),
            "display_share": F.coalesce("display_share", F.lit(0.0)),
            "mailer_share": F.coalesce("mailer_share", F.lit(0.0)),
            "coupon": F.coalesce("coupon", F.lit(False)),
        }
    )


def _own_history(panel: DataFrame) -> DataFrame:
    """Means over the last n weeks are differences of running totals: Spark sums a sliding window anew for every row.

    Units are counted in thousandths, so that these totals are exact and a mean of zeros is zero.
    """
    promoted = (F.col("display_share") + F.col("mailer_share") + F.coalesce("price_cut", F.lit(0.0))) > 0
    thousandths = F.round(F.col("units") * 1000).cast("long")
    so_far = _by_item().rowsBetween(Window.unboundedPreceding, 0)
    totals = {
        "total": F.sum(thousandths).over(so_far),
        "total_squares": F.sum(F.col("units") * F.col("units")).over(so_far),
        "total_sold": F.count_if(F.col("units") > 0).over(so_far),
        "total_promoted": F.sum(F.when(promoted, thousandths).otherwise(0)).over(so_far),
        "total_promotions": F.count_if(promoted).over(so_far),
    }
    # what a gap was guessed to be is no sign of life
    alive = (F.col("units") > 0) & (F.col("demand_basis") != "gap")
    last_sale = F.max(F.when(alive, F.col("week"))).over(so_far)
    last_promotion = F.max(F.when(promoted, F.col("week"))).over(so_far)
    own_price = F.mean("shelf_price").over(_by_item().rowsBetween(-12, 0))
    known = panel.withColumns(
        {
            "age_weeks": _weeks_between("launch", F.col("week")),
            "weeks_since_sale": _weeks_between(last_sale, F.col("week")),
            "weeks_since_promotion": _weeks_between(last_promotion, F.col("week")),
            **{f"lag_{k}": F.lag("units", k).over(_by_item()) for k in (1, 2, 3)},
            "price_to_own": _ratio("shelf_price", own_price),
            **totals,
        }
    )
    windows = {f"{name}_{n}": _of_last_weeks(name, n) for name, n in _windows()}
    return known.withColumns(windows).withColumns(_recent()).drop(*totals, *windows)


def _windows() -> list[tuple[str, int]]:
    return [
        *(("total", n) for n in (4, 13, 26)),
        *((name, 13) for name in ("total_squares", "total_sold")),
        *((name, 26) for name in ("total_promoted", "total_promotions")),
    ]


def _of_last_weeks(total: str, n: int) -> Column:
    return F.col(total) - F.coalesce(F.lag(total, n).over(_by_item()), F.lit(0))


def _recent() -> dict[str, Column]:
    """Means of what fell into the last weeks; an item younger than that has as many weeks as it is old."""

    def weeks(n: int) -> Column:
        return F.least(F.col("age_weeks") + 1, F.lit(n))

    units = {n: F.col(f"total_{n}") / 1000 for n in (4, 13, 26)}
    squares = F.col("total_squares_13") - units[13] * units[13] / weeks(13)
    # 0 where nothing sold: the running total of squares is not exact
    varies = (F.col("total_13") > 0) & (weeks(13) > 1) & (squares > 1e-9)
    promoted, promotions = F.col("total_promoted_26") / 1000, F.col("total_promotions_26")
    return {
        **{f"mean_{n}": units[n] / weeks(n) for n in units},
        "sd_13": F.when(varies, F.sqrt(squares / (weeks(13) - 1))).otherwise(0.0),
        "selling_share_13": F.col("total_sold_13") / weeks(13),
        "mean_promoted": F.try_divide(promoted, promotions),
        "mean_unpromoted": F.try_divide(units[26] - promoted, weeks(26) - promotions),
        "promoted_share_26": promotions / weeks(26),
    }


def _level_history(panel: DataFrame, level: str, *more: Column) -> DataFrame:
    """One row per category, maker or department and week: units in all, and their means of the last 4 and 13 weeks."""
    name = level.removesuffix("_id")
    weekly = panel.groupBy(level, "week").agg(exact_sum(F.col("units")).alias(f"{name}_units"), *more)
    by_level = Window.partitionBy(level).orderBy("week")
    means = {f"{name}_mean_{n}": F.mean(f"{name}_units").over(by_level.rowsBetween(1 - n, 0)) for n in (4, 13)}
    return weekly.withColumns(means)


def _by_item() -> WindowSpec:
    # without a tie-break: item and week are unique in the panel
    return Window.partitionBy("item_id").orderBy("week")


def _weeks_between(earlier: str | Column, later: Column) -> Column:
    return (F.datediff(later, earlier) / 7).cast("int")


def _ratio(over: str, under: str | Column) -> Column:
    return F.coalesce(F.try_divide(over, under), F.lit(1.0))
