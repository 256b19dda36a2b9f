"""What should a buyer order, why, and how far can that be trusted? One self-contained HTML page.

Transforms and numbers come from the tables; this module only chooses what is shown and in which words.
"""

from datetime import date
from importlib.resources import files as resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.shop import Shop
from shelfwise.report import (
    brought,
    charts,
    coming,
    decisions,
    followed,
    guards,
    launch_charts,
    newcomers,
    outlook,
    risk_charts,
    risks,
    served,
    trade,
    trust,
    ways,
    words,
)
from shelfwise.report.pull import pull

TEMPLATE = "page.html.j2"
# what everybody who reads a number of this shop must know first
PANELS = {
    "completejourney": (
        "These are the purchases of a panel of 2,469 households, not of a whole shop. Demand, stock and orders are the panel's"
        " alone: a real shop sells many times as much. Read them as an example of how decisions are made, not as a shop's figures."
    )
}


def page(
    sales: DataFrame,
    items: DataFrame,
    customers: DataFrame,
    profiles: DataFrame,
    shoppers: DataFrame,
    assumptions: DataFrame,
    kpis: DataFrame,
    forecast: DataFrame,
    hierarchy: DataFrame,
    drivers: DataFrame,
    accuracy: DataFrame,
    drift: DataFrame,
    orders: DataFrame,
    plan: DataFrame,
    replay: DataFrame,
    recommendations: DataFrame,
    recommender_accuracy: DataFrame,
    ledger: DataFrame,
    files: DataFrame,
    introductions: DataFrame,
    groups: DataFrame,
    sets: DataFrame,
    cohorts: DataFrame,
    capability: DataFrame,
    launches: DataFrame,
    risk_portfolio: DataFrame,
    risk_items: DataFrame,
    risk_suppliers: DataFrame,
    risk_stress: DataFrame,
    risk_concentration: DataFrame,
    risk_controls: DataFrame,
    risk_alerts: DataFrame,
    risk_incidents: DataFrame,
    credit_risk: DataFrame,
    risk_sellers: DataFrame,
    *,
    shop: Shop,
    as_of: date,
) -> str:
    """The page's HTML. `sales` hold what happened after `as_of` too: forecasts are shown against it."""
    drafted = decisions.orders(orders, plan)
    return render(
        shop=shop.name,
        as_of=as_of,
        households=_count(customers),
        orders=drafted,
        ways=ways.ways(replay),
        assumed=trust.assumed(assumptions, drafted.resting, drafted.totals["orders"]),
        weeks=trade.weekly_figures(kpis, as_of=as_of),
        outlook=outlook.outlook(sales, items, forecast, hierarchy, profiles, drivers, as_of=as_of),
        shoppers=decisions.shoppers(recommendations, items, shoppers),
        accuracy=trust.accuracy(accuracy, recommender_accuracy),
        drift=trust.drift(drift),
        intake=trust.intake(ledger, files),
        newcomers=newcomers.introductions(introductions, items),
        sets=newcomers.sets(sets),
        cohorts=followed.cohorts(cohorts, items),
        capability=followed.capability(capability),
        coming=coming.coming(launches, items),
        brought=brought.brought(groups),
        risks=risks.risks(risk_portfolio, risk_items, risk_suppliers, risk_stress, risk_concentration, credit_risk),
        guards=guards.guards(risk_controls, risk_alerts, risk_incidents),
        served=served.served(risk_sellers),
    )


def render(**content: Any) -> str:
    """Plain values into HTML; every text is escaped, charts are plotly's own HTML."""
    loader = FunctionLoader(lambda name: resources("shelfwise.report").joinpath(name).read_text(encoding="utf-8"))
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    shown = (words.number, words.share, words.chance, words.day, words.short_id, words.listed, words.counted, charts.chart_html)
    environment.filters |= {word.__name__: word for word in shown}
    plotly = Markup(get_plotlyjs())
    called = {
        "charts": charts,
        "launch_charts": launch_charts,
        "risk_charts": risk_charts,
        "figures": trade.FIGURES,
        "figure_finding": trade.finding,
        "titles": trust.MODELS,
        "targets": trust.TARGETS,
        "segments": words.SEGMENTS,
        "statuses": decisions.STATUSES,
        "rules": ways.NAMES,
        "guard_names": guards.NAMES,
        "decided": newcomers.MEANINGS,
        "set_names": newcomers.SETS,
        "origin": newcomers.ORIGINS.get(content["shop"]),
    }
    panel, said = PANELS.get(content["shop"]), _findings(content)
    return environment.get_template(TEMPLATE).render(**content, **called, panel=panel, plotly=plotly, said=said)


def _findings(content: dict[str, Any]) -> dict[str, Any]:
    """The headings: each says what was found."""
    return {
        "assumed": trust.assumed_finding(content["assumed"]),
        "orders": content["orders"].finding(),
        "ways": content["ways"].finding(),
        "newcomers": content["newcomers"].finding(content["sets"]),
        "sets": content["sets"].finding(),
        "cohorts": content["cohorts"].finding(),
        "capability": content["capability"].finding(),
        "coming": content["coming"].finding(),
        "brought": content["brought"].finding(),
        "risks": content["risks"].finding(),
        "stresses": content["risks"].stress_finding(),
        "guards": content["guards"].finding(),
        "alerts": content["guards"].alert_finding(),
        "incidents": content["guards"].incident_finding(),
        "owed": content["risks"].owed_finding(),
        "served": content["served"].finding(),
        "whole": outlook.whole_finding(content["outlook"]),
        "single_items": outlook.items_finding(content["outlook"]),
        "trade": trade.headline(content["weeks"]),
        "shoppers": decisions.shoppers_finding(content["shoppers"]),
        "accuracy": content["accuracy"].finding(),
        "drift": content["drift"].finding(),
        "recommenders": content["accuracy"].recommenders_finding(),
        "intake": content["intake"].finding(),
        "files": content["intake"].files_finding(),
    }


def _count(customers: DataFrame) -> int:
    """One number."""
    return int(pull(customers.agg(F.count(F.lit(1)).alias("customers")), 1)[0]["customers"])
