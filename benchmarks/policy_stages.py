"""Our policies of several stages and stockpyl's, side by side."""

from dataclasses import replace
from typing import Any

import numpy as np
import policy_cases as cases
from policy_pairs import Numbers, Pair
from scipy import stats
from stockpyl import gsm_helpers, gsm_tree, ssm_serial
from stockpyl.demand_source import DemandSource
from stockpyl.supply_chain_network import SupplyChainNetwork
from stockpyl.supply_chain_node import SupplyChainNode

from shelfwise.measures.policies import guaranteed
from shelfwise.measures.policies.laws import poisson
from shelfwise.measures.policies.serial import Chain, newsvendor_bounds, serial
from shelfwise.measures.policies.serial_normal import NormalChain, normal_newsvendor_bounds, normal_serial

TAILS = dict.fromkeys(("ltd_lower_tail_prob", "ltd_upper_tail_prob", "sum_ltd_lower_tail_prob", "sum_ltd_upper_tail_prob"), 1e-12)

# stockpyl 1.0.2 was written for NumPy 1: it takes a number for an array of one, and an array of one for a number
_nearest = ssm_serial.find_nearest


def _find_nearest(array: Any, values: Any, *more: Any) -> Any:
    found = _nearest(array, np.atleast_1d(values), *more)
    return found if np.ndim(values) else found[0]


ssm_serial.find_nearest = _find_nearest


def _whole_chain(holding: Numbers, leads: Numbers, shortage: float, mean: float) -> Chain:
    return Chain(holding, [poisson(mean * lead) for lead in leads], shortage)


def _normal_chain(holding: Numbers, leads: Numbers, shortage: float, mean: float) -> NormalChain:
    return NormalChain(holding, leads, shortage, mean=mean, sd=mean / 8)


def _their_chain(holding: Numbers, leads: Numbers, shortage: float, mean: float, normal: bool = True) -> dict[str, Any]:
    """stockpyl lists stages from the supplier down."""
    known = {"echelon_holding_cost": holding[::-1], "lead_time": leads[::-1], "stockout_cost": shortage, "num_nodes": len(leads)}
    if normal:
        return known | {"demand_mean": mean, "demand_standard_deviation": mean / 8}
    return known | {"demand_source": DemandSource(type="P", mean=mean)}


def _from_the_customer_up(levels: dict[int, float]) -> list[float]:
    return [levels[stage] for stage in sorted(levels)]


def _their_serial(known: dict[str, Any], **grid: float) -> list[float]:
    levels, cost = ssm_serial.optimize_base_stock_levels(**known, **grid)
    return [*_from_the_customer_up(levels), cost]


def _their_tree(tree: guaranteed.Tree) -> SupplyChainNetwork:
    network = SupplyChainNetwork()
    for name, stage in tree.stages.items():
        demand = DemandSource(type="N", mean=0, standard_deviation=stage.sd) if stage.sd else None
        node = SupplyChainNode(int(name), network=network, local_holding_cost=stage.holding, processing_time=stage.time)
        node.external_inbound_cst, node.external_outbound_cst = stage.supply, stage.promised
        node.demand_bound_constant = tree.factor
        if demand:
            node.demand_source = demand
        network.add_node(node)
    network.add_edges_from_list([(int(above), int(below)) for above, below in tree.links])
    return network


def _tree_and_network(rng: cases.Random) -> tuple[guaranteed.Tree, SupplyChainNetwork]:
    tree = cases.drawn_tree(rng)
    return tree, _their_tree(tree)


def in_small_units(rng: cases.Random) -> tuple[list[float], list[float]]:
    """Costs of 20 chains with normal demand, and of the same chains in whole units of a 200th of a standard deviation."""
    ours, small = [], []
    for _ in range(20):
        holding, leads, shortage, mean = cases.drawn_chain(rng)
        step, laws = mean / 8 / 200, []
        for lead in leads:
            edges = (np.arange(int((mean * lead + 9 * mean / 8 * lead**0.5) / step)) + 0.5) * step
            reached = stats.norm.cdf(edges, mean * lead, mean / 8 * lead**0.5)
            laws.append(np.diff(np.concatenate([[0.0], reached])))
        ours.append(normal_serial(_normal_chain(holding, leads, shortage, mean)).cost)
        small.append(serial(Chain([step * cost for cost in holding], laws, step * shortage)).cost)
    return ours, small


STAGES = [
    Pair(
        "newsvendor_bounds",
        cases.drawn_chain,
        lambda *case: np.mean(newsvendor_bounds(_whole_chain(*case)), axis=0),
        lambda *case: _from_the_customer_up(ssm_serial.newsvendor_heuristic(**_their_chain(*case, normal=False))),
        count=50,
    ),
    Pair(
        "normal_newsvendor_bounds",
        cases.drawn_chain,
        lambda *case: np.mean(normal_newsvendor_bounds(_normal_chain(*case)), axis=0),
        lambda *case: _from_the_customer_up(ssm_serial.newsvendor_heuristic(**_their_chain(*case))),
        count=50,
    ),
    Pair(
        "serial, Poisson",
        cases.drawn_chain,
        lambda *case: [*(best := serial(_whole_chain(*case))).units, best.cost],
        lambda *case: _their_serial(_their_chain(*case, normal=False), **TAILS),
        count=20,
        goal=1e-4,
    ),
    Pair(
        "normal_serial, stockpyl's grid as it comes",
        cases.drawn_chain,
        lambda *case: [normal_serial(_normal_chain(*case)).cost],
        lambda *case: _their_serial(_their_chain(*case))[-1:],
        count=6,
        goal=1e-4,
        judged=False,
    ),
    Pair(
        "normal_serial, a grid four times as fine",
        cases.drawn_chain,
        lambda *case: [normal_serial(_normal_chain(*case)).cost],
        lambda *case: _their_serial(_their_chain(*case), x_num=4000, d_num=400)[-1:],
        count=3,
        goal=1e-4,
        timed=False,
    ),
    Pair(
        "guaranteed_service",
        _tree_and_network,
        lambda tree, _: [guaranteed.guaranteed_service(replace(tree)).cost],
        lambda _, network: [gsm_tree.optimize_committed_service_times(network)[1]],
        count=50,
        goal=1e-4,
    ),
    Pair(
        "Tree.cost",
        _tree_and_network,
        lambda tree, _: [replace(tree).cost(cases.halved(tree))],
        lambda tree, network: [
            gsm_helpers.solution_cost_from_cst(
                gsm_tree.preprocess_tree(network), {int(name): promise for name, promise in cases.halved(tree).items()}
            )
        ],
        count=50,
        goal=1e-4,
    ),
]
