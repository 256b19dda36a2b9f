"""Textbook estimates of who fails, what is lost then, and how late the others pay."""

from collections.abc import Iterator

import numpy as np
from planted_intervals import Interval, about, clustered_logistic, logistic, mean, most_likely, share, spread
from scipy import stats

from shelfwise.measures.streams import Floats
from shelfwise.simulate import credit
from shelfwise.simulate.spec import Spec

LONGEST_DELAY, PROMPT = 182, 0.3  # days; share past due: their mean delay is 13 days at most


def defaults(spec: Spec, kind: str) -> Iterator[Interval]:
    """Level and slopes of the logistic regression of a default within twelve months."""
    ids = credit.party_ids(spec, kind)
    z = credit.standardised(credit.parties(spec, kind, ids))
    failed = credit.default_days(spec, kind, ids) < int(credit.YEAR)
    estimate, covariance = logistic(np.column_stack([np.ones(len(ids)), z]), failed.astype(float))
    for truth, middle, error in zip([credit.PD_LEVEL, *credit.PD_SLOPES], estimate, np.sqrt(np.diag(covariance)), strict=True):
        yield Interval(f"default probability, {kind}", float(truth), *about(middle, error))


def recoveries(spec: Spec, kind: str) -> Iterator[Interval]:
    """Level and slopes of what defaults lose (fractional logit: Papke & Wooldridge 1996), its scatter, the wait for the rest."""
    ids = credit.party_ids(spec, kind)
    sent = credit.invoices(spec, kind, ids)
    failed = sent[sent["defaulted"]].drop_duplicates("party")
    first = failed[failed["recovered"].notna()]
    known = credit.parties(spec, kind, ids).iloc[np.searchsorted(ids, first["party"])]
    lost = (1 - first["recovered"] / first["amount"]).to_numpy(float)
    design = np.column_stack([np.ones(len(first)), credit.standardised(known)])
    estimate, covariance = clustered_logistic(design, lost, np.arange(len(first)))
    for truth, middle, error in zip([credit.LGD_LEVEL, *credit.LGD_SLOPES], estimate, np.sqrt(np.diag(covariance)), strict=True):
        yield Interval(f"loss given default, {kind}", float(truth), *about(middle, error))
    whole, within = known["lgd"].to_numpy(), np.clip(lost, 1e-9, 1 - 1e-9)

    def loss(log: Floats) -> float:
        sharpness = float(np.exp(log[0]))
        return -float(stats.beta.logpdf(within, sharpness * whole, sharpness * (1 - whole)).sum())

    yield Interval("scatter of losses", credit.LOSS_SHARPNESS, *np.exp(most_likely(loss, np.log([2.0]))[0]))
    # whole days of an exponential: each day beyond the least one ends with the same probability, until the shop's last day
    begun = failed["due_day"].to_numpy() + credit.WORKOUT
    ended = failed["recovered_day"].fillna(spec.days - 1).to_numpy(np.int64)
    days = np.maximum(ended - begun + 1, 0).sum()
    yield Interval("days until a recovery", float(-np.expm1(-1 / credit.WORKOUT_MORE)), *share(len(first), days))


def payments(spec: Spec, kind: str) -> Iterator[Interval]:
    """Days past due, geometric with a mean that rises with the share past due; amounts around the turnover (lognormal)."""
    ids = credit.party_ids(spec, kind)
    known = credit.parties(spec, kind, ids).set_index("party")
    sent = credit.invoices(spec, kind, ids)
    log = np.log(sent["amount"].to_numpy() / known.loc[sent["party"], "monthly_turnover"].to_numpy())
    yield Interval("amounts", -(credit.AMOUNT_SPREAD**2) / 2, *mean(log))
    yield Interval("spread of amounts", credit.AMOUNT_SPREAD, *spread(log))
    # those who pay after the shop's last day are not known to have paid: invoices and parties of which that is one in a million
    past_due = known.loc[sent["party"], "past_due_share"].to_numpy()
    paid = (sent["due_day"] < spec.days - LONGEST_DELAY) & ~sent["defaulted"] & (past_due < PROMPT)
    late, part = (sent["paid_day"] - sent["due_day"])[paid].to_numpy(float), past_due[paid.to_numpy()]

    def loss(law: Floats) -> float:
        usual = np.maximum(law[0] + law[1] * part, 1e-3)
        return float((late / usual - np.log(-np.expm1(-1 / usual))).sum())

    truth = (credit.LATE, credit.LATE_PER_SHARE)
    for one, bounds in zip(truth, most_likely(loss, np.array([2.0, 30.0])), strict=True):
        yield Interval("delay of payment", one, *bounds)
