"""A policy replayed over past sales: by hand, and the identities of any stock account."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from shelfwise.measures.replay import Policy, fill_rate, lacking, launch_stock, recent_demand, replay, wanted


def policy(n=1, lead=1, review=1, ratio=0.9, pack=1, minimum=0, share=0.5):
    def each(value, dtype):
        return np.broadcast_to(np.asarray(value, dtype=dtype), n).copy()

    return Policy(each(lead, int), each(review, int), each(ratio, float), each(pack, int), each(minimum, int), share)


def row(*units):
    return np.array([units], dtype=float)


FROM_THE_START = np.array([0])


@pytest.fixture
def steady():
    """4 a week, nothing else: nearly Poisson, with a mean of 4 a week and 8 until the next order can arrive."""
    return replay(row(4, 4, 4, 4, 4), FROM_THE_START, policy())


def test_steady_demand_by_hand(steady):
    """Launched with two weeks' sales, 8. An order may leave .1 of running out: P(both) of independent weeks, t = .763.

    Week 1 ends with 4; of 4/5 a week (variance 3.2) two weeks exceed 4 with .106, one 0 with .309: both .080, nothing is ordered.
    Week 2 ends with none; of 8/6 (4.27) three more leave .088, two .150. Week 3 finds an empty shelf and ends with 3 on order: of
    12/7 three more leave .092, two .147. Week 4 sells the first 3 and has 3 on order: of 2 four more leave .072, three .122.
    """
    assert steady.opening.tolist() == [[0, 4, 0, 0, 0]]
    assert steady.received.tolist() == [[8, 0, 0, 3, 3]]
    assert steady.sold.tolist() == [[4, 4, 0, 3, 3]]
    assert steady.closing.tolist() == [[4, 0, 0, 0, 0]]
    assert steady.ordered.tolist() == [[0, 3, 3, 4, 0]]
    assert steady.on_order.tolist() == [[0, 3, 6, 7, 4]]


def test_the_last_week_leaves_the_decision_to_the_plan(steady):
    assert steady.ordered[0, -1] == 0 and steady.ordered[0, -2] == 4


def test_demand_without_stock_is_lost():
    """Launched with 2 + 2; week 3 asks for 30 and finds what has arrived of the first order, at most the level less 2."""
    replayed = replay(row(2, 2, 30, 0), FROM_THE_START, policy())
    assert replayed.opening[0, 2] == 0
    assert replayed.sold[0, 2] == replayed.received[0, 2] < 30
    assert replayed.closing[0, 2] == 0


def test_orders_come_in_whole_cases_of_the_policy():
    """Launch: 8 in cases of 6 is 12. Week 2 ends with 4, to which two are lacking (.067; one leaves .107): one case."""
    replayed = replay(row(4, 4, 4, 4), FROM_THE_START, policy(pack=6))
    assert replayed.received[0, 0] == 12
    assert replayed.ordered[0, :2].tolist() == [0, 6]


def test_reviews_are_counted_back_from_the_last_week():
    """Twenty weeks, a review every third: the plan's own after week 20, so before it after weeks 17, 14, and so on to 2."""
    replayed = replay(row(*[9] * 20), FROM_THE_START, policy(review=3))
    assert np.flatnonzero(replayed.ordered[0]).tolist() == [1, 4, 7, 10, 13, 16]


def test_goods_arrive_a_lead_time_after_the_review():
    """Ordered at the end of week 2 with 2 weeks of lead: there at the start of week 5."""
    replayed = replay(row(5, 5, 5, 5, 5), FROM_THE_START, policy(lead=2))
    assert replayed.received[0].tolist() == [15, 0, 0, 0, replayed.ordered[0, 1]]
    assert replayed.ordered[0, 1] > 0


def test_nothing_happens_before_an_item_is_born():
    replayed = replay(row(0, 0, 3, 3, 3, 3), np.array([2]), policy())
    assert replayed.received[0, :5].tolist() == [0, 0, 6, 0, 0]
    assert (replayed.ordered[0] > 0).tolist() == [False, False, False, True, True, False]


