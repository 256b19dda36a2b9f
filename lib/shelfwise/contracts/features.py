"""What is known of items, customers and weeks at the end of `as_of`."""

from shelfwise.core.table import Table, optional, required

AS_OF = {"as_of": required("date", "what was known at the end of this day")}

CALENDAR = Table(
    name="features.calendar",
    doc=(
        "Days with week and holidays, first sale to 14 weeks after as_of. One row per as_of, country that had sold 14 weeks before"
        " and day."
    ),
    key=("as_of", "country", "day"),
    schema=AS_OF
    | {
        "country": required("string", "ISO 3166 code"),
        "share": required(
            "double", "the country's share of the lines sold up to 14 weeks before the day, at first of the first week's"
        ),
        "day": required("date", "calendar day"),
        "week": required("date", "Monday of the day's week"),
        "weekday": required("int", "1 Monday to 7 Sunday"),
        "holiday": optional("string", "name of the public holiday; null on other days"),
        "days_to_holiday": required("int", "days until the next public holiday; 0 on one"),
    },
    slice="as_of",
)

OUTSIDE_WEEK = Table(
    name="features.outside_week",
    doc=(
        "How series from outside the shop stand to their last 13 weeks, each week as known at its end; empty where there are none."
        " One row per as_of, category that they concern and week."
    ),
    key=("as_of", "category", "week"),
    schema=AS_OF
    | {
        "category": required("string", "of items"),
        "week": required("date", "Monday of the week"),
        "outside_trend": required("double", "mean of the last 4 weeks / of the last 13"),
        "outside_ahead": required("array<double>", "each of the next 13 weeks, as foretold by then / mean of the last 13"),
        "series": required("array<string>", "which series; their ratios' geometric mean is told"),
    },
    checks={"all_weeks_are_told": "size(outside_ahead) = 13", "week_is_a_monday": "weekday(week) = 0"},
    slice="as_of",
)

ITEM_WEEK = Table(
    name="features.item_week",
    doc=(
        "The chain-level panel of items sold by the each: every week from an item's first sale to as_of, as known at its end."
        " One row per as_of, item and week."
    ),
    key=("as_of", "item_id", "week"),
    schema=AS_OF
    | {
        "item_id": required("string", "the item"),
        "week": required("date", "Monday of the week"),
        "department": required("string", "of the item"),
        "category": required("string", "of the item"),
        "maker_id": required("string", "of the item"),
        "units": required("double", "demanded in the week: sold, or would have sold (see features.latent_demand)"),
        "sold_units": required("double", "sold in the week, returns not deducted"),
        "demand_basis": required("string", "what units rest on: stock, gap or sales"),
        "revenue": required("double", "received for what sold"),
        "shelf_price": required("double", "mean price before discounts; carried on from the last selling week where nothing sold"),
        "price_imputed": required("boolean", "true where nothing sold, so that no price was seen"),
        "price_to_own": required("double", "shelf price / mean of the item's own last 13 weeks"),
        "price_to_category": required("double", "shelf price / mean of the category's items in the week"),
        "discount_share": required("double", "discounts / revenue before them, this week; 0 where nothing sold"),
        "display_share": required("double", "share of promoting locations that show it on a display"),
        "mailer_share": required("double", "share of promoting locations that show it in the mailer"),
        "coupon": required("boolean", "a coupon applied"),
        "age_weeks": required("int", "weeks since the first sale; 0 in its week"),
        "weeks_since_sale": required("int", "weeks since it last sold, or would have by counted stock; 0 if it did this week"),
        "lag_1": optional("double", "units one week before; null before the first sale"),
        "lag_2": optional("double", "units two weeks before"),
        "lag_3": optional("double", "units three weeks before"),
        "mean_4": required("double", "mean weekly units of the last 4 weeks (of those since launch)"),
        "mean_13": required("double", "of the last 13 weeks"),
        "mean_26": required("double", "of the last 26 weeks"),
        "sd_13": required("double", "standard deviation of weekly units, last 13 weeks; 0 with one week"),
        "selling_share_13": required("double", "share of the last 13 weeks with demand"),
        "mean_promoted": optional("double", "mean weekly units of the last 26 weeks with a display or mailer"),
        "mean_unpromoted": optional("double", "mean weekly units of the last 26 weeks without"),
        "promoted_share_26": required("double", "share of the last 26 weeks with a display or mailer"),
        "weeks_since_promotion": optional("int", "weeks since the last one with a display or mailer; null before the first"),
        "category_units": required("double", "units of the whole category in the week"),
        "category_items": required("long", "items of the category on sale so far"),
        "category_mean_4": required("double", "mean weekly units of the category, last 4 weeks"),
        "category_mean_13": required("double", "mean weekly units of the category, last 13 weeks"),
        "maker_mean_4": required("double", "mean weekly units of the maker, last 4 weeks"),
        "maker_mean_13": required("double", "mean weekly units of the maker, last 13 weeks"),
        "department_mean_4": required("double", "mean weekly units of the department, last 4 weeks"),
        "department_mean_13": required("double", "mean weekly units of the department, last 13 weeks"),
        "shop_mean_4": required("double", "mean weekly units of the whole shop, last 4 weeks"),
        "shop_mean_13": required("double", "mean weekly units of the whole shop, last 13 weeks"),
        "outside_trend": optional("double", "outside series of the category, last 4 weeks / last 13; null where there are none"),
        "outside_ahead": optional("array<double>", "each of the next 13 weeks, as foretold by then / last 13"),
        "category_season_ahead": optional(
            "array<double>",
            "each of the next 13 weeks: the category's units around the one a year before / its level then; null: none, too young",
        ),
        "season_ahead": optional("array<double>", "the same of the item, drawn towards the category's where it sold little"),
    },
    checks={"units_are_not_negative": "units >= 0", "week_is_a_monday": "weekday(week) = 0"},
    slice="as_of",
)

