"""What each customer is shown: own items, new ones of the own kind, popular ones for newcomers."""

import pytest
from pyspark.ml import PipelineModel

from shelfwise.core.errors import JobError
from shelfwise.core.frames import local_frame
from shelfwise.features.interactions import InteractionParams, customer_item_pairs
from shelfwise.recommend.als import AlsParams, factors_of, fit_factors
from shelfwise.recommend.lists import ListParams, first_ten, recommend_items
from shelfwise.recommend.reasons import similar_bought
from tests.recommend.builders import factors, pairs
from tests.recommend.conftest import AS_OF, kind_of


@pytest.fixture(scope="module")
def shown(shop):
    frame = recommend_items(shop.model, shop.interactions, shop.items, shop.customers, params=ListParams(), as_of=AS_OF)
    found = {}
    for row in frame.orderBy("customer_id", "rank").collect():
        found.setdefault(row["customer_id"], []).append(row)
    return found


def test_everybody_gets_ranks_one_to_ten_and_no_item_twice(shown):
    """16 who bought, one who never did, and anybody."""
    assert len(shown) == 18
    for rows in shown.values():
        assert [row["rank"] for row in rows] == list(range(1, 11))
        assert len({row["item_id"] for row in rows}) == 10


def test_five_own_items_come_first_the_most_bought_before_all(shown):
    """Each customer bought the window's last item in 4 baskets, its first two in 2, the others in 1."""
    for customer in (f"c{n:02}" for n in range(16)):
        own = shown[customer][:5]
        number = int(customer[1:])
        favourite = number % 2 * 12 + (number // 2 + 7) % 12
        assert own[0]["item_id"] == f"i{favourite:02}"
        assert [row["score"] for row in own] == [4.0, 2.0, 2.0, 1.0, 1.0]
        assert {(row["model"], row["new_to_customer"]) for row in own} == {("own_most_bought", False)}


def test_what_is_called_new_has_never_been_bought_and_petrol_is_not_shown(shop, shown):
    bought = {(row["customer_id"], row["item_id"]) for row in shop.interactions.collect()}
    for customer, rows in shown.items():
        for row in rows:
            assert row["item_id"] != "petrol"
            assert row["new_to_customer"] == ((customer, row["item_id"]) not in bought)


def test_new_items_stay_within_the_own_kind_while_there_are_any(shown):
    """12 items of the own kind less 8 bought: the first four new ones are cooks' items for cooks, bakers' for bakers."""
    for customer in (f"c{n:02}" for n in range(16)):
        fresh = shown[customer][5:9]
        assert {row["model"] for row in fresh} == {"als"}
        assert {kind_of(row["item_id"]) for row in fresh} == {kind_of(customer)}


def test_who_never_bought_gets_what_most_customers_bought(shop, shown):
    """Windows of 8 over 12 items from 8 starts per kind: buyers are 7, 8 or less; the ten are those with the most."""
    goods = shop.interactions.where("item_id <> 'petrol'").groupBy("item_id").count().collect()
    most = sorted((row["count"] for row in goods), reverse=True)[:10]
    for customer in ("*", "never bought"):
        assert [row["score"] for row in shown[customer]] == most
        assert {(row["model"], row["new_to_customer"]) for row in shown[customer]} == {("popularity", True)}
    assert [row["item_id"] for row in shown["*"]] == [row["item_id"] for row in shown["never bought"]]


def test_reasons_name_facts(shown):
    """Customer c00's favourite is i07: baskets 40, 30, 20 and 10 days before 29 October; the last on the 19th."""
    assert shown["c00"][0]["reason"] == "thing 7: bought in 4 baskets, last on 2017-10-19"
    fresh = shown["c00"][5]
    assert fresh["reason"].startswith(f"thing {int(fresh['item_id'][1:])}: most like thing ")
    assert "of what was bought often (" in fresh["reason"]
    assert shown["*"][0]["reason"].endswith(": popular, bought by 8 customers")


def test_the_same_input_gives_the_same_lists(shop, shown):
    again = recommend_items(
        shop.model, shop.interactions.repartition(3), shop.items.repartition(2), shop.customers, params=ListParams(), as_of=AS_OF
    )
    assert {(r["customer_id"], r["rank"], r["item_id"], r["reason"]) for r in again.collect()} == {
        (r["customer_id"], r["rank"], r["item_id"], r["reason"]) for rows in shown.values() for r in rows
    }


def test_factors_of_other_interactions_are_refused(shop):
    """Without customer c15 the numbers belong to others: the model must be trained again."""
    fewer = customer_item_pairs(shop.sales.where("customer_id <> 'c15'"), params=InteractionParams(), as_of=AS_OF)
    with pytest.raises(JobError, match="run train_recommender"):
        recommend_items(shop.model, fewer, shop.items, shop.customers, params=ListParams(), as_of=AS_OF)


def test_a_stored_model_still_knows_its_numbering(shop, tmp_path):
    shop.model.write().save(str(tmp_path / "model"))
    factors_of(PipelineModel.load(str(tmp_path / "model")), shop.interactions)


def test_items_with_too_few_buyers_get_no_factors_unless_none_has_more(spark):
    """Item 1 has two buyers, item 2 one; asked for two: item 1; asked for five, which none has: item 1 again."""
    bought = pairs(spark, (1, 1, 1, AS_OF), (2, 1, 1, AS_OF), (1, 2, 1, AS_OF))
    for asked in (2, 5):
        als = fit_factors(bought, AlsParams(rank=2, min_customers=asked, iterations=1))
        assert [row["id"] for row in als.itemFactors.collect()] == [1]


def test_an_item_offered_twice_is_shown_once_and_by_the_first_model(spark):
    """Own: 1; als: 1, 2; popularity: 2, 3: the list is 1 (own), 2 (als), 3 (popularity)."""
    schema = "customer_index int, item_index int, score double, place int"
    offers = {
        "own_most_bought": local_frame(spark, [(0, 1, 5.0, 1)], schema),
        "als": local_frame(spark, [(0, 1, 0.9, 1), (0, 2, 0.8, 2)], schema),
        "popularity": local_frame(spark, [(0, 2, 70.0, 1), (0, 3, 60.0, 2)], schema),
    }
    rows = first_ten(offers).orderBy("rank").collect()
    assert [(row["item_index"], row["model"]) for row in rows] == [(1, "own_most_bought"), (2, "als"), (3, "popularity")]


def test_the_most_similar_item_is_the_one_with_the_smallest_angle(spark):
    """Shown 9 = (1, 1). Bought 1 = (10, 0): cosine .71; 2 = (.1, .1): cosine 1, however short; 3 has no factors."""
    bought = pairs(spark, (0, 1, 8, AS_OF), (0, 2, 3, AS_OF), (0, 3, 9, AS_OF))
    live = bought.select("item_index").distinct()
    shown = pairs(spark, (0, 9, 1, AS_OF)).select("customer_index", "item_index")
    directions = factors(spark, {9: [1.0, 1.0], 1: [10.0, 0.0], 2: [0.1, 0.1]})
    (found,) = similar_bought(shown, bought, live, directions).collect()
    assert (found["anchor_index"], found["anchor_baskets"]) == (2, 3)
