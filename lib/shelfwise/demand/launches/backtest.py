"""What would have been said of launches, had it been asked on their eve? Rolling origins, and hold-outs at each of them.

At an origin the sources learn from launches whose first eight weeks had ended by then, each week of them known, and are asked for
the launches of the next `weeks_between` weeks: eight weeks each, with what was known of them on their own eve. Held out is an
item (the lessons are earlier launches of the same makers and categories), a whole maker or a whole category: makers and
categories are dealt into `folds` by hash, none of the fold's launches is a lesson, and what its items tell is hidden from what is
asked. These three are asked of launches that took (launches.history), and learn from such; 'any' asks for, and learns from,
all launches.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.gold.launches import JUDGED_WEEKS, LAUNCH_BACKTEST
from shelfwise.core.kept import keep
from shelfwise.demand.launches.attributes import OF_THE_CATEGORY, OF_THE_MAKER, with_plans, with_siblings, without
from shelfwise.demand.launches.history import by_week, launches
from shelfwise.demand.launches.sources import SourceParams, told
from shelfwise.measures.weeks import last_sunday


class LaunchBacktestParams(SourceParams):
    unseen_weeks: int = 20  # of the data before a launch that is judged; lessons may come from the ninth on
    origins: int = 3
    weeks_between: int = 4
    folds: int = 5
    launches: int = 4000  # judged per hold-out and origin, at most


@dataclass(frozen=True)
class Holdout:
    name: str
    whole: str | None = None  # column whose values are held out as a whole
    hidden: tuple[str, ...] = ()
    taken: bool = True


HOLDOUTS = (
    Holdout("item"),
    Holdout("maker", "maker_id", OF_THE_MAKER),
    Holdout("category", "category", OF_THE_CATEGORY),
    Holdout("any", taken=False),
)
NO_FOLD = -1
CUT = ("cut", "holdout", "origin", "fold", "taken_only")


def backtest(
    panel: DataFrame,
    items: DataFrame,
    list_prices: DataFrame,
    promotions: DataFrame,
    calendar: DataFrame,
    *,
    params: LaunchBacktestParams,
    as_of: date,
) -> DataFrame:
    """One row per hold-out, judged launch and week 1 to 8."""
    known = with_siblings(launches(panel, items, list_prices), panel, items).withColumn("known_until", F.date_add("eve", 6))
    rows = keep(with_plans(by_week(known, panel, as_of), promotions, calendar))
    cut = rows.withColumn("each", F.explode(F.array(*cuts(params, as_of)))).select("*", "each.*").drop("each")
    dealt = cut.withColumn("own_fold", _own_fold(params))
    answered = told(_asked(dealt, params), lessons_of(dealt, params), params)
    return answered.withColumns({"as_of": F.lit(as_of), "actual": F.col("units")}).select(*LAUNCH_BACKTEST.columns)


def cuts(params: LaunchBacktestParams, as_of: date) -> list[Column]:
    """Structs of CUT: what is asked, and what may be learnt from."""
    last = last_sunday(as_of) - timedelta(weeks=JUDGED_WEEKS + params.weeks_between - 1)
    days = [last - timedelta(weeks=params.weeks_between * k) for k in range(params.origins)]
    folds = {holdout: range(params.folds) if holdout.whole else (NO_FOLD,) for holdout in HOLDOUTS}
    return [a_cut(holdout, day, fold) for holdout in HOLDOUTS for day in days for fold in folds[holdout]]


def a_cut(holdout: Holdout, origin: date, fold: int = NO_FOLD) -> Column:
    values = (f"{holdout.name} {origin} {fold}", holdout.name, origin, fold, holdout.taken)
    return F.struct(*[F.lit(value).alias(name) for name, value in zip(CUT, values, strict=True)])


def lessons_of(rows: DataFrame, params: SourceParams) -> DataFrame:
    """Of rows with a cut: weeks since launch that had ended by its origin, of launches whose first eight had; nothing held out."""
    ended = F.date_add("launch", 7 * JUDGED_WEEKS - 1) <= F.col("origin")
    known = ended & (F.date_add("week", 6) <= F.col("origin")) & F.col("units").isNotNull()
    free = (F.col("fold") < 0) | (F.col("own_fold") != F.col("fold"))
    chosen = rows.where(known & free & (F.col("taken") | ~F.col("taken_only")))
    return chosen.join(at_most(chosen, params.lessons, params.seed), ["cut", "item_id"], "left_semi")


def at_most(rows: DataFrame, most: int, seed: int) -> DataFrame:
    """The cut and item of at most `most` items of each cut, drawn by hash."""
    drawn = Window.partitionBy("cut").orderBy(F.xxhash64("item_id", F.lit(seed)), "item_id")
    numbered = rows.select("cut", "item_id").distinct().withColumn("drawn", F.row_number().over(drawn))
    return numbered.where(F.col("drawn") <= most).select("cut", "item_id")


def _asked(rows: DataFrame, params: LaunchBacktestParams) -> DataFrame:
    coming = (F.col("launch") > F.col("origin")) & (F.col("launch") < F.date_add("origin", 7 * params.weeks_between))
    judged = coming & (F.col("unseen_weeks") >= params.unseen_weeks) & (F.col("launch_week") <= JUDGED_WEEKS)
    known = F.col("taken") | (~F.col("taken_only") & F.col("taken").isNotNull())
    ours = (F.col("fold") < 0) | (F.col("own_fold") == F.col("fold"))
    chosen = rows.where(judged & known & ours)
    drawn = chosen.join(at_most(chosen, params.launches, params.seed), ["cut", "item_id"], "left_semi")
    for holdout in HOLDOUTS:
        drawn = without(drawn, holdout.hidden, where=F.col("holdout") == holdout.name)
    return drawn


def _own_fold(params: LaunchBacktestParams) -> Column:
    fold: Column = F.lit(NO_FOLD).cast("long")
    for holdout in HOLDOUTS:
        if holdout.whole:
            dealt = F.pmod(F.xxhash64(holdout.whole, F.lit(params.seed)), F.lit(params.folds))
            fold = F.when(F.col("holdout") == holdout.name, dealt).otherwise(fold)
    return fold
