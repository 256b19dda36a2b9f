"""What each customer is shown: own items, new ones of the own kind, popular ones for newcomers."""

from datetime import timedelta
from decimal import Decimal

import pytest
from pyspark.ml import PipelineModel

from shelfwise.contracts.gold.inventory import INVENTORY_PLAN
from shelfwise.contracts.gold.recommend import RECOMMENDATIONS
from shelfwise.core.errors import JobError
from shelfwise.core.frames import local_frame
from shelfwise.features.interactions import InteractionParams, customer_item_pairs
from shelfwise.recommend.als import AlsParams, factors_of, fit_factors
from shelfwise.recommend.candidates import live_items
from shelfwise.recommend.lists import ListParams, recommend_items
from shelfwise.recommend.models.ease import EaseParams
from shelfwise.recommend.ranker.model import own_and_new
from shelfwise.recommend.reasons import similar_bought, with_reasons
from tests.recommend.builders import factors, items, pairs, rows_of
from tests.recommend.conftest import AS_OF, FACTORS, kind_of

PARAMS = ListParams(als=FACTORS, ease=EaseParams(penalty=1.0))


def lists_of(shop, interactions, items, plan=()):
    spark = shop.sales.sparkSession
    return recommend_items(
        shop.model,
        shop.ranker,
        shop.sales,
        interactions,
        items,
        shop.customers,
        shop.promotions,
        shop.events,
        rows_of(spark, INVENTORY_PLAN, plan),
        params=PARAMS,
        as_of=AS_OF,
    )


@pytest.fixture(scope="module")
def shown(shop):
    found = {}
    for row in lists_of(shop, shop.interactions, shop.items).orderBy("customer_id", "rank").collect():
        found.setdefault(row["customer_id"], []).append(row)
    return found


def test_everybody_gets_ranks_one_to_ten_and_no_item_twice(shown):
    """16 who bought, one who never did, and anybody."""
    assert len(shown) == 18
    for rows in shown.values():
        assert [row["rank"] for row in rows] == list(range(1, 11))
        assert len({row["item_id"] for row in rows}) == 10
        assert list(rows[0].asDict()) == RECOMMENDATIONS.columns


def test_five_own_items_come_first_the_likeliest_before_all(shop, shown):
    """Of 8 items bought 40 days ago, the first two were bought again 4 days ago, the last one every 10 days."""
    for customer in (f"c{n:02}" for n in range(16)):
        own, new = shown[customer][:5], shown[customer][5:]
        assert {(row["model"], row["new_to_customer"]) for row in own} == {("ranker", False)}
        assert {(row["model"], row["new_to_customer"]) for row in new} == {("ranker", True)}
        for rows in (own, new):
            chances = [row["probability"] for row in rows]
            assert chances == sorted(chances, reverse=True)
        assert own[0]["probability"] > new[0]["probability"]


def test_what_is_called_new_has_never_been_bought_and_petrol_is_not_shown(shop, shown):
    bought = {(row["customer_id"], row["item_id"]) for row in shop.interactions.where("baskets > 0").collect()}
    for customer, rows in shown.items():
        for row in rows:
            assert row["item_id"] != "petrol"
            assert row["new_to_customer"] == ((customer, row["item_id"]) not in bought)


def test_new_items_stay_within_the_own_kind_while_there_are_any(shop):
    """12 items of the own kind less 8 bought: what the factors find nearest are four of cooks for cooks, of bakers for bakers.

    Nobody ever bought a new item in the lessons, so that the ranker itself can't tell them apart.
    """
    day = AS_OF - timedelta(days=28)
    numbers = shop.interactions.select("customer_id", "item_id", "customer_index", "item_index")
    customers, items = (numbers.select(f"{side}_id", f"{side}_index").distinct() for side in ("customer", "item"))
    nearest = shop.lessons.where("NOT own AND als_place <= 4").join(customers, "customer_index").join(items, "item_index")
    rows = nearest.collect()
    assert {row["day"] for row in rows} == {day}
    assert len(rows) == 16 * 4
    assert all(kind_of(row["item_id"]) == kind_of(row["customer_id"]) for row in rows)


def test_who_never_bought_gets_what_most_customers_bought_of_late(shop, shown):
    """Of the 16 who came in the last 28 days; items that nobody bought then have no chance, and follow by their buyers."""
    since = AS_OF - timedelta(days=28)
    lines = [row for row in shop.sales.collect() if row["sold_on"] > since and row["item_id"] != "petrol"]
    buyers = {item: len({row["customer_id"] for row in lines if row["item_id"] == item}) for item in {r["item_id"] for r in lines}}
    most = sorted((count / 16 for count in buyers.values()), reverse=True)[:10]
    for customer in ("*", "never bought"):
        assert [row["probability"] for row in shown[customer]] == pytest.approx(most)
        assert {(row["model"], row["new_to_customer"]) for row in shown[customer]} == {("popularity", True)}
    assert [row["item_id"] for row in shown["*"]] == [row["item_id"] for row in shown["never bought"]]


