"""A YAML mapping at work: SQL expressions over a user's own columns become the columns of silver tables.

A value that can't be read as the column's type breaks the rule `<column>_is_no_<type>` and its row goes to quarantine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyspark.errors import AnalysisException, ParseException
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts import credit, service, silver
from shelfwise.core.errors import SettingsError
from shelfwise.core.pseudonyms import pseudonym
from shelfwise.core.table import BATCH_COLUMNS, Table
from shelfwise.sources.offering import UNKNOWN, intact, missing_from, of_party, offer


@dataclass(frozen=True)
class Known:
    """The silver table that a kind of files fills, and the columns that a mapping must give."""

    contract: Table
    needed: tuple[str, ...]

    @property
    def table(self) -> str:
        return self.contract.name.partition(".")[2]

    @property
    def columns(self) -> list[str]:
        return self.contract.columns


@dataclass(frozen=True)
class Place:
    """Where a mapping stands and what holds for all its rows."""

    kind: str
    zone: str  # in which the files' times without an offset are read
    calendar: str  # whose days are the shop's days
    country: str
    key_file: str
    file: str


KNOWN: dict[str, Known] = {
    "sales": Known(silver.SALES_LINES, ("basket_id", "item_id", "sold_at", "quantity", "revenue")),
    "items": Known(silver.ITEMS, ("item_id",)),
    "customers": Known(silver.CUSTOMERS, ("customer_id",)),
    "locations": Known(silver.LOCATIONS, ("location_id",)),
    "promotions": Known(silver.PROMOTIONS, ("item_id", "starts_on", "ends_on")),
    "campaigns": Known(silver.CAMPAIGNS, ("campaign_id", "starts_on", "ends_on")),
    "prices": Known(silver.LIST_PRICES, ("item_id", "starts_on", "price")),
    "events": Known(silver.EVENTS, ("event_id", "item_id", "kind", "happened_at")),
    "stock": Known(silver.STOCK, ("item_id", "counted_on", "on_hand")),
    "receipts": Known(
        silver.RECEIPTS, ("receipt_id", "item_id", "maker_id", "ordered_on", "received_on", "units_ordered", "units_received")
    ),
    "terms": Known(silver.SUPPLIER_TERMS, ("item_id",)),
    "candidates": Known(silver.CANDIDATES, ("item_id", "category", "known_at")),
    "outside_series": Known(silver.OUTSIDE_SERIES, ("series", "starts_on", "value", "known_at")),
    "deliveries": Known(service.DELIVERIES, ("delivery_id", "ordered_on", "promised_on")),
    "reviews": Known(service.REVIEWS, ("review_id", "rating", "written_on")),
    "purchase_orders": Known(silver.PLACED_ORDERS, ("order_id", "item_id", "maker_id", "ordered_on", "units_ordered")),
    "parties": Known(credit.PARTIES, ("kind", "party_id")),
    "invoices": Known(credit.INVOICES, ("kind", "party_id", "number", "issued_on", "due_on", "amount")),
}
EVERYWHERE = "'*'"
HERE = "'main'"
NO_ATTRIBUTES = "CAST(map() AS map<string,string>)"
FALLBACKS: dict[str, dict[str, str]] = {
    "sales": {"location_id": HERE, "discount": "0", "coupon_discount": "0"},
    "items": dict.fromkeys(("department", "category", "subcategory", "maker_id"), f"'{UNKNOWN}'") | {"sold_by": "'each'"},
    "customers": {"attributes": NO_ATTRIBUTES},
    "locations": {"kind": "'store'"},
    "promotions": {"location_id": EVERYWHERE, "campaign_id": "''", "display": "false", "mailer": "false", "coupon": "false"},
    "campaigns": {"kind": "''"},
    "prices": {"location_id": EVERYWHERE},
    "events": {},
    "stock": {"location_id": HERE, "on_order": "0"},
    "receipts": {"location_id": HERE},
    "terms": {},
    "candidates": dict.fromkeys(("department", "subcategory", "maker_id"), f"'{UNKNOWN}'"),
    "purchase_orders": {"location_id": HERE},
    "outside_series": {"category": EVERYWHERE},
    "parties": {"known_at": "DATE'1990-01-01'"},  # of old; the first day that is plausible
    "invoices": {},
    "deliveries": {"cancelled": "false", "items": "1"},
    "reviews": {},
}


def mapped(raw: Mapping[str, DataFrame], *, columns: Mapping[str, str], numbers: Sequence[str], place: Place) -> DataFrame:
    """One row per row of the files, in the silver columns of their kind.

    `columns` are expressions; the file's columns named in `numbers` count as numbers in them, and text there breaks a rule.
    """
    frame, schema = raw[place.kind], KNOWN[place.kind].contract.schema
    texts = {name: _with_numbers(text, numbers) for name, text in _completed(columns, place, frame).items()}
    _refuse_unresolved(frame, texts, place)
    wrong = {f"{name}_is_no_number": F.col(f"`{name}`").isNotNull() & F.expr(_number(name)).isNull() for name in numbers}
    made = {}
    for name, text in texts.items():
        told, type = F.expr(text), schema[name].type
        read = told.cast(type) if type.startswith("map") else told.try_cast(type)
        wrong |= {} if type.startswith("map") else {f"{name}_is_no_{type.partition('(')[0]}": told.isNotNull() & read.isNull()}
        made[name] = _placed(name, type, read, place)
    if place.kind == "sales":
        made = _sales_defaults(made, place) | made
    if place.kind in ("parties", "invoices"):
        made |= {name: of_party(made["kind"], made[name], place.key_file) for name in ("party_id", "number") if name in made}
    return offer(frame, wrong, **{name: made[name] for name in KNOWN[place.kind].columns if name in made})


def sold_only(raw: Mapping[str, DataFrame], *, kind: str, key: str, listed_key: str | None, place: Place) -> DataFrame:
    """One row per item, customer or location that sales name and its own list (where there is one) does not."""
    _refuse_unresolved(raw["sales"], {key: key}, place)
    sold = intact(raw["sales"]).select(F.expr(key).cast("string").alias("id"), *BATCH_COLUMNS)
    listed = raw[kind].select(F.expr(listed_key).cast("string").alias("id")) if listed_key else None
    found = missing_from(sold, listed, "id")
    schema = KNOWN[kind].contract.schema
    texts = dict.fromkeys(schema, "NULL") | FALLBACKS[kind] | {"country": f"'{place.country}'"}
    if kind == "items" and listed_key:
        texts["sold_by"] = "'unknown'"  # a list that lacks an item says nothing of how it is sold
    values = {name: F.expr(texts[name]).cast(schema[name].type) for name in schema}
    own = KNOWN[kind].needed[0]
    return offer(found, None, **(values | {own: _placed(own, "string", F.col("id"), place)}))


def _completed(columns: Mapping[str, str], place: Place, frame: DataFrame) -> dict[str, str]:
    """Every silver column's expression: the mapping's, else what stands for 'the shop does not say'."""
    left_out = {"known_at_assumed"} | ({"kind", "sold_on"} - set(columns) if place.kind == "sales" else set())
    fallbacks = dict.fromkeys(KNOWN[place.kind].columns, "NULL") | FALLBACKS[place.kind]
    if place.kind == "locations":
        fallbacks["country"] = f"'{place.country}'"
    if place.kind == "prices":
        fallbacks["known_at"] = columns["starts_on"]  # a price is known at the latest when it holds
    if place.kind == "deliveries" and "delivered_at" in columns:
        fallbacks["delivered_on"] = f"to_date({columns['delivered_at']})"
    if place.kind == "sales" and "line_id" not in columns:
        # without the customer's id: a hash that anybody can compute would give it away
        hidden = columns.get("customer_id", "")
        own = [f"`{name}`" for name in frame.columns if name not in BATCH_COLUMNS and f"`{name}`" not in hidden]
        fallbacks["line_id"] = f"substring(sha2(to_json(struct({', '.join(own)})), 256), 1, 32)"
    return {name: text for name, text in (fallbacks | dict(columns)).items() if name not in left_out}


def _placed(name: str, type: str, read: Column, place: Place) -> Column:
    """Ids of persons become pseudonyms, local times UTC."""
    if name == "customer_id":
        return pseudonym(read, place.key_file)
    return F.to_utc_timestamp(read, place.zone) if type == "timestamp" else read


def _sales_defaults(made: Mapping[str, Column], place: Place) -> dict[str, Column]:
    """The shop's day from the time, and the kind from the sign, where the mapping says neither."""
    day = F.to_date(F.from_utc_timestamp(made["sold_at"], place.calendar))
    return {"sold_on": day, "kind": F.when(made["quantity"] < 0, "return").otherwise("sale")}


def _with_numbers(text: str, numbers: Sequence[str]) -> str:
    for name in numbers:
        text = text.replace(f"`{name}`", _number(name))
    return text


def _number(name: str) -> str:
    return f"try_cast(`{name}` AS decimal(18,4))"


def _refuse_unresolved(frame: DataFrame, texts: Mapping[str, str], place: Place) -> None:
    for name, text in texts.items():
        try:
            frame.select(F.expr(text))
        except (AnalysisException, ParseException) as error:
            problem = str(error).splitlines()[0]
            raise SettingsError(f"{place.file}: kinds.{place.kind}.columns.{name} = {text}: {problem}") from None
