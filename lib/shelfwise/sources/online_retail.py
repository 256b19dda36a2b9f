"""Online Retail: a British web shop for gifts, December 2010 to December 2011, in a folder of daily CSV files that grows.

Source: UCI Machine Learning Repository, Online Retail (Chen 2015). What its lines are taken for:
- an invoice number with a C and a negative quantity: a return;
- a code that is no article (POST, DOT, C2 carriage; D discount; M manual; S samples; B bad debt; AMAZONFEE, BANK
  CHARGES, CRUK, PADS, gift vouchers): kind 'charge', whatever its sign; articles are five digits with letters, or DCGS…;
- a negative quantity without C (1,336 lines, all at price 0: 'damaged', 'lost'), or price 0 without a customer ('found',
  'amazon'): stock corrections, not sales, quarantined as `stock_correction`; price 0 with a customer is a gift: a sale of 0;
- lines equal in every column have the same line_id: the second one counts as a duplicate;
- 135,080 lines have no customer. Codes that differ in case only (85123a, 85123A) are one item.
There is no category and no maker: UNKNOWN. Prices are pounds; times are London's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.core.errors import SettingsError
from shelfwise.core.pseudonyms import pseudonym
from shelfwise.core.shop import FileSet, Offer
from shelfwise.core.table import BATCH_COLUMNS
from shelfwise.sources.offering import Options, intact, offer, options_of, text

ZONE = "Europe/London"
COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
ARTICLE = r"^([0-9]{5}[A-Z]*|DCGS.*)$"
COUNTRIES = {
    "United Kingdom": "GB",
    "Germany": "DE",
    "France": "FR",
    "EIRE": "IE",
    "Spain": "ES",
    "Netherlands": "NL",
    "Belgium": "BE",
    "Switzerland": "CH",
    "Portugal": "PT",
    "Australia": "AU",
    "Norway": "NO",
    "Italy": "IT",
    "Channel Islands": "JE",
    "Finland": "FI",
    "Cyprus": "CY",
    "Sweden": "SE",
    "Austria": "AT",
    "Denmark": "DK",
    "Japan": "JP",
    "Poland": "PL",
    "Israel": "IL",
    "USA": "US",
    "Hong Kong": "HK",
    "Singapore": "SG",
    "Iceland": "IS",
    "Canada": "CA",
    "Greece": "GR",
    "Malta": "MT",
    "United Arab Emirates": "AE",
    "RSA": "ZA",
    "Lebanon": "LB",
    "Lithuania": "LT",
    "Brazil": "BR",
    "Czech Republic": "CZ",
    "Bahrain": "BH",
    "Saudi Arabia": "SA",
}
HOME = "GB"  # the shop's own holidays count where a country is not named ('Unspecified', 'European Community')


class OnlineRetailOptions(Options):
    path: str | None = None
    as_of: date | None = None


@dataclass(frozen=True)
class OnlineRetail:
    """The shop; see core.shop.Shop."""

    name: str
    as_of: date | None
    key_file: str
    files: Mapping[str, FileSet]
    offers: Mapping[str, Mapping[str, Offer]]


def open_shop(options: dict[str, Any], key_file: str) -> OnlineRetail:
    chosen = options_of(OnlineRetailOptions, "online_retail", options)
    if not chosen.path:
        raise SettingsError("sources.online_retail.path is not set: name the folder of the daily CSV files.")
    daily = FileSet(chosen.path, "*.csv*", "csv", dict.fromkeys(COLUMNS, "string"), "sources.online_retail.path")
    offers: dict[str, dict[str, Offer]] = {
        "sales_lines": {"sales": partial(sales_lines, key_file=key_file)},
        "items": {"sales": items},
        "customers": {"sales": partial(customers, key_file=key_file)},
        "locations": {"sales": locations},
    }
    return OnlineRetail("online_retail", chosen.as_of, key_file, {"sales": daily}, offers)


def sales_lines(raw: Mapping[str, DataFrame], *, key_file: str) -> DataFrame:
    """One row per line of an invoice."""
    quantity, price, local = _quantity(), _price(), _local_time()
    charge = ~_item_id().rlike(ARTICLE)
    correction = ~charge & (((quantity < 0) & ~_cancelled()) | ((price == 0) & F.col("CustomerID").isNull()))
    return offer(
        raw["sales"],
        {
            "quantity_is_no_number": F.col("Quantity").isNotNull() & quantity.isNull(),
            "unit_price_is_no_number": F.col("UnitPrice").isNotNull() & price.isNull(),
            "invoice_date_is_no_time": F.col("InvoiceDate").isNotNull() & local.isNull(),
            "stock_correction": correction,
        },
        line_id=_line_id(),
        basket_id=F.col("InvoiceNo"),
        customer_id=pseudonym(_customer(), key_file),
        item_id=_item_id(),
        location_id=_location(),
        sold_at=F.to_utc_timestamp(local, ZONE),
        sold_on=F.to_date(local),
        kind=F.when(charge, "charge").when(quantity < 0, "return").otherwise("sale"),
        quantity=quantity,
        revenue=F.round(quantity * price, 2).try_cast("decimal(14,2)"),
        discount=F.lit(0).cast("decimal(14,2)"),
        coupon_discount=F.lit(0).cast("decimal(14,2)"),
    )


def items(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per article sold at a price in the batch, with its latest description."""
    sold = intact(raw["sales"]).where(_item_id().rlike(ARTICLE) & (_quantity() > 0) & (_price() > 0) & _local_time().isNotNull())
    latest = F.max_by("Description", F.struct(_local_time(), F.col("Description")))
    articles = sold.groupBy(_item_id().alias("StockCode")).agg(latest.alias("Description"), *_first_seen())
    unknown = dict.fromkeys(("department", "category", "subcategory", "maker_id"), F.lit("UNKNOWN"))
    return offer(
        articles,
        item_id=F.col("StockCode"),
        **unknown,
        private_label=F.lit(None).cast("boolean"),
        description=text("Description"),
        package_size=F.lit(None).cast("string"),
        sold_by=F.lit("each"),
    )