def test_an_item_that_stopped_selling_is_not_ordered_again():
    """After 13 weeks without a sale the mean is 0: nothing to reach for."""
    replayed = replay(row(20, *[0] * 20), FROM_THE_START, policy())
    assert replayed.ordered[0, 13:].sum() == 0


def test_launch_stock_is_the_first_weeks_sales_in_whole_cases():
    """Lead 1 + review 2: the first three weeks sold 1 + 2 + 3 = 6; weeks later don't count. In cases of 4: 8; at least 10: 12."""
    units = row(0, 1, 2, 3, 50)
    assert launch_stock(units, np.array([1]), policy(review=2)) == 6
    assert launch_stock(units, np.array([1]), policy(review=2, pack=4)) == 8
    assert launch_stock(units, np.array([1]), policy(review=2, pack=4, minimum=10)) == 12
    assert launch_stock(units, np.array([3]), policy(review=2)) == 53


def test_recent_demand_by_hand():
    """2 in twelve weeks and 15 in one: mean 39 / 13 = 3, variance (12 x 1 + 144) / 12 = 13."""
    mean, variance = recent_demand(row(*[2] * 12, 15), 12, FROM_THE_START)
    assert (mean[0], variance[0]) == (3, 13)


def test_recent_demand_looks_back_thirteen_weeks_and_never_ahead():
    """The 100 of 14 weeks ago and the 999 of next week are not seen: thirteen times 2."""
    mean, variance = recent_demand(row(100, *[2] * 13, 999), 13, FROM_THE_START)
    assert (mean[0], variance[0]) == (2, 0)


def test_four_weeks_before_the_first_sale_count():
    """Born with 5: mean 5 / 5 = 1, variance (25 - 5) / 4 = 5. With 1 a week later: 6 / 6 = 1, (26 - 6) / 5 = 4.

    From the tenth week on the window is full: ten times 13 are 130 / 13 = 10."""
    units, born = row(*[0] * 7, 5, 1), np.array([7])
    assert [value[0] for value in recent_demand(units, 7, born)] == [1, 5]
    assert [value[0] for value in recent_demand(units, 8, born)] == [1, 4]
    assert recent_demand(row(*[13] * 10), 9, FROM_THE_START)[0] == 10


def test_a_first_sale_alone_is_no_reason_for_a_second_case():
    """Launched with a case of 6, of which one is sold: of 1/5 a week 5 are more than enough."""
    assert replay(row(1, 0, 0, 0, 0), FROM_THE_START, policy(pack=6, ratio=0.99)).ordered.sum() == 0


@pytest.mark.parametrize(("ratio", "level"), [(0.45, 0), (0.7, 1), (0.87, 2), (0.9, 3), (0.93, 3), (0.95, 4)])
def test_the_level_is_the_negative_binomials_quantile(ratio, level):
    """Mean 1, variance 2: n = 1 / 1, p = 1/2, the geometric: P(D <= k) = 1 - .5^(k+1) = .5, .75, .875, .9375, .96875.

    What is ordered is there at once: nothing is lost before. With one in stock one less is lacking.
    """
    at_once = policy(lead=0, ratio=ratio)
    assert lacking(np.array([1.0]), np.array([2.0]), np.array([0.0]), at_once) == level
    assert lacking(np.array([1.0]), np.array([2.0]), np.array([1.0]), at_once) == max(level - 1, 0)


def test_too_little_variance_is_taken_as_nearly_poisson():
    """Poisson with mean 8: P(D <= 11) = .888, P(D <= 12) = .936."""
    for variance, ratio, units in ((0.0, 0.9, 12), (8.0, 0.88, 11)):
        assert lacking(np.array([8.0]), np.array([variance]), np.array([0.0]), policy(lead=0, ratio=ratio)) == units


