"""The ten orders of docs/decisions/0014-ten-orders-by-hand.md."""

from typing import NamedTuple

import pytest

from shelfwise.measures.met_demand import met_demand
from shelfwise.measures.newsvendor import (
    ARRAYS,
    demand_line,
    expected_left_over,
    fewer_cases,
    order_up_to,
    pays,
    stock_out_probability,
    whole_cases,
)
from tests.measures.demands import LEVELS


class Order(NamedTuple):
    """Quantiles of demand over lead time + review, the lead time, and weeks that bring about as much as the review period."""

    item: str
    cover: list[float]
    lead: list[float]
    alike: list[float]
    means: tuple[float, float, float]  # of these
    position: int  # units on hand and on order
    ratio: float
    cases: tuple[int, int]  # units per case, smallest order
    level: int
    units: int
    risk: float
    left_over: float


ORDERS = [
    Order(
        "1029743",
        [220, 325, 361, 417, 485, 553, 628, 681, 797],
        [130, 218, 255, 298, 346, 410, 471, 516, 637],
        [49, 96, 115, 146, 180, 213, 258, 300, 377],
        (476.098269, 336.903908, 169.410625),
        486,
        0.988846224,
        (6, 6),
        730,
        246,
        0.010489,
        247.9892,
    ),
    Order(
        "1082185",
        [249, 415, 485, 566, 656, 775, 890, 974, 1201],
        [96, 185, 222, 280, 344, 406, 493, 573, 719],
        [96, 185, 222, 280, 344, 406, 493, 573, 719],
        (638.073999, 324.704314, 324.704314),
        417,
        0.849823322,
        (10, 10),
        816,
        400,
        0.148559,
        172.8935,
    ),
    Order(
        "829323",
        [1, 3, 5, 9, 14, 20, 27, 33, 46],
        [0, 0, 1, 2, 4, 7, 11, 13, 19],
        [1, 3, 5, 9, 14, 20, 27, 33, 46],
        (14.881903, 4.763394, 14.881903),
        0,
        0.848062448,
        (10, 10),
        16,
        20,
        0.068195,
        9.9926,
    ),
    Order(
        "914190",
        [34, 73, 112, 161, 220, 285, 364, 439, 640],
        [14, 42, 64, 97, 139, 182, 242, 288, 433],
        [7, 24, 40, 66, 100, 142, 197, 237, 344],
        (236.213841, 146.832857, 106.13532),
        233,
        0.988876929,
        (6, 6),
        501,
        270,
        0.010521,
        276.7288,
    ),
    Order(
        "1013928",
        [2, 4, 6, 10, 15, 21, 28, 33, 46],
        [0, 2, 4, 6, 10, 15, 20, 24, 34],
        [0, 0, 1, 3, 5, 8, 12, 15, 22],
        (16.078096, 10.801323, 5.446437),
        18,
        0.99,
        (3, 3),
        37,
        18,
        0.011546,
        20.3763,
    ),
    Order(
        "1106523",
        [153, 226, 252, 292, 339, 387, 440, 478, 559],
        [90, 152, 179, 209, 243, 288, 332, 363, 449],
        [34, 68, 82, 104, 128, 152, 185, 215, 270],
        (333.134235, 236.680885, 120.776954),
        321,
        0.988966778,
        (6, 6),
        503,
        180,
        0.011337,
        164.1025,
    ),
    Order(
        "844179",
        [15, 45, 68, 104, 148, 195, 258, 307, 462],
        [2, 10, 17, 28, 43, 62, 86, 104, 151],
        [15, 45, 68, 104, 148, 195, 258, 307, 462],
        (156.732424, 46.137639, 156.732424),
        150,
        0.835538752,
        (6, 6),
        230,
        78,
        0.169113,
        80.958,
    ),
    Order(
        "12810391",
        [0, 2, 3, 5, 8, 12, 17, 20, 28],
        [0, 0, 1, 2, 4, 7, 10, 12, 18],
        [0, 0, 1, 2, 4, 7, 10, 12, 18],
        (8.870328, 4.525267, 4.525267),
        6,
        0.834846912,
        (6, 6),
        13,
        6,
        0.18139,
        4.3208,
    ),
    Order(
        "1066641",
        [0, 0, 0, 1, 2, 4, 6, 7, 12],
        [0, 0, 0, 0, 1, 3, 4, 6, 9],
        [0, 0, 0, 0, 0, 1, 3, 4, 6],
        (2.507989, 1.676478, 0.85288),
        9,
        0.99,
        (3, 3),
        11,
        3,
        0.002536,
        9.2492,
    ),
    Order(
        "1002558",
        [13, 23, 26, 31, 37, 44, 51, 56, 67],
        [6, 13, 16, 20, 24, 29, 35, 38, 49],
        [1, 5, 7, 10, 13, 16, 20, 23, 30],
        (36.689767, 23.209036, 11.767063),
        48,
        0.988846224,
        (6, 6),
        66,
        18,
        0.007904,
        28.2123,
    ),
]


@pytest.mark.parametrize("order", ORDERS, ids=[order.item for order in ORDERS])
def test_an_order_by_hand(order):
    of_cover, of_lead, of_alike = order.means
    scale = (of_cover - of_lead) / of_alike
    cover, lead = demand_line(LEVELS, order.cover), demand_line(LEVELS, order.lead)
    review = demand_line(LEVELS, [scale * units for units in order.alike])
    met = met_demand(cover, lead, review, float(order.position), ARRAYS)
    level = order_up_to(met, order.ratio)
    more = whole_cases(level - order.position, *order.cases)
    less = fewer_cases(more, *order.cases)
    units = more if pays(met, order.position + less, more - less, order.ratio) else less
    assert (level, units) == (order.level, order.units)
    assert level < order_up_to(cover, order.ratio)
    assert stock_out_probability(met, order.position + units) == pytest.approx(order.risk, abs=1e-5)
    assert expected_left_over(met, order.position + units) == pytest.approx(order.left_over, abs=1e-3)