def customers(raw: Mapping[str, DataFrame], *, key_file: str) -> DataFrame:
    """One row per customer seen in the batch, with the latest country."""
    seen = intact(raw["sales"]).where(F.col("CustomerID").isNotNull() & _local_time().isNotNull())
    latest = F.max_by("Country", F.struct(_local_time(), F.col("Country")))
    people = seen.groupBy(_customer().alias("CustomerID")).agg(latest.alias("Country"), *_first_seen())
    country = F.create_map(F.lit("country"), F.coalesce("Country", F.lit("Unspecified")))
    return offer(people, customer_id=pseudonym(F.col("CustomerID"), key_file), attributes=country)


def locations(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per country of delivery: a web site each."""
    sites = intact(raw["sales"]).groupBy("Country").agg(*_first_seen())
    return offer(sites, location_id=_location(), kind=F.lit("web"), country=F.coalesce(_country(), F.lit(HOME)))


def _line_id() -> Column:
    """From the line's content, without the customer's id: a hash that anybody can compute would give that away."""
    content = F.to_json(F.struct(*[name for name in COLUMNS if name != "CustomerID"]))
    return F.concat_ws("-", "InvoiceNo", _item_id(), F.substring(F.sha2(content, 256), 1, 16))


def _item_id() -> Column:
    return F.upper(F.trim("StockCode"))


def _quantity() -> Column:
    return F.col("Quantity").try_cast("decimal(14,3)")


def _price() -> Column:
    return F.col("UnitPrice").try_cast("decimal(14,4)")


def _local_time() -> Column:
    return F.col("InvoiceDate").try_cast("timestamp")


def _customer() -> Column:
    """17850.0 in some exports, 17850 in others."""
    return F.regexp_replace("CustomerID", r"\.0$", "")


def _cancelled() -> Column:
    return F.col("InvoiceNo").startswith("C")


def _country() -> Column:
    codes = F.create_map(*[F.lit(part) for pair in COUNTRIES.items() for part in pair])
    return F.try_element_at(codes, F.coalesce("Country", F.lit("")))


def _location() -> Column:
    return F.concat(F.lit("web-"), F.coalesce(_country(), F.lit("elsewhere")))


def _first_seen() -> list[Column]:
    return [F.min(name).alias(name) for name in BATCH_COLUMNS]
