"""In which futures is the plan looked at?

Every part of the shop meets the same scenarios (common random numbers): what befalls a department, a supplier or an item in one of
them is drawn by its name, so that it is the same in any task and for any number of workers (measures.streams).

Demand of item i to week h is F(h) Q_i(U_i): Q_i the line through its forecast's quantiles, U_i its own chance, and F the mean of
its department's factors up to h: blocks of weeks of the backtest, drawn for all departments at once (moving blocks: Kunsch 1989,
*Annals of Statistics* 17), times breaks of trend of the market and of the department, lognormal of mean 1.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr

from shelfwise.core.job import Params
from shelfwise.measures.streams import Draws, Floats, Ints, word
from shelfwise.measures.weeks import WEEKS_PER_YEAR

WEEKS = 13
MARKET = "market"


class FutureParams(Params):
    scenarios: int = 2_000
    seed: int = 11
    block_weeks: int = 4  # errors of neighbouring weeks belong together for about a month
    break_chance: float = 0.10  # of a trend that breaks within the quarter, in the market and in each department
    market_break_sd: float = 0.10  # log demand from then on; a recession takes about a tenth
    department_break_sd: float = 0.15
    price_war: float = 0.08  # probability that rivals cut a category's prices for good
    war_depth: float = 0.20  # by so much
    rival_sd: float = 0.05  # log rivals' prices otherwise
    rival_elasticity: float = 0.30  # d log demand / d log rivals' price
    follow: float = 0.50  # of a war's cut that the shop's own price follows
    cost_sd: float = 0.04  # log of a supplier's prices over a quarter
    passed_on: float = 0.50  # of their rise that customers pay
    together: float = 0.50  # chance that an item's order is as late, and as short, as others of its supplier
    return_sd: float = 0.30  # log of a category's share that comes back
    fill_rate: float = 0.97  # of demand once the next orders can have come
    credit_correlation: float = 0.12  # of what parties are worth with the economy: the least that Basel sees in companies


@dataclass(frozen=True)
class Stress:
    """What is sure to happen in each scenario, beside what may."""

    demand: float = 1.0  # factor
    war: bool = False  # in every category
    slower: float = 1.0  # factor of lead times
    out_weeks: float = 0.0  # the supplier with the largest planned margin can't deliver, from now
    recall: bool = False  # of the item with the largest


@dataclass
class Futures:
    """Draws of one stress; departments' factors are kept, since many items ask for the same."""

    params: FutureParams
    stress: Stress = field(default_factory=Stress)
    first: int = 0  # number of the first scenario
    _factors: dict[str, Floats] = field(default_factory=dict)

    @property
    def scenarios(self) -> Ints:
        return np.arange(self.first, self.first + self.params.scenarios)

    def uniform(self, what: str, words: Ints) -> Floats:
        """One row per word, one column per scenario."""
        return Draws(self.params.seed).uniform(what, words[:, None], self.scenarios[None, :])

    def normal(self, what: str, words: Ints) -> Floats:
        return Draws(self.params.seed).normal(what, words[:, None], self.scenarios[None, :])

    def demand_factor(self, department: str, factors: Floats) -> Floats:
        """Scenarios x weeks: mean factor of the first 1, 2, … 13 weeks. `factors`: origins x weeks, of mean 1."""
        if department not in self._factors:
            weekly = self._blocks(factors) * self._broken(MARKET, self.params.market_break_sd)
            weekly *= self._broken(f"department {department}", self.params.department_break_sd)
            self._factors[department] = self.stress.demand * np.cumsum(weekly, axis=1) / np.arange(1, WEEKS + 1)
        return self._factors[department]

    def _blocks(self, factors: Floats) -> Floats:
        """The same blocks for all departments."""
        weeks, length = np.arange(WEEKS), self.params.block_weeks
        draws, block, place = Draws(self.params.seed), weeks // length, weeks % length
        origin = draws.below(len(factors), "block origin", self.scenarios[:, None], block)
        start = draws.below(WEEKS, "block start", self.scenarios[:, None], block)
        taken: Floats = factors[origin, (start + place) % WEEKS]
        return taken

    def _broken(self, name: str, sd: float) -> Floats:
        """Factor of each week: 1 until the trend breaks."""
        known = np.array([known_as(name)])
        breaks = self.uniform("break", known)[0] < self.params.break_chance
        from_week = np.floor(WEEKS * self.uniform("break week", known)[0])
        moved = np.exp(sd * self.normal("break size", known)[0] - sd**2 / 2)
        after = breaks[:, None] & (np.arange(WEEKS) >= from_week[:, None])
        return np.where(after, moved[:, None], 1.0)

    def rival_log_prices(self, categories: Ints) -> tuple[Floats, Floats]:
        """What rivals' prices move by of themselves, and what a price war takes off them."""
        war = self.stress.war | (self.uniform("war", categories) < self.params.price_war)
        return self.params.rival_sd * self.normal("rival", categories), np.where(war, np.log(1 - self.params.war_depth), 0.0)

    def shared(self, what: str, own: Ints, others: Ints) -> Floats:
        """Uniform; with chance `together` that of the `others`, else the own one: each has the same law as without."""
        joined = self.uniform(f"{what} together", own) < self.params.together
        return np.where(joined, self.uniform(what, others), self.uniform(what, own))

    def together(self, what: str, words: Ints) -> Floats:
        """Uniform numbers of parties that one economy moves: Phi(sqrt(rho) M + sqrt(1 - rho) Z), Z each one's own."""
        rho = self.params.credit_correlation
        market = self.normal("economy", np.array([known_as(MARKET)]))
        moved: Floats = ndtr(rho**0.5 * market + (1 - rho) ** 0.5 * self.normal(what, words))
        return moved


def known_as(name: str) -> int:
    """63 bits that stand for a name: the ids of draws are signed."""
    return word(name) >> 1


def chance(per_year: Floats | float, weeks: float = WEEKS) -> Floats:
    """That something which happens so many times a year does within some weeks (a Poisson process)."""
    found: Floats = -np.expm1(-np.asarray(per_year, dtype=np.float64) * weeks / WEEKS_PER_YEAR)
    return found


def quarterly(yearly: Floats) -> Floats:
    """Of what happens once at most: 1 - (1 - PD)^(1/4), so that the year's chance is PD."""
    found: Floats = 1 - (1 - yearly) ** (WEEKS / WEEKS_PER_YEAR)
    return found


def failing(yearly: Floats, stopped: Floats) -> Floats:
    """Within 13 weeks, of a year's chance PD of which s is that it has stopped already: s + (1 - s) quarterly((PD - s) / (1 - s)).

    A stop that has happened is known 91 days after the day that was missed: it takes no part of a year to come.
    """
    later = np.clip((yearly - stopped) / np.where(stopped < 1, 1 - stopped, 1.0), 0.0, 1.0)
    found: Floats = stopped + (1 - stopped) * quarterly(later)
    return found