LATENT_DEMAND = Table(
    name="features.latent_demand",
    doc=(
        "What would have sold had the item been there all week, each week as known at its end: sales where nothing was missing."
        " One row per as_of, item and week from its first sale."
    ),
    key=("as_of", "item_id", "week"),
    schema=AS_OF
    | {
        "item_id": required("string", "the item"),
        "week": required("date", "Monday of the week"),
        "sold": required("double", "units sold, returns not deducted"),
        "units": required("double", "units that would have sold"),
        "basis": required("string", "stock: of counted shelves; gap: a steady seller likely not there; sales: as sold"),
        "uncertain": required("boolean", "true where units are an estimate"),
        "open_share": optional("double", "share of its shelves' days that ended with stock, weighed by rate; null: not counted"),
        "gap_probability": optional(
            "double", "of so long a run of weeks without a sale by chance; null: it sold, or is no steady seller"
        ),
    },
    checks={
        "basis_is_known": "basis IN ('stock', 'gap', 'sales')",
        "no_less_than_sold": "units >= sold - 0.000001",
        "week_is_a_monday": "weekday(week) = 0",
    },
    slice="as_of",
)

EARLIER = "array<struct<known_at:date,display_share:double,mailer_share:double,price_cut:double,coupon:boolean>>"

PROMOTION_WEEK = Table(
    name="features.promotion_week",
    doc="Promotions by week, past and planned, as known at as_of. One row per as_of, item and week with a promotion.",
    key=("as_of", "item_id", "week"),
    schema=AS_OF
    | {
        "item_id": required("string", "the item"),
        "category": optional("string", "of the item; null where the item is not known"),
        "week": required("date", "Monday of the week"),
        "display_share": required(
            "double", "share of the locations that promote anything, as known at known_at, that show it on a display"
        ),
        "mailer_share": required("double", "share of these that show it in the mailer"),
        "price_cut": optional(
            "double", "planned discount as a share of the price, mean over these locations; null where none is on record"
        ),
        "coupon": required("boolean", "a coupon applies"),
        "known_at": required("date", "when the last part of the week's plan was known"),
        "earlier": optional(EARLIER, "what was known before, by known_at; null where the plan became known on one day"),
    },
    slice="as_of",
)

