"""What a shop's adapter gives: where its files are, what they look like, and how they become silver.

Core knows no shop: it finds the adapter by the name of the source and talks to this protocol.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from pyspark.sql import DataFrame

from shelfwise.core.errors import SettingsError
from shelfwise.core.settings import Settings, suggest

SOURCES = ("completejourney", "online_retail", "files", "simulated", "olist")


Offer = Callable[[Mapping[str, DataFrame]], DataFrame]

# in the order in which batches of one round are admitted: coupons before promotions, because a batch is held against
# what came before it, and shelf promotions are many
KINDS = (
    "sales",
    "items",
    "customers",
    "locations",
    "coupons",
    "campaigns",
    "campaign_customers",
    "promotions",
    "events",
    "stock",
    "receipts",
    "prices",
    "terms",
    "purchase_orders",
    "candidates",
    "parties",
    "invoices",
    "outside_series",
    "deliveries",
    "reviews",
    "categories",
)


@dataclass(frozen=True)
class FileSet:
    """The files of one kind, such as sales.

    `setting` is what a user corrects when the folder is wrong.
    `columns` maps each column that must be there to its Spark type (CSV and JSON: always string; '*': any).
    `keep` filters rows while landing (a sample); it gets the raw frame, and `kept` says in words what it leaves.
    `shipped` files come with an installed package on local disk. An installation gives them other paths and times, so that they
    are known by their content.
    """

    folder: str
    pattern: str
    format: str
    columns: Mapping[str, str]
    setting: str
    options: Mapping[str, str] = field(default_factory=dict)
    keep: Callable[[DataFrame], DataFrame] | None = None
    kept: str = "all rows"
    shipped: bool = False


class Shop(Protocol):
    """One shop. `offers` says for each silver table (by its short name) which kinds of files bring rows, and how.

    `offers["items"]["sales"]` is a pure function that a new batch of sales starts: it gets the bronze frames by kind
    (of `sales` the batch alone, of the others all that has landed; a kind that the shop lacks is absent) and gives rows
    for admission: the table's columns, `_batch`, `_file`, `_ingested_at`, `raw` (JSON of the row as it came) and `broken`.
    """

    name: str
    as_of: date | None
    files: Mapping[str, FileSet]
    key_file: str
    offers: Mapping[str, Mapping[str, Offer]]


def open_shop(settings: Settings) -> Shop:
    """The adapter named by the settings, with its options."""
    if settings.source not in SOURCES:
        raise SettingsError(f"source '{settings.source}' is unknown.{suggest(settings.source, SOURCES)}")
    for name in settings.sources:
        if name not in SOURCES:
            raise SettingsError(f"settings name a source '{name}' that does not exist.{suggest(name, SOURCES)}")
    module = importlib.import_module(f"shelfwise.sources.{settings.source}")
    options: dict[str, Any] = dict(settings.sources.get(settings.source, {}))
    shop: Shop = module.open_shop(options, key_file=settings.pseudonyms.key_file)
    return shop
