"""Charts of what could be lost."""

import plotly.graph_objects as go

from shelfwise.report.charts import ACCENT, GREY, LATER, NUMBERS, styled
from shelfwise.report.pull import Rows
from shelfwise.report.risks import NAMES


def kinds_chart(kinds: Rows) -> go.Figure:
    """What each kind of loss takes on the average, and in the worst twentieth of the shop's futures."""
    rows = kinds[::-1]
    chart = go.Figure()
    for column, label, colour in (("cvar_95_share", "worst twentieth", LATER), ("expected_loss", "on the average", GREY)):
        bars = go.Bar(x=[row[column] for row in rows], y=[NAMES[row["name"]] for row in rows], orientation="h", name=label)
        chart.add_trace(bars.update(marker={"color": colour}))
    chart.update_yaxes(type="category", gridcolor="rgba(0,0,0,0)")
    chart.update_xaxes(title_text="money lost in 13 weeks; below zero: gained", **NUMBERS)
    return styled(chart.update_layout(hovermode="closest", barmode="group", showlegend=True), height=110 + 34 * len(rows))


def stress_chart(stresses: Rows) -> go.Figure:
    """What each named trouble adds, with two standard errors."""
    rows = stresses[::-1]
    bars = go.Bar(
        x=[row["added_loss"] for row in rows], y=[row["stress"].replace("_", " ") for row in rows], orientation="h", name=""
    )
    spread = {"type": "data", "array": [2 * row["added_loss_error"] for row in rows], "color": GREY}
    chart = go.Figure(
        bars.update(marker={"color": ACCENT}, error_x=spread, text=[row["what"] for row in rows], textposition="none")
    )
    chart.update_traces(hovertemplate="%{text}: %{x:,.0f}")
    chart.update_yaxes(type="category", gridcolor="rgba(0,0,0,0)")
    chart.update_xaxes(title_text="money that it adds to losses in 13 weeks", **NUMBERS)
    return styled(chart.update_layout(hovermode="closest", showlegend=False), height=110 + 30 * len(rows))


def supplier_map(suppliers: Rows) -> go.Figure:
    """Suppliers by how long their items' stock lasts and what an outage would cost: dangerous is up and to the left of the line."""
    known = [row for row in suppliers if row["survive_weeks"] is not None]
    dots = go.Scatter(x=[row["survive_weeks"] for row in known], y=[row["lost_in_outage"] for row in known], mode="markers+text")
    dots.update(text=[row["supplier_id"] for row in known], textposition="top center", name="", cliponaxis=False)
    chart = go.Figure(dots.update(marker={"color": ACCENT, "size": 9}, textfont={"size": 11}, showlegend=False))
    if known:
        chart.add_vline(x=known[0]["recover_weeks"], line={"color": LATER, "dash": "dot"}, annotation_text="an outage lasts")
    chart.update_xaxes(title_text="weeks that stock on hand lasts", rangemode="tozero", **NUMBERS)
    chart.update_yaxes(title_text="margin lost in an outage", rangemode="tozero", **NUMBERS)
    return styled(chart.update_layout(hovermode="closest"), height=340)
