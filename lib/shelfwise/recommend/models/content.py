"""Which words describe an item, and which does a customer take? TF-IDF, so that items which nobody has taken yet are ranked too.

A token is a fact of one field: a level of the category path, the maker, the band of the price within the category, the package
size, or a word of the description. In an item's vector it weighs the field's weight times log((1 + items) / (1 + items that have
it)) (Spärck Jones 1972; smoothed as in MLlib), scaled to length 1. A customer's vector is the mean of those of what was taken,
weighed by strength: a score is the mean cosine to it (Pazzani & Billsus 2007). Chinese and Japanese have no spaces: there each pair
of neighbouring characters is a word.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.core.kept import cut
from shelfwise.measures.exact import exact_sum
from shelfwise.measures.pairs import number_ids
from shelfwise.recommend.models.taken import histories
from shelfwise.recommend.vectors import Vectors, gathered, products

SPACELESS = r"\p{IsHan}\p{IsHiragana}\p{IsKatakana}"
# pattern and group: letters apart from digits; pairs of characters without spaces, which overlap; such a character alone
WORDS = (
    (rf"[\p{{L}}\p{{M}}&&[^{SPACELESS}]]+", 0),
    (r"\p{N}+", 0),
    (rf"(?=([{SPACELESS}]{{2}}))", 1),
    (rf"(?<![{SPACELESS}])[{SPACELESS}](?![{SPACELESS}])", 0),
)


class ContentParams(Params):
    """Weights of fields, beside what rarity says: a field of weight 0 is left out."""

    department: float = 0.5  # half of all items share it: its rarity is next to nothing anyway
    category: float = 1.0
    subcategory: float = 1.5  # what the item is: the shelf at which a customer stands
    maker: float = 1.0
    price: float = 0.5  # a taste for the dear or the cheap, across categories
    package_size: float = 0.5  # rare sizes are rare for their spelling
    words: float = 0.5  # each; descriptions mostly repeat shelf and size, and there are several
    common: float = 1.0  # share of items from which a token is left out: it says little, and gives all of them something in common
    bands: int = 4  # of the price: quarters of the category's items
    tokens: int = 300  # of a customer, the weightiest
    buckets: int = 64  # tasks that may number tokens at the same time


def content(taken: DataFrame, described: DataFrame, params: ContentParams) -> Vectors:
    """All items of `described` (as of item_vectors), also those that nobody took, and who took any of them."""
    items = cut(item_vectors(described, params))
    return Vectors(_customers(taken, items, params.tokens), items)


def item_vectors(described: DataFrame, params: ContentParams) -> DataFrame:
    """id, indices, values of length 1; no row for an item of which nothing is known that tells it from any other.

    `described`: item_index, unit_price (null: not known), and the columns of silver.items.
    """
    banded = described.withColumn("band", _band(params.bands))
    facts = cut(banded.select("item_index", F.explode(_tokens(params)).alias("fact")).select("item_index", "fact.*"))
    entries = facts.join(_vocabulary(facts, described, params), "token", "inner")
    raw = gathered(entries, "item_index", "token_index", "value")
    length = F.sqrt(F.aggregate("values", F.lit(0.0), lambda total, value: total + value.cast("double") ** 2))
    return raw.select("id", "indices", F.transform("values", lambda value: (value / length).cast("float")).alias("values"))


def words(text: Column) -> Column:
    """The different words of a text, lower-cased; none of a null."""
    low = F.lower(F.coalesce(text, F.lit("")))
    return F.array_distinct(F.concat(*[F.regexp_extract_all(low, F.lit(pattern), group) for pattern, group in WORDS]))


def _tokens(params: ContentParams) -> Column:
    """An array of structs: token (null fields have none), and the weight of its field."""
    category, subcategory = _known("category"), _known("subcategory")
    shelf = F.when(subcategory.isNotNull(), F.concat_ws(" / ", category, subcategory))
    fields = {
        "department": (_known("department"), params.department),
        "category": (category, params.category),
        "shelf": (shelf, params.subcategory),
        "maker": (_known("maker_id"), params.maker),
        "price": (F.col("band").cast("string"), params.price),
        "size": (_known("package_size"), params.package_size),
    }
    whole = F.array(*[_token(field, value, weight) for field, (value, weight) in fields.items()])
    said = F.transform(words(F.col("description")), lambda word: _token("word", word, params.words))
    return F.filter(F.concat(whole, said), lambda fact: fact["token"].isNotNull() & (fact["weight"] > 0))


def _token(field: str, value: Column, weight: float) -> Column:
    return F.struct(F.concat(F.lit(f"{field}: "), value).alias("token"), F.lit(weight).alias("weight"))


def _known(name: str) -> Column:
    told = F.lower(F.trim(name))
    return F.when(~told.isin("", "unknown"), told)


def _band(bands: int) -> Column:
    """0 for the cheapest share of the category's priced items; equal prices lie in one band, a lone item in the middle one."""
    priced = Window.partitionBy("category", F.col("unit_price").isNull())
    by_price = priced.orderBy("unit_price")
    below = (F.rank().over(by_price) - 1) / F.count(F.lit(1)).over(priced)
    middle = (below + F.cume_dist().over(by_price)) / 2
    return F.when(F.col("unit_price").isNotNull(), F.floor(middle * bands))


def _vocabulary(facts: DataFrame, described: DataFrame, params: ContentParams) -> DataFrame:
    """One row per token that some items have and others lack: token_index, and its value before scaling."""
    counted = facts.groupBy("token").agg(F.count(F.lit(1)).alias("items"), F.max("weight").alias("weight"))
    size = described.agg(F.count(F.lit(1)).alias("all_items"))
    rarity = F.log((1 + F.col("all_items")) / (1 + F.col("items")))
    valued = counted.crossJoin(F.broadcast(size)).withColumn("value", F.col("weight") * rarity)  # one row
    numbers = number_ids(facts, "token", "token_index", params.buckets)
    telling = valued.where((F.col("value") > 0) & (F.col("items") <= params.common * F.col("all_items")))
    return telling.join(numbers, "token", "inner").select("token", "token_index", "value")


def _customers(taken: DataFrame, items: DataFrame, most: int) -> DataFrame:
    known = taken.join(items.select(F.col("id").alias("item_index")), "item_index", "left_semi")
    entries = items.select("id", F.explode(F.arrays_zip("indices", "values")).alias("entry")).select("id", "entry.*")
    summed = products(Vectors(histories(known), gathered(entries, "indices", "id", "values")))
    order = Window.partitionBy("customer_index").orderBy(F.desc("score"), "item_index")
    weightiest = summed.withColumn("place", F.row_number().over(order)).where(F.col("place") <= most)
    total = known.groupBy("customer_index").agg(exact_sum(F.col("strength")).alias("total"))
    mean = weightiest.join(total, "customer_index", "inner").withColumn("mean", F.col("score") / F.col("total"))
    return gathered(mean, "customer_index", "item_index", "mean")
