"""What came, as it came: the columns of the shop's own files beside the batch that brought them."""

from shelfwise.core.table import BATCH_COLUMNS, Table


def _raw(kind: str, what: str) -> Table:
    return Table(
        name=f"bronze.{kind}",
        doc=f"{what} as the shop delivered them, in its own columns. One row per row of the shop's files.",
        key=("_batch", "_file"),
        schema=BATCH_COLUMNS,
        slice="_batch",
        personal=True,
        open=True,
    )


SALES = _raw("sales", "Sales lines")
ITEMS = _raw("items", "Items")
CUSTOMERS = _raw("customers", "Customers")
LOCATIONS = _raw("locations", "Shops and warehouses")
PROMOTIONS = _raw("promotions", "Displays, mailers and price cuts by item and place")
CAMPAIGNS = _raw("campaigns", "Campaigns")
CAMPAIGN_CUSTOMERS = _raw("campaign_customers", "Who was addressed by which campaign")
COUPONS = _raw("coupons", "Coupons and the items that they apply to")
EVENTS = _raw("events", "Views, carts and clicks")
STOCK = _raw("stock", "Stock counts")
RECEIPTS = _raw("receipts", "Goods received from suppliers")
PRICES = _raw("prices", "List prices")
TERMS = _raw("terms", "Terms of supply")
PURCHASE_ORDERS = _raw("purchase_orders", "Orders placed with suppliers")
CANDIDATES = _raw("candidates", "Items proposed and not listed yet")
PARTIES = _raw("parties", "Suppliers and customers on invoice")
INVOICES = _raw("invoices", "Invoices and how they were paid")
OUTSIDE_SERIES = _raw("outside_series", "Series from outside the shop")
DELIVERIES = _raw("deliveries", "Parcels to customers, or the orders that they are of")
REVIEWS = _raw("reviews", "Reviews, with their free text")
CATEGORIES = _raw("categories", "Names of categories")