def test_what_is_sold_out_is_shown_to_nobody_and_a_margin_is_told_where_a_cost_is_known(shop):
    """No unit of i07, favourite of c00; of i00 enough, at 2.00 a unit above its cost, one unit a basket."""
    usual = {"on_order": 0, "order_units": 0, "unit_price": Decimal(5), "unit_cost": Decimal(3)}
    plan = [usual | {"item_id": "i07", "on_hand": 0}, usual | {"item_id": "i00", "on_hand": 1000}]
    rows = lists_of(shop, shop.interactions, shop.items, plan).collect()
    assert "i07" not in {row["item_id"] for row in rows}
    assert {row["customer_id"] for row in rows} >= {"c00", "*", "never bought"}
    margins = {row["item_id"] for row in rows if row["expected_margin"] is not None}
    assert margins == {"i00"}
    for row in rows:
        assert row["expected_units"] == pytest.approx(row["probability"])
        assert row["expected_margin"] in (None, pytest.approx(2 * row["probability"]))


def test_reasons_name_facts(shown):
    """Customer c00's favourite is i07: baskets 40, 30, 20 and 10 days before 29 October; the last on the 19th."""
    reasons = {row["item_id"]: row["reason"] for row in shown["c00"] if not row["new_to_customer"]}
    assert reasons["i07"] == "thing 7: bought in 4 baskets, last on 2017-10-19"
    fresh = shown["c00"][5]
    number = int(fresh["because_item_id"][1:])
    assert fresh["reason"].startswith(f"thing {int(fresh['item_id'][1:])}: most like thing {number} of what was bought often (")
    assert shown["c00"][0]["because_item_id"] is None
    assert ": popular, bought by " in shown["*"][0]["reason"]


def test_a_young_item_is_said_to_be_new(spark):
    """Item 9 has one buyer; customer 1, who bought item 7, is shown it by its words, though factors would explain it too."""
    bought = pairs(spark, (1, 7, 4, AS_OF), (2, 9, 1, AS_OF))
    listed = local_frame(spark, [(1, 9, False, "content")], "customer_index int, item_index int, own boolean, model string")
    described = items(spark, {"item_id": "i9", "description": "a novelty"})
    directions = factors(spark, {7: [1.0, 0.0], 9: [1.0, 0.0]})
    live = live_items(bought, as_of=AS_OF, live_days=56)
    (row,) = with_reasons(listed, bought, live, described, directions).collect()
    assert row["reason"] == "a novelty: new here, and described like what was bought before; bought by 1 customer so far"


def test_the_same_input_gives_the_same_lists(shop, shown):
    again = lists_of(shop, shop.interactions.repartition(3), shop.items.repartition(2))
    assert {(r["customer_id"], r["rank"], r["item_id"], r["probability"], r["reason"]) for r in again.collect()} == {
        (r["customer_id"], r["rank"], r["item_id"], r["probability"], r["reason"]) for rows in shown.values() for r in rows
    }


def test_factors_of_other_interactions_are_refused(shop):
    """Without customer c15 the numbers belong to others: the model must be trained again."""
    sales = shop.sales.where("customer_id <> 'c15'")
    fewer = customer_item_pairs(sales, shop.events, params=InteractionParams(), as_of=AS_OF)
    with pytest.raises(JobError, match="run train_recommender"):
        lists_of(shop, fewer, shop.items)


def test_a_stored_model_still_knows_its_numbering(shop, tmp_path):
    shop.model.write().save(str(tmp_path / "model"))
    factors_of(PipelineModel.load(str(tmp_path / "model")), shop.interactions)


def test_items_with_too_few_buyers_get_no_factors_unless_none_has_more(spark):
    """Item 1 has two buyers, item 2 one; asked for two: item 1; asked for five, which none has: item 1 again."""
    bought = pairs(spark, (1, 1, 1, AS_OF), (2, 1, 1, AS_OF), (1, 2, 1, AS_OF))
    for asked in (2, 5):
        als = fit_factors(bought, AlsParams(rank=2, min_customers=asked, iterations=1))
        assert [row["id"] for row in als.itemFactors.collect()] == [1]


def test_half_of_a_list_is_own_and_more_of_it_where_new_ones_are_too_few(spark):
    """By chance: own 1, new 2, own 3, own 4. Two own and one new: 1, 3, 2; four in all: 1, 3, 2 and then 4, which is own too."""
    schema = "customer_index int, item_index int, own boolean, probability double, place int"
    chances = local_frame(spark, [(0, 1, True, 0.9, 1), (0, 2, False, 0.5, 2), (0, 3, True, 0.4, 3), (0, 4, True, 0.1, 4)], schema)
    for length, wanted in ((3, [1, 3, 2]), (4, [1, 3, 2, 4])):
        rows = own_and_new(chances, 2, length).orderBy("place").collect()
        assert [(row["place"], row["item_index"]) for row in rows] == list(enumerate(wanted, 1))


def test_the_most_similar_item_is_the_one_with_the_smallest_angle(spark):
    """Shown 9 = (1, 1). Bought 1 = (10, 0): cosine .71; 2 = (.1, .1): cosine 1, however short; 3 has no factors."""
    bought = pairs(spark, (0, 1, 8, AS_OF), (0, 2, 3, AS_OF), (0, 3, 9, AS_OF))
    live = bought.select("item_index").distinct()
    shown = pairs(spark, (0, 9, 1, AS_OF)).select("customer_index", "item_index")
    directions = factors(spark, {9: [1.0, 1.0], 1: [10.0, 0.0], 2: [0.1, 0.1]})
    (found,) = similar_bought(shown, bought, live, directions).collect()
    assert (found["anchor_index"], found["anchor_baskets"]) == (2, 3)
