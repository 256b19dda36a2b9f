"""Olist's files: their names and the columns that are read."""

from shelfwise.core.shop import FileSet

TIMES = (
    *("order_purchase_timestamp", "order_delivered_carrier_date", "order_delivered_customer_date"),
    "order_estimated_delivery_date",
)
COLUMNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "sales": (
        "olist_order_items_dataset",
        ("order_id", "order_item_id", "product_id", "seller_id", "price", "freight_value"),
    ),
    "items": ("olist_products_dataset", ("product_id", "product_category_name", "product_weight_g")),
    "customers": ("olist_customers_dataset", ("customer_id", "customer_unique_id", "customer_state")),
    "deliveries": ("olist_orders_dataset", ("order_id", "customer_id", "order_status", *TIMES)),
    "reviews": ("olist_order_reviews_dataset", ("review_id", "order_id", "review_score", "review_answer_timestamp")),
    "categories": ("product_category_name_translation", ("product_category_name", "product_category_name_english")),
}


def csv_files(folder: str) -> dict[str, FileSet]:
    """The files by kind. Reviews run over lines."""
    return {
        kind: FileSet(folder, f"{name}.csv*", "csv", dict.fromkeys(columns, "string"), "sources.olist.path", {"multiLine": "true"})
        for kind, (name, columns) in COLUMNS.items()
    }
