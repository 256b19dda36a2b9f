"""Which bronze frames go into which silver table; how is the shop's own business.

`kind` is the kind of files whose new batch is being admitted: its frame holds that batch alone, the others all that has
landed. A frame is None where the shop has no such files.
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.core.shop import Shop

Raw = DataFrame | None


def offer_sales_lines(sales: Raw, deliveries: Raw, customers: Raw, shop: Shop, kind: str) -> DataFrame:
    """One row per line of a receipt, as the shop's adapter reads it; some know buyer and day from the order alone."""
    return _offer(shop, "sales_lines", kind, sales=sales, deliveries=deliveries, customers=customers)


def offer_items(items: Raw, sales: Raw, categories: Raw, shop: Shop, kind: str) -> DataFrame:
    """One row per item of the shop's own list, or sold without being on it."""
    return _offer(shop, "items", kind, items=items, sales=sales, categories=categories)


def offer_customers(customers: Raw, sales: Raw, shop: Shop, kind: str) -> DataFrame:
    """One row per customer of the shop's own list, or seen at the till only."""
    return _offer(shop, "customers", kind, customers=customers, sales=sales)


def offer_locations(locations: Raw, sales: Raw, shop: Shop, kind: str) -> DataFrame:
    """One row per place of the shop's own list, or where something was sold."""
    return _offer(shop, "locations", kind, locations=locations, sales=sales)


def offer_promotions(promotions: Raw, coupons: Raw, campaigns: Raw, assumptions: DataFrame, shop: Shop, kind: str) -> DataFrame:
    """One row per planned display, mailer, price cut or coupon; a plan without a date of knowledge gets the assumed notice."""
    offered = _offer(shop, "promotions", kind, promotions=promotions, coupons=coupons, campaigns=campaigns)
    return _with_notice(offered, assumptions, "promotion_notice_days")


def offer_campaigns(campaigns: Raw, campaign_customers: Raw, assumptions: DataFrame, shop: Shop, kind: str) -> DataFrame:
    """One row per campaign; one without a date of knowledge gets the assumed notice."""
    offered = _offer(shop, "campaigns", kind, campaigns=campaigns, campaign_customers=campaign_customers)
    return _with_notice(offered, assumptions, "promotion_notice_days")


def offer_list_prices(prices: Raw, shop: Shop, kind: str) -> DataFrame:
    """One row per planned list price."""
    return _offer(shop, "list_prices", kind, prices=prices)


def offer_events(events: Raw, shop: Shop, kind: str) -> DataFrame:
    """One row per view, cart or click."""
    return _offer(shop, "events", kind, events=events)


def offer_stock(stock: Raw, shop: Shop, kind: str) -> DataFrame:
    """One row per count of an item somewhere."""
    return _offer(shop, "stock", kind, stock=stock)


def offer_receipts(receipts: Raw, shop: Shop, kind: str) -> DataFrame:
    """One row per line of a delivery."""
    return _offer(shop, "receipts", kind, receipts=receipts)


def offer_placed_orders(purchase_orders: Raw, shop: Shop, kind: str) -> DataFrame:
    """One row per order line."""
    return _offer(shop, "placed_orders", kind, purchase_orders=purchase_orders)


def offer_supplier_terms(terms: Raw, items: Raw, sales: Raw, shop: Shop, kind: str) -> DataFrame:
    """One row per item that can be bought; some shops tell only by their sales from whom."""
    return _offer(shop, "supplier_terms", kind, terms=terms, items=items, sales=sales)


def offer_candidates(candidates: Raw, shop: Shop, kind: str) -> DataFrame:
    """One row per item that is proposed and not listed yet."""
    return _offer(shop, "candidates", kind, candidates=candidates)


def offer_outside_series(outside_series: Raw, shop: Shop, kind: str) -> DataFrame:
    """One row per value of a series, as it was published."""
    return _offer(shop, "outside_series", kind, outside_series=outside_series)


def offer_parties(parties: Raw, shop: Shop, kind: str) -> DataFrame:
    """One row per supplier or customer on invoice."""
    return _offer(shop, "parties", kind, parties=parties)


def offer_invoices(invoices: Raw, shop: Shop, kind: str) -> DataFrame:
    """One row per invoice, with what came of it."""
    return _offer(shop, "invoices", kind, invoices=invoices)


def offer_deliveries(deliveries: Raw, sales: Raw, customers: Raw, shop: Shop, kind: str) -> DataFrame:
    """One row per parcel."""
    return _offer(shop, "deliveries", kind, deliveries=deliveries, sales=sales, customers=customers)


def offer_reviews(reviews: Raw, deliveries: Raw, sales: Raw, customers: Raw, shop: Shop, kind: str) -> DataFrame:
    """One row per review and order."""
    return _offer(shop, "reviews", kind, reviews=reviews, deliveries=deliveries, sales=sales, customers=customers)


def keep_assumptions(assumptions: DataFrame) -> DataFrame:
    """One row per scope and name, as people wrote them down."""
    return assumptions


def _offer(shop: Shop, table: str, kind: str, **raw: Raw) -> DataFrame:
    return shop.offers[table][kind]({name: frame for name, frame in raw.items() if frame is not None})


def _with_notice(offered: DataFrame, assumptions: DataFrame, name: str) -> DataFrame:
    """`known_at` = first day - notice where the shop does not say; without such an assumption the row breaks a rule."""
    everywhere = assumptions.where((F.col("name") == name) & (F.col("scope") == "*"))
    notice = F.broadcast(everywhere.agg(F.max("value").cast("int").alias("notice_days")))
    known, assumed = _known_at(F.col("known_at"), F.col("starts_on"), F.col("notice_days"))
    rest = [column for column in offered.columns if column not in ("known_at", "known_at_assumed")]
    return offered.crossJoin(notice).select(*rest, known.alias("known_at"), assumed.alias("known_at_assumed"))


def _known_at(said: Column, starts_on: Column, notice_days: Column) -> tuple[Column, Column]:
    # a date far off breaks a rule of its own; subtracting from it must not end the run
    plausible = starts_on.between(F.lit(date(1900, 1, 1)), F.lit(date(9999, 1, 1)))
    return F.coalesce(said, F.when(plausible, F.date_sub(starts_on, notice_days))), said.isNull()
