"""Typed, deduplicated, conformed: the same tables whatever the shop."""

from shelfwise.core.table import Table, optional, required

MONEY = "decimal(14,2)"


def plausible(*days: str) -> dict[str, str]:
    """A day of another century is a slip, and a plan without an end would be spread over all its weeks."""
    return {f"{day}_is_plausible": f"{day} BETWEEN DATE'1990-01-01' AND DATE'2100-01-01'" for day in days}


def ahead(day: str) -> dict[str, str]:
    """The same of what may have begun at any time: price lists often hold since 1900."""
    return {f"{day}_is_plausible": f"{day} <= DATE'2100-01-01'"}


SALES_LINES = Table(
    name="silver.sales_lines",
    doc="What was sold, returned or charged. One row per line of a receipt.",
    key=("line_id",),
    schema={
        "line_id": required("string", "unique id of the line"),
        "basket_id": required("string", "the receipt or order"),
        "customer_id": optional("string", "pseudonym; null where the shop does not know the customer"),
        "item_id": required("string", "what was sold"),
        "location_id": required("string", "where it was sold"),
        "sold_at": required("timestamp", "UTC"),
        "sold_on": required("date", "the shop's own calendar day"),
        "kind": required("string", "sale, return (negative), or charge (postage, fees: no item of the assortment)"),
        "quantity": required("decimal(14,3)", "each, or a measure (grams, litres): see silver.items.sold_by; negative for returns"),
        "revenue": required(MONEY, "what the shop received, in its currency; negative for returns"),
        "discount": required(MONEY, "price cuts and loyalty discounts granted, positive"),
        "coupon_discount": required(MONEY, "discounts by coupon, positive"),
    },
    checks={
        "kind_is_known": "kind IN ('sale', 'return', 'charge')",
        **plausible("sold_on"),
        "sale_has_quantity": "kind <> 'sale' OR quantity > 0",
        "return_is_negative": "kind <> 'return' OR quantity < 0",
        "quantity_is_plausible": "abs(quantity) <= 1000000",
        "revenue_is_plausible": "abs(revenue) <= 10000000",
        "discount_is_not_negative": "discount >= 0 AND coupon_discount >= 0",
    },
    happened="sold_on",
)

ITEMS = Table(
    name="silver.items",
    doc="What the shop sells. One row per item.",
    key=("item_id",),
    schema={
        "item_id": required("string", "the shop's own code"),
        "department": required("string", "first level of the category path; UNKNOWN where the shop does not say"),
        "category": required("string", "second level of the category path; UNKNOWN where the shop does not say"),
        "subcategory": required("string", "third level of the category path; UNKNOWN where the shop does not say"),
        "maker_id": required("string", "brand or supplier; UNKNOWN where the shop does not say"),
        "private_label": optional("boolean", "the shop's own brand"),
        "description": optional("string", "text for people"),
        "package_size": optional("string", "as the shop writes it"),
        "sold_by": required("string", "each; measure (weighed, poured: no count of units); service (nothing to stock); unknown"),
    },
    checks={"sold_by_is_known": "sold_by IN ('each', 'measure', 'service', 'unknown')"},
)

CUSTOMERS = Table(
    name="silver.customers",
    doc="Who buys, as a pseudonym. One row per customer.",
    key=("customer_id",),
    schema={
        "customer_id": required("string", "pseudonym: HMAC-SHA-256 of the shop's id"),
        "attributes": required("map<string,string>", "what the shop knows of the segment (age band, income band, country)"),
    },
)

LOCATIONS = Table(
    name="silver.locations",
    doc="Where the shop sells from. One row per shop, warehouse or web site.",
    key=("location_id",),
    schema={
        "location_id": required("string", "the shop's own code"),
        "kind": required("string", "store or web"),
        "country": required("string", "ISO 3166 code, whose holidays count"),
    },
)

PROMOTIONS = Table(
    name="silver.promotions",
    doc="Planned displays, mailers, price cuts and coupons. One row per item, location, first day and campaign.",
    key=("item_id", "location_id", "starts_on", "campaign_id"),
    schema={
        "item_id": required("string", "what is promoted"),
        "location_id": required("string", "where; '*' is everywhere"),
        "starts_on": required("date", "first day"),
        "ends_on": required("date", "last day"),
        "campaign_id": required("string", "the campaign; '' for a promotion on the shelf"),
        "display": required("boolean", "shown on a display"),
        "mailer": required("boolean", "shown in the mailer"),
        "coupon": required("boolean", "a coupon applies"),
        "price_cut": optional("double", "planned discount as a share of the price; null where not known"),
        "known_at": required("date", "when the plan was known"),
        "known_at_assumed": required("boolean", "true where the notice period is an assumption"),
    },
    checks={
        "ends_after_start": "ends_on >= starts_on",
        **plausible("starts_on", "ends_on"),
        "price_cut_is_a_share": "price_cut IS NULL OR price_cut BETWEEN 0 AND 1",
    },
    known="known_at",
)

