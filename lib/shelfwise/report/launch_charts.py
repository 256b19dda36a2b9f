"""Charts of what to bring in and of what was brought in."""

from typing import Any

import plotly.graph_objects as go
from markupsafe import escape

from shelfwise.report.charts import ACCENT, GREY, INK, LATER, NUMBERS, styled
from shelfwise.report.pull import Rows

LABEL_LETTERS = 30
COLOURS = {"list": ACCENT, "test": LATER}


def candidates_chart(candidates: Rows) -> go.Figure:
    """Expected profit of each with its 90 % interval, the first on top."""
    chart = go.Figure()
    for decision, colour in COLOURS.items():
        rows = [row for row in candidates if row["decision"] == decision]
        if rows:
            chart.add_trace(_intervals(rows, decision, colour))
    order = {"categoryorder": "array", "categoryarray": [_label(row) for row in reversed(candidates)]}
    chart.update_yaxes(type="category", gridcolor="rgba(0,0,0,0)", **order)
    chart.update_xaxes(title_text="profit of 13 weeks, listed alone: mean and 90 % interval", **NUMBERS)
    return styled(chart.update_layout(hovermode="closest", showlegend=True), height=110 + 24 * len(candidates))


def frontier_chart(points: Rows) -> go.Figure:
    """Sets by the mean of the worst twentieth of scenarios and expected profit: better is up and to the right."""
    chart = go.Figure()
    places = {row["name"]: ("top center", "bottom center")[place % 2] for place, row in enumerate(points)}  # of neighbours apart
    for own, colour, size in ((False, GREY, 9), (True, ACCENT, 13)):
        rows = [row for row in points if row["own"] == own]
        dots = go.Scatter(x=[row["cvar"] for row in rows], y=[row["profit"] for row in rows], mode="markers+text")
        names = [str(escape(row["name"])) for row in rows]
        dots.update(text=names, textposition=[places[row["name"]] for row in rows], cliponaxis=False, showlegend=False, name="")
        chart.add_trace(dots.update(marker={"color": colour, "size": size}, textfont={"size": 11, "color": INK}))
    # room for names at either end
    chart.update_xaxes(
        title_text="profit on the average of the worst twentieth", range=_wide([row["cvar"] for row in points]), **NUMBERS
    )
    chart.update_yaxes(title_text="expected profit", range=_wide([row["profit"] for row in points]), **NUMBERS)
    return styled(chart.update_layout(hovermode="closest"), height=340)


def cohort_chart(weeks: Rows) -> go.Figure:
    """Units planned and wanted by week since launch, over the launches that reached the week."""
    chart, x = go.Figure(), [row["launch_week"] for row in weeks]
    launches = [f"{row['launches']:,} launches" for row in weeks]
    for column, label, colour, dash in (("planned", "planned", ACCENT, "dot"), ("units", "sold", INK, "solid")):
        line = go.Scatter(x=x, y=[row[column] for row in weeks], name=label, mode="lines+markers", text=launches)
        chart.add_trace(line.update(line={"color": colour, "width": 2, "dash": dash}, marker={"size": 5}))
    chart.data[0].update(hovertemplate="%{y:,.0f} (%{text})")
    chart.update_xaxes(title_text="weeks since launch", dtick=1)
    chart.update_yaxes(title_text="units a week, all launches", rangemode="tozero", **NUMBERS)
    return styled(chart, height=320)


def _intervals(rows: Rows, decision: str, colour: str) -> Any:
    # a mean of few hits lies beyond the quantiles
    over = [max(row["profit_q95"] - row["profit"], 0.0) for row in rows]
    under = [max(row["profit"] - row["profit_q05"], 0.0) for row in rows]
    bars = {"type": "data", "symmetric": False, "array": over, "arrayminus": under, "color": colour, "thickness": 1.5, "width": 4}
    dots = go.Scatter(x=[row["profit"] for row in rows], y=[_label(row) for row in rows], mode="markers", name=decision)
    return dots.update(error_x=bars, marker={"color": colour, "size": 8})


def _label(row: dict[str, Any]) -> str:
    """Escaped: the library takes some tags in a text for formats. The rank keeps equal names apart."""
    told = row["description"] or row["item_id"]
    return f"{row['rank']}. {escape(told if len(told) <= LABEL_LETTERS else told[: LABEL_LETTERS - 1] + '…')}"


def _wide(values: list[float]) -> list[float]:
    low, high = min(values, default=0.0), max(values, default=0.0)
    room = 0.18 * (high - low) or max(abs(high), 1.0) * 0.1
    return [low - room, high + room]
