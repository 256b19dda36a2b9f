"""How suppliers and business customers pay what they owe, and which of them fail.

    PD  = logistic(PD_LEVEL + PD_SLOPES . z),   LGD = logistic(LGD_LEVEL + LGD_SLOPES . z)
    h   = 1 - (1 - PD)^(1/12) in each month,    so that P(default within a year) = PD
    paid = due + whole days of an exponential delay of mean LATE + LATE_PER_SHARE * past_due_share
    recovered = amount * (1 - L) of a defaulted invoice, L the party's own, a beta number of mean LGD

z are the party's four features, as anyone sees them, on the scale on which they are normal and standardised: so a logistic
regression on z is the true model (probability of default within a year and loss given default, as in Basel's internal ratings).
"""

import numpy as np
import pandas as pd
from scipy.special import betaincinv, expit, logit

from shelfwise.measures.streams import Draws, Floats, Ints
from shelfwise.simulate.catalogue import NEVER
from shelfwise.simulate.spec import Spec

SUPPLIER, BUSINESS = "supplier", "business"
EVERY = 10  # each tenth customer is a business
FEATURES = ("years_known", "monthly_turnover", "past_due_share", "employees")
CENTRES = np.array([np.log(6.0), np.log(12_000.0), logit(0.10), np.log(25.0)])  # medians: years, money, share, heads
SCALES = np.array([0.7, 1.0, 0.9, 1.1])  # sd of log, log, logit, log
DECIMALS = (1, 2, 3, 0)
BOUNDS = ((0.1, 60.0), (100.0, np.inf), (0.001, 0.999), (1.0, 1e6))  # keep logs finite after rounding
PD_LEVEL, PD_SLOPES = logit(0.04), np.array([-0.5, -0.3, 0.9, -0.2])  # 4 % a year for the middling party: small firms
LGD_LEVEL, LGD_SLOPES = logit(0.45), np.array([-0.2, 0.1, 0.3, -0.3])  # 45 %: Basel's unsecured senior claims
MONTHS, YEAR = 12, 365.25  # months in a year, days in one
BILLING_DAYS = 28  # a party has its own day of the month
TERM = 30  # days from issue to due
LOSS_SHARPNESS = 4.0  # sum of the beta law's two parameters: the larger, the nearer to its LGD is what a default loses
WORKOUT, WORKOUT_MORE = 30, 60.0  # days from due until what can be had of a defaulted invoice has come: all, and the mean beyond
AMOUNT_SPREAD = 0.3  # sd of the log of a month's amount around the party's turnover
LATE, LATE_PER_SHARE = 1.0, 40.0  # days: mean delay of a party that is never past due, and what a share of 1 adds


def party_ids(spec: Spec, kind: str) -> Ints:
    return np.arange(spec.suppliers) if kind == SUPPLIER else np.arange(0, spec.customers, EVERY)


def parties(spec: Spec, kind: str, ids: Ints) -> pd.DataFrame:
    """One row per party: the features, then the truth: annual_pd and lgd (shares)."""
    draws = Draws(spec.seed)
    seen = {}
    for k, name in enumerate(FEATURES):
        normal = CENTRES[k] + SCALES[k] * draws.normal(f"{kind} {name}", ids)
        raw = expit(normal) if name == "past_due_share" else np.exp(normal)
        seen[name] = np.clip(np.round(raw, DECIMALS[k]), *BOUNDS[k])
    frame = pd.DataFrame({"kind": kind, "party": ids} | seen).astype({"employees": np.int64})
    z = standardised(frame)
    return frame.assign(annual_pd=expit(PD_LEVEL + z @ PD_SLOPES), lgd=expit(LGD_LEVEL + z @ LGD_SLOPES))


def standardised(parties: pd.DataFrame) -> Floats:
    """Parties x features."""
    seen = parties[list(FEATURES)].to_numpy(np.float64)
    share = np.array([name == "past_due_share" for name in FEATURES])
    normal = np.where(share, logit(np.where(share, seen, 0.5)), np.log(seen))
    return np.asarray((normal - CENTRES) / SCALES)