CAMPAIGNS = Table(
    name="silver.campaigns",
    doc="Campaigns and how many customers they address. One row per campaign.",
    key=("campaign_id",),
    schema={
        "campaign_id": required("string", "the shop's own code"),
        "kind": required("string", "the shop's own type"),
        "starts_on": required("date", "first day"),
        "ends_on": required("date", "last day"),
        "customers": optional("long", "customers addressed; null where not known"),
        "known_at": required("date", "when the plan was known"),
        "known_at_assumed": required("boolean", "true where the notice period is an assumption"),
    },
    checks={"ends_after_start": "ends_on >= starts_on", **plausible("starts_on", "ends_on")},
    known="known_at",
)

LIST_PRICES = Table(
    name="silver.list_prices",
    doc="Planned list prices. One row per item, location and first day.",
    key=("item_id", "location_id", "starts_on"),
    schema={
        "item_id": required("string", "what is priced"),
        "location_id": required("string", "where; '*' is everywhere"),
        "starts_on": required("date", "first day of the price"),
        "price": required(MONEY, "per unit"),
        "known_at": required("date", "when the plan was known"),
    },
    checks={"price_is_positive": "price > 0", **ahead("starts_on")},
    known="known_at",
)

EVENTS = Table(
    name="silver.events",
    doc="What customers looked at. One row per event.",
    key=("event_id",),
    schema={
        "event_id": required("string", "unique id"),
        "customer_id": optional("string", "pseudonym"),
        "item_id": required("string", "what was looked at"),
        "kind": required("string", "view, cart, click"),
        "happened_at": required("timestamp", "UTC"),
        "dwell_seconds": optional("double", "seconds looked at"),
    },
    checks={"kind_is_known": "kind IN ('view', 'cart', 'click')", **plausible("happened_at")},
    happened="happened_at",
)

STOCK = Table(
    name="silver.stock",
    doc="Counted stock. One row per item, location and day of count.",
    key=("item_id", "location_id", "counted_on"),
    schema={
        "item_id": required("string", "what was counted"),
        "location_id": required("string", "where"),
        "counted_on": required("date", "at the end of this day"),
        "on_hand": required("long", "units"),
        "on_order": required("long", "units ordered and not received"),
        "opening": optional("long", "units at the start of the day; this and the flows where the shop keeps a ledger, else null"),
        "received": optional("long", "units received on the day"),
        "sold": optional("long", "units sold on the day"),
        "damaged": optional("long", "units broken, spoilt or lost on the day"),
    },
    checks={
        **plausible("counted_on"),
        "stock_is_not_negative": "on_hand >= 0 AND on_order >= 0",
        "flows_reconcile": "opening IS NULL OR opening + received - sold - damaged <=> on_hand",
    },
    happened="counted_on",
)

RECEIPTS = Table(
    name="silver.receipts",
    doc="Goods received. One row per line of a delivery.",
    key=("receipt_id",),
    schema={
        "receipt_id": required("string", "unique id of the line"),
        "item_id": required("string", "what was received"),
        "maker_id": required("string", "who delivered"),
        "location_id": required("string", "where"),
        "ordered_on": required("date", "day of the order"),
        "received_on": required("date", "day of receipt"),
        "units_ordered": required("long", "units"),
        "units_received": required("long", "units"),
        "unit_cost": optional(MONEY, "per unit"),
        "order_id": optional("string", "the placed order that it answers; null where the shop does not say"),
        "units_defective": optional("long", "units that came and could not be taken, not among those received; null: not told"),
    },
    checks={
        **plausible("ordered_on", "received_on"),
        "received_after_order": "received_on >= ordered_on",
        "units_are_not_negative": "units_ordered >= 0 AND units_received >= 0 AND coalesce(units_defective, 0) >= 0",
    },
    happened="received_on",
)

PLACED_ORDERS = Table(
    name="silver.placed_orders",
    doc="Orders placed with suppliers; those without a receipt are open. One row per order line.",
    key=("order_id",),
    schema={
        "order_id": required("string", "unique id of the line, which its receipts name"),
        "item_id": required("string", "what was ordered"),
        "maker_id": required("string", "whose it is"),
        "location_id": required("string", "where to"),
        "ordered_on": required("date", "day of the order"),
        "units_ordered": required("long", "units"),
    },
    checks={"units_are_not_negative": "units_ordered >= 0", **plausible("ordered_on")},
    happened="ordered_on",
)

