"""What no shop knows, written beside the data for tests and benchmarks: latent states, laws and effects, row by row."""

import numpy as np
import pandas as pd

from shelfwise.measures.streams import Ints
from shelfwise.simulate import credit, effects, stock
from shelfwise.simulate.catalogue import categories, items
from shelfwise.simulate.delivered import RETURNED
from shelfwise.simulate.experiments import EXPERIMENTS, days_of
from shelfwise.simulate.people import HAZARDS, SEGMENTS, TRIP_SHAPE, people
from shelfwise.simulate.plans import CARRY_OVER, CHANNELS, GIFT, HALF_SPEND, RESPONSE, THRESHOLD, response
from shelfwise.simulate.reviews import REVIEWED
from shelfwise.simulate.shopping import (
    DWELL_MEDIAN,
    DWELL_SPREAD,
    LIKED,
    LIKED_LITTLE,
    LOOKED_AT,
    appeal,
    buy_probability,
    cart_probability,
)
from shelfwise.simulate.spec import Spec
from shelfwise.simulate.suppliers import LATE_DAYS, suppliers


def item_truth(spec: Spec, ids: Ints) -> pd.DataFrame:
    """One row per item: launch, substitute, quality, what slots make of it, and its share of each taste's purchases."""
    each = items(spec)
    return pd.DataFrame(
        {
            "item": ids,
            "category_number": each.category[ids],
            "group_number": each.group[ids],
            "launch_day": each.launch[ids],
            "substitute": each.substitute[ids],
            "quality": each.quality[ids],
            "main_taste": each.main_taste[ids],
            "appeal": appeal(spec)[ids],
            "cart_probability": cart_probability(spec)[ids],
            "buy_probability": buy_probability(spec)[ids],
            "affinity": list(each.affinity[:, ids].T),
        }
    )


def category_truth(spec: Spec) -> pd.DataFrame:
    """One row per category: elasticities, crowding, substitution, season, drift and break. Bound: categories."""
    kinds = categories(spec)
    return pd.DataFrame({"category_number": np.arange(len(kinds.price))} | vars(kinds))


def customer_truth(spec: Spec, ids: Ints) -> pd.DataFrame:
    """One row per customer: tastes, rates, when it left and with which hazard."""
    who = people(spec, ids)
    return pd.DataFrame(
        {
            "customer": ids,
            "segment": np.array(SEGMENTS)[who.segment],
            "tastes": list(who.tastes),
            "visit_rate": who.rate,
            "basket": who.basket,
            "web_share": who.web,
            "joined_day": who.joined,
            "left_day": who.left,
            "weekly_hazard": HAZARDS[who.segment],
        }
    )


def supplier_truth(spec: Spec) -> pd.DataFrame:
    """One row per supplier: its laws of delivery. Bound: suppliers."""
    who = suppliers(spec)
    laws = {"mean_days": who.mean_days, "late": who.late, "short": who.short, "defects": who.defects}
    return pd.DataFrame({"supplier": np.arange(spec.suppliers), **laws, "true_mean_days": who.true_mean_days})


def advertising_truth(spec: Spec) -> pd.DataFrame:
    """One row per channel and day: the share that it adds to traffic."""
    lift = response(spec)
    channel, day = np.indices(lift.shape)
    return pd.DataFrame({"channel": np.array(CHANNELS)[channel.ravel()], "day": day.ravel(), "lift": lift.ravel()})


def constant_truth(spec: Spec) -> pd.DataFrame:
    """One row per named number that holds for the whole shop."""
    values = {
        "display": effects.DISPLAY,
        "mailer": effects.MAILER,
        "threshold": effects.KIND_LIFT[THRESHOLD],
        "gift": effects.KIND_LIFT[GIFT],
        "dip_before": effects.DIP_BEFORE,
        "dip_after": effects.DIP_AFTER,
        "launch_buzz": effects.LAUNCH_BUZZ,
        "buzz_days": effects.BUZZ_DAYS,
        "trip_shape": TRIP_SHAPE,
        "late_days": LATE_DAYS,
        "damaged": stock.DAMAGED,
        "safety": stock.SAFETY,
        "liked_little": LIKED_LITTLE,
        "liked": LIKED,
        "dwell_median": DWELL_MEDIAN,
        "dwell_spread": DWELL_SPREAD,
    }
    values |= {f"weekday_{number + 1}": float(factor) for number, factor in enumerate(effects.WEEKDAYS)}
    values |= _credit() | {"holiday_traffic": effects.HOLIDAY_TRAFFIC, "returned": RETURNED, "reviewed": REVIEWED}
    values |= {f"looked_at_{place + 1}": float(share) for place, share in enumerate(LOOKED_AT)}
    for name, of_channel in {"response": RESPONSE, "half_spend": HALF_SPEND, "carry_over": CARRY_OVER}.items():
        values |= {f"{name}_{channel}": float(value) for channel, value in zip(CHANNELS, of_channel, strict=True)}
    return pd.DataFrame({"name": list(values), "value": list(values.values())})


def _credit() -> dict[str, float]:
    """On standardised features: levels and slopes of the logits of PD and LGD, and of days late."""
    values = {"late_usual": credit.LATE, "late_per_share": credit.LATE_PER_SHARE, "loss_sharpness": credit.LOSS_SHARPNESS}
    for what, level, slopes in (("pd", credit.PD_LEVEL, credit.PD_SLOPES), ("lgd", credit.LGD_LEVEL, credit.LGD_SLOPES)):
        values |= {f"{what}_level": float(level)}
        values |= {f"{what}_{name}": float(slope) for name, slope in zip(credit.FEATURES, slopes, strict=True)}
    return values


def party_truth(spec: Spec, kind: str, ids: Ints) -> pd.DataFrame:
    """One row per party: how likely it fails within a year, what that would lose; when it does (or never), what it then loses."""
    known = credit.parties(spec, kind, ids)[["kind", "party", "annual_pd", "lgd"]]
    return known.assign(default_day=credit.default_days(spec, kind, ids), loss=credit.losses(spec, kind, ids))


def experiment_truth(spec: Spec) -> pd.DataFrame:
    """One row per experiment."""
    first, end = zip(*[days_of(spec, one) for one in EXPERIMENTS], strict=True)
    names, effect = [one.name for one in EXPERIMENTS], [one.effect for one in EXPERIMENTS]
    return pd.DataFrame({"experiment": names, "first_day": first, "end_day": end, "effect": effect})