def test_no_demand_needs_no_stock():
    two, nothing = policy(n=2, lead=0), np.zeros(2)
    assert lacking(np.array([0.0, 1.0]), np.array([0.0, 2.0]), nothing, two).tolist() == [0, 3]
    # what the lead time asks for of an empty shelf is lost, whatever is ordered
    assert lacking(np.array([0.0, 1.0]), np.array([0.0, 2.0]), nothing, policy(n=2, lead=8)).tolist() == [0, 3]


def test_an_order_that_hardly_sells_is_not_placed():
    """13 weeks sold 2 in all, so 2 of a case of 6 would sell: less than half. A case of 4 would sell half of it, and is placed."""
    units = row(*[0] * 11, 1, 1)
    assert wanted(units, 12, FROM_THE_START, np.array([0.0]), policy(pack=6)) == 0
    assert wanted(units, 12, FROM_THE_START, np.array([0.0]), policy(pack=4)) == 4
    assert wanted(units, 12, FROM_THE_START, np.array([0.0]), policy(pack=6, share=0.3)) == 6


def test_stock_is_taken_off_the_level():
    """1 a week for 8 weeks: the .99 quantile of 8 is 15; with 9 in position 6 are lacking, with 15 none."""
    units, needy = row(*[1] * 13), policy(ratio=0.99, lead=4, review=4)
    assert wanted(units, 12, FROM_THE_START, np.array([9.0]), needy) == 6
    assert wanted(units, 12, FROM_THE_START, np.array([15.0]), needy) == 0


def test_the_level_covers_lead_time_and_review_period():
    """1 a week: 1 + 1 weeks are a Poisson of 2 (.9 quantile 4), 4 + 4 weeks one of 8 (12); with so much there little is lost."""
    units = row(*[1] * 13)
    assert wanted(units, 12, FROM_THE_START, np.array([3.0]), policy()) == 1
    assert wanted(units, 12, FROM_THE_START, np.array([9.0]), policy(lead=4, review=4)) == 3


def test_an_empty_shelf_is_not_ordered_for_what_is_lost_meanwhile():
    """Nothing in position: 4 weeks' demand is lost, the 4 after it are a Poisson of 4 (.9 quantile 7), not all 8 weeks' 12."""
    units = row(*[1] * 13)
    assert wanted(units, 12, FROM_THE_START, np.array([0.0]), policy(lead=4, review=4)) == 7


def test_an_uneven_seller_needs_more():
    """0 and 8 in turn, mean 52 / 13 = 4: variance (416 - 13 * 16) / 12 = 17.3 a week, far above a steady seller's."""
    uneven, even = row(*[0, 8] * 6, 4), row(*[4] * 13)
    nothing = np.array([0.0])
    assert recent_demand(uneven, 12, FROM_THE_START)[1][0] == pytest.approx((6 * 64 + 16 - 13 * 16) / 12)
    assert wanted(uneven, 12, FROM_THE_START, nothing, policy()) > wanted(even, 12, FROM_THE_START, nothing, policy())


def test_fill_rate_is_of_the_last_thirteen_weeks():
    """The first week's failure is 14 weeks old; then 13 weeks asked for 26 and got 13."""
    asked, got = row(100, *[2] * 13), row(0, *[1] * 13)
    assert fill_rate(asked, got) == 0.5
    assert fill_rate(asked, got, weeks=14) == pytest.approx(13 / 126)


def test_no_demand_has_no_fill_rate():
    assert np.isnan(fill_rate(row(0, 0), row(0, 0))).all()


