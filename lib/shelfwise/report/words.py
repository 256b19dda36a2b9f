"""Numbers and names as people read them."""

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from statistics import fmean

MINUS, UNKNOWN = "\u2212", "\u2013"
# kinds of sellers, in the order in which they are shown
SEGMENTS = {
    "steady": "sold in 60 % of the last 13 weeks or more, at least 10 units a week that vary by at most 40 %",
    "fast": "as often and as many, varying more",
    "smooth": "in 60 % or more, fewer units",
    "intermittent": "in 20 % or more",
    "slow": "in less",
    "new": "on sale for less than 8 weeks",
    "dormant": "no sale for 20 weeks",
}
SHORT_ID = 10  # letters of a pseudonym that tell three customers apart


def number(value: float | None, decimals: int = 0) -> str:
    """1234.5 -> 1,235 (or with decimals), halves rounded up as in Spark's sentences; a dash where nothing is known."""
    if value is None:
        return UNKNOWN
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    # + 0: what is rounded to nothing has no sign
    return f"{rounded + 0:,}".replace("-", MINUS)


def share(value: float | None, decimals: int = 0) -> str:
    """.125 -> 12 %"""
    return UNKNOWN if value is None else f"{number(100 * value, decimals)} %"


def chance(value: float | None) -> str:
    """Never 0 % or 100 %: no forecast is that sure."""
    if value is None:
        return UNKNOWN
    return "under 1 %" if value < 0.01 else "over 99 %" if value > 0.99 else share(value)


def day(value: date | None) -> str:
    """29 October 2017"""
    return UNKNOWN if value is None else f"{value.day} {value:%B %Y}"


def short_id(pseudonym: str) -> str:
    return pseudonym[:SHORT_ID]


def segment_place(segment: str) -> tuple[int, str]:
    """Where a segment stands in a list; one that is not known here comes last."""
    return (list(SEGMENTS).index(segment) if segment in SEGMENTS else len(SEGMENTS), segment)


def listed(words: Iterable[str]) -> str:
    """a, b and c"""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def counted(count: int, word: str) -> str:
    """1 order, 2 orders"""
    return f"{number(count)} {word}{'' if count == 1 else 's'}"


def mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