ITEM_LOCATION_WEEK = Table(
    name="features.item_location_week",
    doc=(
        "Weekly sales of items that sold in at least 26 weeks at a location, from the first sale there to as_of."
        " One row per as_of, item, location and week."
    ),
    key=("as_of", "item_id", "location_id", "week"),
    schema=AS_OF
    | {
        "item_id": required("string", "the item"),
        "location_id": required("string", "the location"),
        "week": required("date", "Monday of the week"),
        "units": required("double", "sold in the week"),
        "mean_4": required("double", "mean weekly units of the last 4 weeks"),
        "mean_13": required("double", "mean weekly units of the last 13 weeks"),
    },
    slice="as_of",
)

ITEM_PROFILE = Table(
    name="features.item_profile",
    doc="Each item's life so far. One row per as_of and item that has sold.",
    key=("as_of", "item_id"),
    schema=AS_OF
    | {
        "item_id": required("string", "the item"),
        "first_sold_on": required("date", "first sale"),
        "last_sold_on": required("date", "last sale"),
        "selling_weeks": required("int", "weeks with a sale"),
        "baskets": required("long", "baskets that held it"),
        "customers": required("long", "known customers who bought it"),
        "repeat_share": required("double", "share of its customers who bought it in two baskets or more"),
        "units": required("double", "sold so far, in its own measure"),
        "revenue": required("double", "received for them"),
        "unit_price": optional("double", "mean price before discounts over the last 13 weeks with sales, else ever"),
    },
    slice="as_of",
)

CUSTOMER_PROFILE = Table(
    name="features.customer_profile",
    doc="Recency, frequency and spend. One row per as_of and customer who has bought.",
    key=("as_of", "customer_id"),
    schema=AS_OF
    | {
        "customer_id": required("string", "pseudonym"),
        "first_bought_on": required("date", "first basket"),
        "last_bought_on": required("date", "last basket"),
        "baskets": required("long", "baskets so far"),
        "items": required("long", "different items so far"),
        "revenue": required("double", "spent so far"),
        "days_between_baskets": optional("double", "mean days from one basket day to the next; null with one day"),
        "discount_share": required("double", "discounts / revenue before them"),
        "favourite_category": optional("string", "category of goods with the highest spend"),
    },
    slice="as_of",
)

INTERACTIONS = Table(
    name="features.interactions",
    doc="Who bought or looked at what, how often, when last and how strongly. One row per as_of, customer and item.",
    key=("as_of", "customer_id", "item_id"),
    schema=AS_OF
    | {
        "customer_id": required("string", "pseudonym"),
        "item_id": required("string", "the item"),
        "customer_index": required("int", "dense number for matrix models, valid within this as_of"),
        "item_index": required("int", "dense number for matrix models, valid within this as_of"),
        "baskets": required("long", "baskets of the customer that held the item; 0 where only looked at"),
        "units": required("double", "bought so far; 0 where only looked at"),
        "first_bought_on": optional("date", "first purchase; null where only looked at"),
        "last_bought_on": optional("date", "last purchase; null where only looked at"),
        "views": required("long", "times that the customer looked at it"),
        "clicks": required("long", "times that the customer clicked on it where it was shown"),
        "carts": required("long", "times that the customer put it in a cart"),
        "dwell_seconds": required("double", "seconds looked at, of the events that say so"),
        "last_met_on": required("date", "last purchase or event"),
        "strength": required("double", "baskets and events so far, weighed by kind and age; a basket of as_of itself counts 1"),
    },
    checks={
        "bought_or_looked_at": "baskets + views + clicks + carts > 0",
        "what_was_bought_has_days": "(baskets > 0) = (first_bought_on IS NOT NULL AND last_bought_on IS NOT NULL)",
    },
    slice="as_of",
)