def monthly_hazard(annual_pd: Floats) -> Floats:
    return np.asarray(-np.expm1(np.log1p(-annual_pd) / MONTHS))


def default_days(spec: Spec, kind: str, ids: Ints) -> Ints:
    """First day in default; NEVER where that is later than any invoice of the shop falls due."""
    draws, month = Draws(spec.seed), np.arange(_months(spec) + 2)[None, :]
    hazard = monthly_hazard(parties(spec, kind, ids)["annual_pd"].to_numpy())[:, None]
    fails = draws.uniform(f"{kind} default", ids[:, None], month) < hazard
    first = fails.argmax(axis=1)
    length = _starts(first + 1) - _starts(first)
    day = _starts(first) + draws.below(length, f"{kind} default day", ids)
    return np.where(fails.any(axis=1), day, NEVER)


def losses(spec: Spec, kind: str, ids: Ints) -> Floats:
    """Share of what it owes that is lost, should the party fail."""
    mean = parties(spec, kind, ids)["lgd"].to_numpy()
    drawn = Draws(spec.seed).uniform(f"{kind} loss", ids)
    return np.asarray(betaincinv(LOSS_SHARPNESS * mean, LOSS_SHARPNESS * (1 - mean), drawn))


def invoices(spec: Spec, kind: str, ids: Ints) -> pd.DataFrame:
    """One row per party and month, for those issued within the shop's days; a defaulted party is still billed.

    `paid_day` is null where the party is in default on the due day (`defaulted`), or pays after the shop's last day; `recovered`
    and its day where the invoice is not in default, or what can be had of it has not come by then.
    """
    draws, party = Draws(spec.seed), parties(spec, kind, ids)
    month = np.tile(np.arange(_months(spec)), len(ids))
    row = np.repeat(np.arange(len(ids)), _months(spec))
    issued = _starts(month) + draws.below(BILLING_DAYS, f"{kind} billing day", ids)[row]
    row, month, issued = (column[issued < spec.days] for column in (row, month, issued))
    due, who = issued + TERM, ids[row]
    turnover, share = (party[name].to_numpy()[row] for name in ("monthly_turnover", "past_due_share"))
    noise = AMOUNT_SPREAD * draws.normal(f"{kind} amount", who, month) - AMOUNT_SPREAD**2 / 2
    delay = -mean_delay(share) * np.log(draws.uniform(f"{kind} days late", who, month))
    paid = due + np.floor(delay).astype(np.int64)
    defaulted = default_days(spec, kind, ids)[row] <= due
    closed = due + WORKOUT + np.floor(-WORKOUT_MORE * np.log(draws.uniform(f"{kind} workout", ids)))[row].astype(np.int64)
    got = defaulted & (closed < spec.days)
    amount = np.round(turnover * np.exp(noise), 2)
    frame = pd.DataFrame({"kind": kind, "party": who, "number": month + 1, "issued_day": issued, "due_day": due})
    return frame.assign(
        amount=amount,
        paid_day=pd.Series(paid).astype("Int64").mask(defaulted | (paid >= spec.days)),
        recovered=np.where(got, np.round(amount * (1 - losses(spec, kind, ids)[row]), 2), np.nan),
        recovered_day=pd.Series(closed).astype("Int64").where(got),
        defaulted=defaulted,
    )


def mean_delay(past_due_share: Floats) -> Floats:
    """Days, before they are cut to whole ones."""
    return LATE + LATE_PER_SHARE * past_due_share


def _months(spec: Spec) -> int:
    """Those that begin within the shop's days."""
    return int(np.ceil(spec.days * MONTHS / YEAR))


def _starts(month: Ints) -> Ints:
    """First days of months, counted through."""
    return np.floor(month * YEAR / MONTHS).astype(np.int64)
