"""A planted shop, as `shelfwise simulate` lays it: the files that a shop would deliver, never the truth beside them.

Docs: docs/planted-shop.md. A brand is the maker; stock, receipts, costs and terms of supply are all there. A folder without its
shop.json is unfinished and refused.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.core.arrivals import PLANTED
from shelfwise.core.errors import SettingsError
from shelfwise.core.pseudonyms import pseudonym
from shelfwise.core.shop import FileSet, Offer
from shelfwise.sources.offering import Options, of_party, offer, options_of
from shelfwise.sources.simulated_columns import COLUMNS, TERMS
from shelfwise.sources.simulated_service import deliveries, reviews

# of every planted shop: its files of candidates and of parties have no day, and what they say holds from the start
FIRST_DAY = date(2023, 1, 2)


class SimulatedOptions(Options):
    path: str | None = None
    as_of: date | None = None


@dataclass(frozen=True)
class Simulated:
    """The shop; see core.shop.Shop."""

    name: str
    as_of: date | None
    key_file: str
    files: Mapping[str, FileSet]
    offers: Mapping[str, Mapping[str, Offer]]


def open_shop(options: dict[str, Any], key_file: str) -> Simulated:
    chosen = options_of(SimulatedOptions, "simulated", options)
    if not chosen.path:
        raise SettingsError("sources.simulated.path is not set: name the folder of a shop that 'shelfwise simulate' has laid.")
    root = chosen.path.rstrip("/")
    files = {
        kind: FileSet(f"{root}/{kind}", "*.parquet", "parquet", columns, "sources.simulated.path")
        for kind, columns in COLUMNS.items()
    }
    return Simulated("simulated", chosen.as_of or _day_of(root), key_file, files, _offers(key_file))


def _offers(key_file: str) -> dict[str, dict[str, Offer]]:
    return {
        "sales_lines": {"sales": partial(sales_lines, key_file=key_file)},
        "items": {"items": items},
        "customers": {"customers": partial(customers, key_file=key_file)},
        "locations": {"locations": locations},
        "promotions": {"promotions": promotions},
        "list_prices": {"prices": list_prices},
        "events": {"events": partial(events, key_file=key_file)},
        "stock": {"stock": stock},
        "receipts": {"receipts": receipts},
        "placed_orders": {"purchase_orders": placed_orders},
        "supplier_terms": {"terms": supplier_terms},
        "candidates": {"candidates": candidates},
        "parties": {"parties": partial(parties, key_file=key_file)},
        "invoices": {"invoices": partial(invoices, key_file=key_file)},
        "deliveries": {"deliveries": partial(deliveries, key_file=key_file)},
        "reviews": {"reviews": partial(reviews, key_file=key_file)},
    }


def _day_of(root: str) -> date | None:
    """The day that the manifest proposes; a local folder without one is unfinished. Elsewhere the day must be given."""
    if "://" in root:
        return None
    manifest = Path(root) / PLANTED
    if not manifest.is_file():
        raise SettingsError(
            f"sources.simulated.path: {root} holds no finished shop (no {PLANTED}). "
            f"Lay one: shelfwise simulate --preset tiny --out {root}"
        )
    return date.fromisoformat(json.loads(manifest.read_text(encoding="utf-8"))["as_of"])


def sales_lines(raw: Mapping[str, DataFrame], *, key_file: str) -> DataFrame:
    """One row per line; times are UTC, and so is the shop's day."""
    return offer(
        raw["sales"],
        **_same("line_id", "basket_id"),
        customer_id=pseudonym(F.col("customer_id"), key_file),
        **_same("item_id", "location_id", "sold_at"),
        sold_on=F.to_date("sold_at"),
        kind=F.when(F.col("quantity") < 0, "return").otherwise("sale"),
        **_same("quantity", "revenue", "discount"),
        coupon_discount=F.lit(0).cast("decimal(14,2)"),
    )


