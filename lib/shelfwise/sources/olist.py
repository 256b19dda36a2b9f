"""Olist: orders of a Brazilian marketplace, 2016 to 2018, with the sellers, the promised and the actual deliveries, and reviews.

Source: Kaggle, olistbr/brazilian-ecommerce, CC BY-NC-SA 4.0: non-commercial; the files are the user's, as they are there (the
payments, the sellers' places and the geolocation are not read). What they are taken for:
- `customer_id` is one per order: the person is `customer_unique_id`, who seldom comes back;
- a line is one unit; the price is revenue, the freight the parcel's. Lines of orders that are given up (cancelled, or not to be
  had: 'unavailable') are no sales, and nothing is wrong with them: they are not offered, and the ledger does not count them;
- lines and orders may land in either order: a line waits for its order, an order that is not given up for its lines, and what is
  made of both is offered by the landing of the later. So it is read once, until one of both comes again: then lines are duplicates;
- there is no maker: the seller stands for it, and for the supplier. Of a product that several sell it is the one of most lines,
  of two with as many the one whose id comes first;
- there is one level of categories, which is department and category; 'pc_gamer' and a kitchen's have no English name;
- times are Sao Paulo's. The estimated day is the promised one, and in time until its end. An order that several sellers send
  has one day of shipping and one of delivery for all of its parts; some were shipped before they were ordered: kept as told;
- nobody says when an order was cancelled; a few were delivered all the same;
- a review is written when the survey is answered, not when it is sent. One `review_id` may stand for several orders, and an
  order may have several: review and order together are the key. Texts run over lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.silver import SUPPLIER_TERMS
from shelfwise.core.errors import SettingsError
from shelfwise.core.pseudonyms import pseudonym
from shelfwise.core.shop import FileSet, Offer
from shelfwise.core.table import BATCH_COLUMNS
from shelfwise.sources.offering import UNKNOWN, Options, intact, missing_from, offer, options_of, text
from shelfwise.sources.olist_files import csv_files
from shelfwise.sources.olist_orders import (
    PLACE,
    awaited_deliveries,
    awaited_sales_lines,
    deliveries,
    latest,
    order_lines,
    reviews,
    sales_lines,
)


class OlistOptions(Options):
    path: str | None = None
    as_of: date | None = None


@dataclass(frozen=True)
class Olist:
    """The shop; see core.shop.Shop."""

    name: str
    as_of: date | None
    key_file: str
    files: Mapping[str, FileSet]
    offers: Mapping[str, Mapping[str, Offer]]


def open_shop(options: dict[str, Any], key_file: str) -> Olist:
    chosen = options_of(OlistOptions, "olist", options)
    if not chosen.path:
        raise SettingsError("sources.olist.path is not set: name the folder of Olist's CSV files.")
    offers: dict[str, dict[str, Offer]] = {
        "sales_lines": {
            "sales": partial(sales_lines, key_file=key_file),
            "deliveries": partial(awaited_sales_lines, key_file=key_file),
        },
        "items": {"items": items, "sales": unlisted_items},
        "customers": {"customers": partial(customers, key_file=key_file)},
        "locations": {"sales": locations},
        "supplier_terms": {"items": supplier_terms},
        "deliveries": {
            "deliveries": partial(deliveries, key_file=key_file),
            "sales": partial(awaited_deliveries, key_file=key_file),
        },
        "reviews": {"reviews": partial(reviews, key_file=key_file)},
    }
    return Olist("olist", chosen.as_of, key_file, csv_files(chosen.path), offers)


def items(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per product of the list, in its category's English name where it has one."""
    english = latest(raw["categories"], "product_category_name").select("product_category_name", "product_category_name_english")
    listed = raw["items"].join(F.broadcast(english), "product_category_name", "left").join(_sellers(raw), "product_id", "left")
    return _items(listed, F.coalesce("product_category_name_english", text("product_category_name")))


def unlisted_items(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per product that was sold and is not on the list."""
    sold = missing_from(intact(raw["sales"]), raw["items"], "product_id")
    unweighed = sold.withColumn("product_weight_g", F.lit(None).cast("string"))
    return _items(unweighed.join(_sellers(raw), "product_id", "left"), F.lit(UNKNOWN))


def _items(listed: DataFrame, category: Column) -> DataFrame:
    weight = F.concat(F.col("product_weight_g").try_cast("double").cast("long").cast("string"), F.lit(" g"))
    return offer(
        listed,
        item_id=F.col("product_id"),
        department=category,
        category=category,
        subcategory=F.lit(UNKNOWN),
        maker_id=F.coalesce("seller_id", F.lit(UNKNOWN)),
        private_label=F.lit(None).cast("boolean"),
        description=F.concat_ws(", ", F.replace(category, F.lit("_"), F.lit(" ")), weight),
        package_size=weight,
        sold_by=F.lit("each"),
    )


def customers(raw: Mapping[str, DataFrame], *, key_file: str) -> DataFrame:
    """One row per person, of whom the state goes on."""
    seen = [F.min(name).alias(name) for name in BATCH_COLUMNS]
    people = intact(raw["customers"]).groupBy("customer_unique_id").agg(F.max("customer_state").alias("state"), *seen)
    attributes = F.create_map(F.lit("state"), F.coalesce("state", F.lit(UNKNOWN)))
    return offer(people, customer_id=pseudonym(F.col("customer_unique_id"), key_file), attributes=attributes)


def locations(raw: Mapping[str, DataFrame]) -> DataFrame:
    """The web site."""
    site = missing_from(raw["sales"].withColumn("site", F.lit(PLACE)), None, "site")
    return offer(site, location_id=F.col("site"), kind=F.lit("web"), country=F.lit("BR"))


def supplier_terms(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per listed product that was sold: from whom, and nothing else."""
    nothing = {name: F.lit(None).cast(SUPPLIER_TERMS.schema[name].type) for name in SUPPLIER_TERMS.columns[2:]}
    sold = raw["items"].join(_sellers(raw), "product_id", "inner")
    return offer(sold, item_id=F.col("product_id"), supplier_id=F.col("seller_id"), **nothing)


def _sellers(raw: Mapping[str, DataFrame]) -> DataFrame:
    """product_id, seller_id of most of its lines."""
    counted = order_lines(raw).groupBy("product_id", "seller_id").agg(F.count(F.lit(1)).alias("lines"))
    most = counted.groupBy("product_id").agg(F.min(F.struct(-F.col("lines"), F.col("seller_id"))).alias("most"))
    return most.select("product_id", "most.seller_id")
