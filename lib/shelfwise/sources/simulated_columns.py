"""Which columns do a planted shop's files have?"""

TERMS = {"supplier_id": "string", "unit_cost": "decimal(14,2)"} | dict.fromkeys(
    ("case_pack", "minimum_units", "lead_time_days", "review_days", "shelf_life_days"), "bigint"
)
LISTING = dict.fromkeys(("item_id", "department", "category", "subcategory", "brand", "description", "package_size"), "string") | {
    "private_label": "boolean"
}
COLUMNS: dict[str, dict[str, str]] = {
    "sales": dict.fromkeys(("line_id", "basket_id", "customer_id", "item_id", "location_id"), "string")
    | {"sold_at": "timestamp", "quantity": "int", "revenue": "decimal(14,2)", "discount": "decimal(14,2)"},
    "items": LISTING,
    "customers": dict.fromkeys(("customer_id", "segment", "city", "state"), "string"),
    "locations": dict.fromkeys(("location_id", "kind", "country"), "string"),
    "promotions": {"item_id": "string", "start_on": "date", "end_on": "date", "promotion": "string"}
    | {"price_cut": "double", "display": "boolean", "mailer": "boolean", "known_on": "date"},
    "events": dict.fromkeys(("event_id", "session_id", "customer_id", "item_id", "kind"), "string")
    | {"happened_at": "timestamp", "dwell_seconds": "double"},
    "stock": {"item_id": "string", "location_id": "string", "day": "date"}
    | dict.fromkeys(("opening", "received", "sold", "damaged", "on_hand", "on_order"), "bigint"),
    "receipts": dict.fromkeys(("order_id", "item_id", "brand", "location_id"), "string")
    | {"ordered_on": "date", "received_on": "date"}
    | dict.fromkeys(("units_ordered", "units_received", "units_defective"), "bigint")
    | {"unit_cost": "decimal(14,2)"},
    "purchase_orders": dict.fromkeys(("order_id", "item_id", "brand", "location_id"), "string")
    | {"ordered_on": "date", "units_ordered": "bigint"},
    "prices": {"item_id": "string", "start_on": "date", "list_price": "decimal(14,2)", "known_on": "date"},
    "terms": {"item_id": "string"} | TERMS,
    "parties": {"kind": "string", "party": "bigint", "employees": "bigint"}
    | dict.fromkeys(("years_known", "monthly_turnover", "past_due_share"), "double"),
    "invoices": {"kind": "string", "party": "bigint", "number": "bigint"}
    | dict.fromkeys(("amount", "recovered"), "decimal(14,2)")
    | dict.fromkeys(("issued_on", "due_on", "paid_on", "recovered_on"), "date"),
    "candidates": LISTING | TERMS | {"list_price": "decimal(14,2)"},
    "deliveries": {"customer_id": "string", "day": "date", "carrier": "string", "cost": "decimal(14,2)"}
    | dict.fromkeys(("shipped_at", "promised_at", "delivered_at"), "timestamp"),
    "reviews": {"customer_id": "string", "item_id": "string", "bought_on": "date", "day": "date", "rating": "bigint"},
}
