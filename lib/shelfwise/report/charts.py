"""Charts: each a plotly figure; as HTML without the library, which the page carries once."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go
from markupsafe import Markup

from shelfwise.report.outlook import Series
from shelfwise.report.pull import Rows
from shelfwise.report.trade import Figure
from shelfwise.report.trust import MODELS

INK, GREY, RULE, ACCENT, LATER = "#1f2933", "#7b8794", "#e4e7eb", "#0f766e", "#c2410c"
BANDS = {("q05", "q95"): ("90 % band", "rgba(15,118,110,.13)"), ("q10", "q90"): ("80 % band", "rgba(15,118,110,.22)")}
MODEL_COLOURS = {
    "champion": ACCENT,
    "gbt": "#3f9142",
    "xgboost": "#7c5e10",
    "mixture": "#486581",
    "mean_4": "#7b8794",
    "mean_13": "#b08968",
    "last_week": "#bcccdc",
    "seasonal_naive": "#829ab1",
}
NUMBERS, SHARES = {"separatethousands": True, "exponentformat": "none"}, {"tickformat": ".0%"}
TITLE_PIXELS = 36
MONTHS = {"nticks": 6, "tickformat": "%b %y"}
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def figure_chart(figure: Figure, weeks: Rows) -> go.Figure:
    """One key figure by week."""
    line = go.Scatter(
        x=_iso([w["week"] for w in weeks]), y=[w[figure.name] for w in weeks], mode="lines", line={"color": ACCENT, "width": 2}
    )
    chart = go.Figure(line.update(name=figure.title, connectgaps=False))
    chart.update_yaxes(title_text=figure.unit, rangemode="tozero", **(SHARES if figure.is_share else NUMBERS))
    chart.update_xaxes(**MONTHS)
    return styled(chart, height=220)


def series_chart(series: Series, as_of: date, *, height: int = 300, legend: bool = True) -> go.Figure:
    """Units sold, forecast (with bands where they are known) and sold since, with a line at as_of."""
    weeks = _iso([row["week"] for row in series.forecast])
    chart = go.Figure()
    for (low, high), (label, colour) in BANDS.items():
        if series.forecast and low in series.forecast[0]:
            chart.add_traces(_band(weeks, series.forecast, low, high, label, colour))
    chart.add_trace(_line(series.sold, "sold", INK))
    means = [(row["week"], row["mean"]) for row in series.forecast]
    chart.add_trace(_line(means, "forecast mean", ACCENT).update(line={"dash": "dot"}))
    if series.later:
        chart.add_trace(_line(series.later, "sold since", LATER).update(mode="lines+markers", marker={"size": 6}))
    chart.update_yaxes(title_text="units a week", rangemode="tozero", **NUMBERS)
    chart.update_xaxes(**MONTHS)
    chart.update_layout(showlegend=legend)
    return styled(_with_as_of(chart, as_of), height=height)


def horizon_chart(horizons: Mapping[str, Sequence[tuple[int, float | None]]]) -> go.Figure:
    """WAPE of categories by weeks ahead, a line per model."""
    chart = go.Figure()
    for model, points in horizons.items():
        width = 3 if model == "champion" else 1.6
        x, y = [point[0] for point in points], [point[1] for point in points]
        colour = MODEL_COLOURS.get(model, GREY)
        line = go.Scatter(x=x, y=y, name=MODELS[model], mode="lines+markers", line={"color": colour, "width": width})
        chart.add_trace(line.update(marker={"size": 5}))
    chart.update_xaxes(title_text="weeks ahead", dtick=1)
    chart.update_yaxes(title_text="WAPE of categories", rangemode="tozero", **SHARES)
    return styled(chart, height=320)


def supplier_chart(suppliers: Rows) -> go.Figure:
    """Cost of the drafted orders by supplier, the highest on top."""
    rows = suppliers[::-1]
    text = [f"{row['orders']:,} line{'' if row['orders'] == 1 else 's'}" for row in rows]
    bars = go.Bar(
        x=[row["cost"] for row in rows],
        y=[row["supplier_id"] for row in rows],
        orientation="h",
        marker={"color": ACCENT},
        text=text,
    )
    chart = go.Figure(bars.update(name="cost", textposition="auto"))
    chart.update_yaxes(title_text="supplier", type="category", gridcolor="rgba(0,0,0,0)")
    chart.update_xaxes(title_text="cost of the order lines", rangemode="tozero", **NUMBERS)
    return styled(chart.update_layout(hovermode="closest"), height=90 + 26 * len(rows))


def styled(chart: go.Figure, *, height: int) -> go.Figure:
    """In the page's fonts and colours; pixels."""
    axis = {
        "gridcolor": RULE,
        "zerolinecolor": RULE,
        "linecolor": RULE,
        "automargin": True,
        "title_font": {"size": 12, "color": GREY},
        "title_standoff": 8,
        "tickangle": 0,
    }
    chart.update_layout(
        height=height,
        template="none",
        font={"family": FONT, "size": 12, "color": INK},
        margin={"l": 52, "r": 12, "t": 28, "b": 26},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 11}, "traceorder": "normal"},
        hovermode=chart.layout.hovermode or "x unified",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    chart.update_xaxes(**axis)
    return chart.update_yaxes(**axis)


def chart_html(chart: go.Figure, name: str) -> Markup:
    """The name is the element's id: unique on the page, and the same for the same tables."""
    config = {"displayModeBar": False, "responsive": True}
    return Markup(chart.to_html(full_html=False, include_plotlyjs=False, div_id=name, config=config))


def titled(chart: go.Figure, title: str) -> go.Figure:
    """As a notebook shows it: the title over it, on white whatever the editor's colour; a page says it in a heading."""
    chart.update_layout(title={"text": title, "x": 0, "y": 1, "yanchor": "top", "pad": {"t": 12, "l": 12}, "font": {"size": 15}})
    margin, height = chart.layout.margin.t + TITLE_PIXELS, chart.layout.height + TITLE_PIXELS
    return chart.update_layout(margin_t=margin, height=height, paper_bgcolor="white", legend_title_text="")


def _band(weeks: list[str], rows: Rows, low: str, high: str, label: str, colour: str) -> list[Any]:
    invisible = {"width": 0}
    lower = go.Scatter(x=weeks, y=[row[low] for row in rows], mode="lines", line=invisible, showlegend=False, name=f"{label}, from")
    upper = go.Scatter(
        x=weeks, y=[row[high] for row in rows], mode="lines", line=invisible, name=label, fill="tonexty", fillcolor=colour
    )
    return [lower, upper]


def _line(points: Sequence[tuple[date, float]], label: str, colour: str) -> Any:
    x, y = _iso([point[0] for point in points]), [point[1] for point in points]
    return go.Scatter(x=x, y=y, name=label, mode="lines", line={"color": colour, "width": 2})


def _with_as_of(chart: Any, as_of: date) -> Any:
    x = as_of.isoformat()
    chart.add_shape(type="line", x0=x, x1=x, y0=0, y1=1, yref="paper", line={"color": GREY, "width": 1, "dash": "dash"})
    label = {"text": f"as of {as_of.day} {as_of:%b}", "font": {"size": 11, "color": GREY}}
    return chart.add_annotation(x=x, y=1, yref="paper", xanchor="right", yanchor="top", showarrow=False, **label)


def _iso(days: Sequence[date]) -> list[str]:
    return [day.isoformat() for day in days]