def batches(max_weeks=40):
    """Batches of items whose histories start in any week."""
    shapes = st.tuples(st.integers(1, 12), st.integers(2, max_weeks))
    return shapes.flatmap(
        lambda shape: st.tuples(
            hnp.arrays(float, shape, elements=st.integers(0, 40).map(float)),
            hnp.arrays(int, shape[0], elements=st.integers(0, shape[1] - 1)),
            st.builds(
                policy,
                n=st.just(shape[0]),
                lead=hnp.arrays(int, shape[0], elements=st.integers(0, 8)),
                review=hnp.arrays(int, shape[0], elements=st.integers(1, 4)),
                ratio=hnp.arrays(float, shape[0], elements=st.floats(0.5, 0.99)),
                pack=hnp.arrays(int, shape[0], elements=st.integers(1, 12)),
                minimum=hnp.arrays(int, shape[0], elements=st.integers(0, 20)),
            ),
        )
    ).map(lambda drawn: (drawn[0] * (np.arange(drawn[0].shape[1]) >= drawn[1][:, None]), drawn[1], drawn[2]))


@settings(deadline=None, max_examples=60)
@given(batches())
def test_every_week_adds_up(batch):
    units, born, terms = batch
    replayed = replay(units, born, terms)
    assert (replayed.opening + replayed.received - replayed.sold == replayed.closing).all()
    assert (replayed.opening[:, 1:] == replayed.closing[:, :-1]).all()
    assert (replayed.closing >= 0).all() and (replayed.sold >= 0).all() and (replayed.sold <= units).all()
    assert ((replayed.sold == units) | (replayed.closing == 0)).all()


@settings(deadline=None, max_examples=60)
@given(batches())
def test_what_is_ordered_is_received_or_on_order(batch):
    units, born, terms = batch
    replayed = replay(units, born, terms)
    launched = launch_stock(units, born, terms)
    assert (launched + replayed.ordered.sum(axis=1) == replayed.received.sum(axis=1) + replayed.on_order[:, -1]).all()
    assert (replayed.on_order >= 0).all()


@settings(deadline=None, max_examples=60)
@given(batches())
def test_orders_respect_cases_and_the_smallest_order(batch):
    units, born, terms = batch
    ordered = replay(units, born, terms).ordered
    assert (ordered % terms.pack[:, None] == 0).all()
    assert ((ordered == 0) | (ordered >= terms.minimum[:, None])).all()


@settings(deadline=None, max_examples=60)
@given(batches())
def test_the_fill_rate_is_a_share(batch):
    units, born, terms = batch
    rate = fill_rate(units, replay(units, born, terms).sold)
    assert ((rate >= 0) & (rate <= 1) | np.isnan(rate)).all()
    assert (np.isnan(rate) == (units[:, -13:].sum(axis=1) == 0)).all()


@settings(deadline=None, max_examples=40)
@given(batches(), st.integers(0, 30))
def test_what_sells_later_changes_nothing_before(batch, shift):
    """But for the launch, whose stock is what the first weeks sold."""
    units, born, terms = batch
    week = int((born + terms.lead + terms.review).max()) + shift
    other = units.copy()
    other[:, week:] += 17
    before, after = replay(units, born, terms), replay(other, born, terms)
    assert (before.closing[:, :week] == after.closing[:, :week]).all()
    assert (before.ordered[:, :week] == after.ordered[:, :week]).all()


@settings(deadline=None, max_examples=40)
@given(batches(), st.integers(1, 20))
def test_empty_weeks_before_birth_change_nothing(batch, weeks):
    units, born, terms = batch
    padded = np.hstack([np.zeros((len(units), weeks)), units])
    assert (replay(padded, born + weeks, terms).closing[:, weeks:] == replay(units, born, terms).closing).all()


@settings(deadline=None, max_examples=30)
@given(batches())
def test_items_don_t_touch_one_another(batch):
    units, born, terms = batch
    together = replay(units, born, terms)
    alone = replay(
        units[:1], born[:1], Policy(terms.lead[:1], terms.review[:1], terms.ratio[:1], terms.pack[:1], terms.minimum[:1])
    )
    assert (together.closing[:1] == alone.closing).all() and (together.on_order[:1] == alone.on_order).all()


def test_no_items_make_no_stock():
    nobody = replay(np.zeros((0, 3)), np.zeros(0, dtype=int), policy(n=0))
    assert nobody.closing.shape == (0, 3)
