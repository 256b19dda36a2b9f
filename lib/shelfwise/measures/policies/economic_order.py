"""How much to order at a time where demand is steady and known?

Setting up an order costs `fixed`, holding a unit for a year `holding`, demand is `rate` units a year, supply is instant: the
economic order quantity sqrt(2 fixed rate / holding) (Harris 1913), with planned backorders, and with the two kinds of quantity
discount (Hadley & Whitin, *Analysis of Inventory Systems*, ch. 2; Nahmias, *Production and Operations Analysis*, ch. 4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, sqrt


@dataclass(frozen=True)
class Order:
    """`quantity` units at a time; `cost` a year, the goods' own price in it only where prices differ by quantity."""

    quantity: float
    cost: float
    backordered: float = 0.0  # the share of demand that waits


def economic_order(rate: float, fixed: float, holding: float) -> Order:
    _refuse_below_zero(rate=rate, fixed=fixed, holding=holding)
    return Order(sqrt(2 * fixed * rate / holding), sqrt(2 * fixed * rate * holding))


def with_backorders(rate: float, fixed: float, holding: float, waiting: float) -> Order:
    """A unit that is owed for a year costs `waiting`: the share holding / (holding + waiting) of demand waits."""
    _refuse_below_zero(rate=rate, fixed=fixed, holding=holding, waiting=waiting)
    plain, served = economic_order(rate, fixed, holding), waiting / (holding + waiting)
    return Order(plain.quantity / sqrt(served), plain.cost * sqrt(served), 1 - served)


def with_discount(rate: float, fixed: float, interest: float, least: Sequence[float], prices: Sequence[float]) -> Order:
    """All units have the price of the order's size: `prices[i]` from `least[i]` on; a unit's year costs interest x price."""
    _refuse_odd_prices(least, prices)
    found = []
    for start, end, price in zip(least, [*least[1:], inf], prices, strict=True):
        quantity = max(economic_order(rate, fixed, interest * price).quantity, start)
        if quantity < end:
            found.append(Order(quantity, rate * price + fixed * rate / quantity + interest * price * quantity / 2))
    return min(found, key=lambda order: (order.cost, order.quantity))


def with_incremental_discount(rate: float, fixed: float, interest: float, least: Sequence[float], prices: Sequence[float]) -> Order:
    """Only units beyond `least[i]` have `prices[i]`: what the first units cost more acts like a larger fixed cost."""
    _refuse_odd_prices(least, prices)
    found, extra = [], 0.0
    for step, (start, end, price) in enumerate(zip(least, [*least[1:], inf], prices, strict=True)):
        extra += start * (prices[step - 1] - price) if step else 0.0
        quantity = economic_order(rate, fixed + extra, interest * price).quantity
        if start <= quantity < end:
            held = interest * (extra + price * quantity) / 2
            found.append(Order(quantity, rate * price + (fixed + extra) * rate / quantity + held))
    return min(found, key=lambda order: (order.cost, order.quantity))


def _refuse_below_zero(**given: float) -> None:
    if wrong := [name for name, value in given.items() if not value > 0]:
        raise ValueError(f"{', '.join(wrong)} must be above zero.")


def _refuse_odd_prices(least: Sequence[float], prices: Sequence[float]) -> None:
    if len(least) != len(prices) or not least or least[0] != 0:
        raise ValueError("Each price needs the order from which it holds, the first one from 0 on.")
    if any(a >= b for a, b in pairwise(least)) or any(a <= b for a, b in pairwise(prices)):
        raise ValueError("Larger orders must have lower prices: sizes ascend, prices descend.")