def items(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per listed item."""
    return offer(
        raw["items"],
        **_same("item_id", "department", "category", "subcategory"),
        maker_id=F.col("brand"),
        **_same("private_label", "description", "package_size"),
        sold_by=F.lit("each"),
    )


def customers(raw: Mapping[str, DataFrame], *, key_file: str) -> DataFrame:
    """One row per customer; of what the list says only segment and state go on."""
    attributes = F.create_map(F.lit("segment"), F.col("segment"), F.lit("state"), F.col("state"))
    return offer(raw["customers"], customer_id=pseudonym(F.col("customer_id"), key_file), attributes=attributes)


def locations(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per store, and the web warehouse."""
    return offer(raw["locations"], **_same("location_id", "kind", "country"))


def promotions(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per promotion, which is the same everywhere; its campaign is its kind."""
    return offer(
        raw["promotions"],
        item_id=F.col("item_id"),
        location_id=F.lit("*"),
        starts_on=F.col("start_on"),
        ends_on=F.col("end_on"),
        campaign_id=F.col("promotion"),
        **_same("display", "mailer"),
        coupon=F.lit(False),
        price_cut=F.col("price_cut"),
        known_at=F.col("known_on"),
    )


def list_prices(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per item and new list price, which holds everywhere."""
    return offer(
        raw["prices"],
        item_id=F.col("item_id"),
        location_id=F.lit("*"),
        starts_on=F.col("start_on"),
        price=F.col("list_price"),
        known_at=F.col("known_on"),
    )


def events(raw: Mapping[str, DataFrame], *, key_file: str) -> DataFrame:
    """One row per view or cart."""
    return offer(
        raw["events"],
        event_id=F.col("event_id"),
        customer_id=pseudonym(F.col("customer_id"), key_file),
        **_same("item_id", "kind", "happened_at", "dwell_seconds"),
    )


def stock(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per item, location and day on which its stock changed."""
    return offer(
        raw["stock"],
        **_same("item_id", "location_id"),
        counted_on=F.col("day"),
        **_same("on_hand", "on_order", "opening", "received", "sold", "damaged"),
    )


def receipts(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per order received; defective units have been sent back."""
    return offer(
        raw["receipts"],
        receipt_id=F.col("order_id"),
        item_id=F.col("item_id"),
        maker_id=F.col("brand"),
        **_same("location_id", "ordered_on", "received_on", "units_ordered", "units_received", "unit_cost"),
        **_same("order_id", "units_defective"),
    )


def placed_orders(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per order."""
    return offer(
        raw["purchase_orders"],
        **_same("order_id", "item_id", "location_id", "ordered_on", "units_ordered"),
        maker_id=F.col("brand"),
    )


def supplier_terms(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per listed item."""
    return offer(raw["terms"], **_same("item_id", *TERMS))


def candidates(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per item that is never listed; each can be ordered at once."""
    return offer(
        raw["candidates"],
        **_same("item_id", "department", "category", "subcategory"),
        maker_id=F.col("brand"),
        **_same("private_label", "description", "package_size", "list_price", *TERMS),
        available_on=F.lit(None).cast("date"),
        known_at=F.lit(FIRST_DAY),
    )


def parties(raw: Mapping[str, DataFrame], *, key_file: str) -> DataFrame:
    """One row per supplier, and per customer that is a business."""
    attributes = ("years_known", "monthly_turnover", "past_due_share", "employees")
    return offer(raw["parties"], **_party(key_file), **_same(*attributes), known_at=F.lit(FIRST_DAY))


def invoices(raw: Mapping[str, DataFrame], *, key_file: str) -> DataFrame:
    """One row per party and month in which it was billed."""
    said = ("issued_on", "due_on", "amount", "paid_on", "recovered", "recovered_on")
    whose = _party(key_file)
    return offer(raw["invoices"], **whose, number=of_party(whose["kind"], F.col("number"), key_file), **_same(*said))


def _party(key_file: str) -> dict[str, Column]:
    """By the codes that terms of supply, and sales, have."""
    kind = F.when(F.col("kind") == "business", "customer").otherwise(F.col("kind"))
    code = F.when(F.col("kind") == "business", F.format_string("C%07d", "party")).otherwise(F.format_string("S%05d", "party"))
    return {"kind": kind, "party_id": of_party(kind, code, key_file)}


def _same(*names: str) -> dict[str, Column]:
    return {name: F.col(name) for name in names}
