"""What to show to whom."""

from shelfwise.contracts.features import AS_OF
from shelfwise.core.table import Table, optional, required

RECOMMENDATIONS = Table(
    name="gold.recommendations",
    doc="Each customer's ten best items; customer '*' is anybody without a history. One row per as_of, customer and rank.",
    key=("as_of", "customer_id", "rank"),
    schema=AS_OF
    | {
        "customer_id": required("string", "pseudonym; '*' for anybody without a history"),
        "rank": required("int", "1 is best"),
        "item_id": required("string", "what to show"),
        "probability": required("double", "that a customer who comes in the next 28 days buys it then"),
        "expected_units": required("double", "probability x units of one purchase"),
        "expected_margin": optional("double", "money: expected units x (list price - cost); null where no cost is known"),
        "model": required("string", "ranker (of all that is known), content (young items), popularity (for whom nothing is known)"),
        "propensity": required("double", "with which it came to be shown: 1 but for last places, which may be drawn by lot"),
        "new_to_customer": required("boolean", "the customer has not bought it before"),
        "because_item_id": optional("string", "the item bought before that is most like a new one; null where none is"),
        "reason": required("string", "one sentence"),
    },
    checks={
        "rank_is_one_to_ten": "rank BETWEEN 1 AND 10",
        "probability_is_one": "probability BETWEEN 0 AND 1",
        "propensity_is_one": "propensity > 0 AND propensity <= 1",
    },
    slice="as_of",
)

RECOMMENDER_ACCURACY = Table(
    name="gold.recommender_accuracy",
    doc="How good ranked lists were on the last weeks before as_of, held out. One row per as_of, model and target.",
    key=("as_of", "model", "target"),
    schema=AS_OF
    | {
        "model": required("string", "als, popularity, own_most_bought; ranker; lists: the ranker's, half own items, half new ones"),
        "target": required("string", "all items, or items new to the customer"),
        "split_on": required("date", "last day known to the models"),
        "customers": required("long", "customers judged"),
        "ndcg_10": required("double", "normalised discounted cumulative gain at 10, binary relevance"),
        "map_10": required("double", "mean average precision at 10"),
        "precision_10": required("double", "share of the ten that were bought"),
        "recall_10": required("double", "share of what was bought that was in the ten"),
        "coverage": required("double", "share of sold items that appear in any list"),
        "novelty": required("double", "mean -log2(share of customers who bought the item)"),
        "calibration": optional("double", "pairs of the lists that were bought / sum of their probabilities; null without these"),
    },
    slice="as_of",
)

SIMILAR_ITEMS = Table(
    name="gold.similar_items",
    doc="Which goods on sale are most like each good that is on sale or has never sold yet. One row per as_of, item and rank.",
    key=("as_of", "item_id", "rank"),
    schema=AS_OF
    | {
        "item_id": required("string", "the item that a customer looks at"),
        "rank": required("int", "1 is most alike"),
        "similar_item_id": required("string", "what to show beside it; bought within the last weeks"),
        "similarity": required(
            "double", "above 0, at most 1: cosine of customers, shrunken, or of words; comparable within a basis"
        ),
        "basis": required("string", "bought_together, or content: alike by description, where too little is bought together"),
        "common_customers": required("long", "known customers who bought both; 0, not counted, where the basis is content"),
        "reason": required("string", "one sentence"),
    },
    checks={
        "rank_is_one_to_ten": "rank BETWEEN 1 AND 10",
        "similarity_is_a_share": "similarity > 0 AND similarity <= 1",
        "basis_is_known": "basis IN ('bought_together', 'content')",
        "another_item": "item_id <> similar_item_id",
    },
    slice="as_of",
)