SUPPLIER_TERMS = Table(
    name="silver.supplier_terms",
    doc="On what terms an item can be bought. One row per item.",
    key=("item_id",),
    schema={
        "item_id": required("string", "what is bought"),
        "supplier_id": optional("string", "from whom; null where it is the maker"),
        "unit_cost": optional(MONEY, "list cost per unit"),
        "case_pack": optional("int", "units per case"),
        "minimum_units": optional("int", "smallest order, units"),
        "lead_time_days": optional("int", "agreed days from order to receipt"),
        "review_days": optional("int", "days between chances to order"),
        "shelf_life_days": optional("int", "days that a unit can be sold after receipt"),
    },
    checks={
        "cost_is_not_negative": "unit_cost IS NULL OR unit_cost >= 0",
        "pack_is_positive": "case_pack IS NULL OR case_pack > 0",
        "terms_are_not_negative": "coalesce(minimum_units, 0) >= 0 AND coalesce(lead_time_days, 0) >= 0",
        "review_is_positive": "review_days IS NULL OR review_days > 0",
    },
)

CANDIDATES = Table(
    name="silver.candidates",
    doc="What suppliers propose and the shop does not list: items, also of new makers and new categories. One row per item.",
    key=("item_id",),
    schema={
        "item_id": required("string", "the shop's or the supplier's code; the same once the item is listed"),
        "department": required("string", "first level of the category path; UNKNOWN where it is not said"),
        "category": required("string", "second level; may be one that the shop does not have"),
        "subcategory": required("string", "third level; UNKNOWN where it is not said"),
        "maker_id": required("string", "brand or supplier; may be one that the shop does not have; UNKNOWN where it is not said"),
        "private_label": optional("boolean", "would be the shop's own brand"),
        "description": optional("string", "text for people"),
        "package_size": optional("string", "as the supplier writes it"),
        "list_price": optional(MONEY, "proposed shelf price per unit; null: that of the nearest listed items is assumed"),
        "supplier_id": optional("string", "from whom; null where it is the maker"),
        "unit_cost": optional(MONEY, "offered cost per unit; null: assumed"),
        "case_pack": optional("int", "units per case; null: assumed"),
        "minimum_units": optional("int", "smallest order, units; null: assumed"),
        "lead_time_days": optional("int", "agreed days from order to receipt; null: assumed"),
        "review_days": optional("int", "days between chances to order; null: assumed"),
        "shelf_life_days": optional("int", "days that a unit can be sold after receipt"),
        "available_on": optional("date", "first day on which it can be ordered; null: at once"),
        "known_at": required("date", "when it was proposed"),
    },
    checks={
        "price_is_positive": "list_price IS NULL OR list_price > 0",
        "cost_is_not_negative": "unit_cost IS NULL OR unit_cost >= 0",
        "pack_is_positive": "case_pack IS NULL OR case_pack > 0",
        "terms_are_not_negative": "coalesce(minimum_units, 0) >= 0 AND coalesce(lead_time_days, 0) >= 0",
        "review_is_positive": "review_days IS NULL OR review_days > 0",
    },
    known="known_at",
)

OUTSIDE_SERIES = Table(
    name="silver.outside_series",
    doc=(
        "What moves demand and is not the shop's: prices of fuel, search counts, a weather forecast."
        " One row per series, category, day from which a value holds, and day on which it became known."
    ),
    key=("series", "category", "starts_on", "known_at"),
    schema={
        "series": required("string", "its name"),
        "category": required("string", "whose demand it may move; '*': every category's"),
        "starts_on": required("date", "first day on which the value holds; it does until the series' next one"),
        "value": required(
            "double",
            "above zero, in a unit whose ratios tell something (kelvin, no degrees): it counts by its ratio to the weeks before",
        ),
        "known_at": required("date", "when it was published; a later row of the same day corrects an earlier one from then on"),
    },
    checks={"value_is_positive": "value > 0 AND value < double('Infinity')", **ahead("starts_on")},
    known="known_at",
)

ASSUMPTIONS = Table(
    name="silver.assumptions",
    doc="What the shop's data lack and is assumed instead. One row per scope and name.",
    key=("scope", "name"),
    schema={
        "scope": required("string", "'*', 'department:X', 'category:X', 'maker:X' or 'item:X'; the narrowest wins"),
        "name": required("string", "lead_time_days, review_days, unit_cost_share, …"),
        "value": required("double", "in the unit beside it"),
        "unit": required("string", "unit of the value"),
        "reason": required("string", "why this value"),
    },
)
