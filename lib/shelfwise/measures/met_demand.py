"""How much of demand until the next order can arrive can still be met, where a customer who finds an empty shelf does not wait?

With y on hand and on order, demand D_L over the lead time and D_R over the review period after it, what y and an order placed now
can meet is

    X = min(D_L, y) + D_R = min(D_L + D_R, y + D_R)

What the lead time asks for beyond y is lost whatever is ordered, so no order has to make up for it: order q with
P(X <= y + q) >= critical ratio, and left over are E[(y + q - X)+]. With plenty in position X is the demand over lead time + review
period; with nothing, that of the review period alone. It is the order that costs least by the end of its own review period (Morton
1971, Operations Research 19), which comes close to the best there is (Zipkin 2008, Operations Research 56; Bijvank & Vis 2011,
EJOR 215).

Both parts of the minimum have known laws. How they go together follows from the spreads of D_L, D_R and their sum; a copula joins
them: P(both exceed) = min(u, v) max(u, v)^(1 - t), with Spearman's rho 3t / (4 - t) (Cuadras & Augé 1981, Communications in
Statistics A10).
"""

from shelfwise.measures.newsvendor import Arithmetic, Demand, Number, expected_demand, probability_up_to

# probability that lies at one value is spread over so little, so that a line through the ends of segments keeps it; units
HAIR = 1e-9


def met_demand(cover: Demand, lead: Demand, review: Demand, position: Number, m: Arithmetic) -> Demand:
    """The law of X. `cover` is the demand over lead time + review period, `lead` over the lead time (no segments: there is none),
    `review` over the review period after it."""
    together = dependence(variance(cover, m), variance(lead, m), variance(review, m), m)
    whole = m.each(cover, lambda p, q, a, b, i: (p, q, a + HAIR * i, b + HAIR * (i + 1)))
    after = m.each(review, lambda p, q, a, b, i: (p, q, position + a + HAIR * i, position + b + HAIR * (i + 1)))

    def line(whole: Demand, after: Demand, together: Number) -> Demand:
        return m.through((whole, after), lambda units: 1.0 - _both_exceed_units(units, whole, after, together, m))

    return m.let((whole, after, together), line)


def _both_exceed_units(units: Number, whole: Demand, after: Demand, together: Number, m: Arithmetic) -> Number:
    exceeded = [m.greatest(1.0 - probability_up_to(demand, units, m), 0 * units) for demand in (whole, after)]
    return m.let(exceeded, lambda one, other: both_exceed(one, other, together, m))


def both_exceed(one: Number, other: Number, together: Number, m: Arithmetic) -> Number:
    """From the product (`together` 0) to the smaller of the two (1)."""
    return m.least(one, other) * m.greatest(one, other) ** (1.0 - together)


def dependence(cover: Number, lead: Number, review: Number, m: Arithmetic) -> Number:
    """The copula's parameter, from the variances of a sum and of its parts; 1 where there is no lead time.

    cov(D_R, D_L + D_R) = (cover + review - lead) / 2; the correlation is taken for Spearman's.
    """
    scale = (cover * review) ** 0.5
    correlation = (cover + review - lead) / (2.0 * m.where(scale > 0, scale, 0 * scale + 1))
    clipped = m.least(m.greatest(correlation, 0 * scale), 0 * scale + 1)
    return m.where(scale > 0, 4 * clipped / (3 + clipped), 0 * scale + 1)


def variance(demand: Demand, m: Arithmetic) -> Number:
    """Units squared: on a segment demand is uniform between a and b."""
    mean = expected_demand(demand, m)
    squares = m.total(demand, lambda p, q, a, b: (q - p) * (a * a + a * b + b * b) / 3)
    return m.greatest(squares - mean * mean, 0 * mean)
