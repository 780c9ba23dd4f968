"""A report as a chart that a colour-blind reader and a black-and-white printer can tell apart: Okabe-Ito colours, patterns, numbers on it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from integrations.reports.report import Report

Options = dict[str, Any]

BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"
"""Okabe and Ito's palette: the colours that no common colour blindness confuses."""

INK, LINE = "#333b43", "#c3ccd4"
SEQUENCE = ("#f7fbff", "#c6dbef", "#6baed6", "#2171b5", "#08306b")
"""Light to dark of one hue: read by lightness, with colours or without."""

ROW, SMALLEST = 26, 220
"""Pixels of height for each bar, and of the smallest chart."""

SHOWN = 40
"""Bars at most: the table holds the rest."""

DECALS = (
    {"symbol": "none"},
    {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 5], "rotation": 0.785, "color": "rgba(255,255,255,.75)"},
    {"symbol": "circle", "symbolSize": 0.7, "dashArrayX": [[6, 6], [0, 6, 6, 0]], "dashArrayY": [6, 0], "color": "rgba(255,255,255,.8)"},
    {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 5], "rotation": -0.785, "color": "rgba(255,255,255,.75)"},
)  # fmt: skip


def chart_of(report: Report) -> tuple[Options, int] | None:
    """ECharts' options and the height in pixels; None where a table says it better."""
    draw = _CHARTS.get(report.name)
    return draw(report) if draw and report.rows else None


def _base(report: Report, **more: Any) -> Options:
    return {
        "animation": False,
        "aria": {"enabled": True, "label": {"description": f"{report.title}。数字见下面的表。"}},
        "textStyle": {"color": INK, "fontSize": 13},
        "grid": {
            "left": 40 if report.name == "month_on_month" else 8,
            "right": 70,
            "top": 34,
            "bottom": 8,
            "containLabel": True,
        },
        "legend": {"top": 0, "left": 0, "itemHeight": 12, "textStyle": {"color": INK}},
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        **more,
    }


def _names(values: Sequence[Any]) -> Options:
    axis = {"type": "category", "data": list(values), "inverse": True, "axisTick": {"show": False}}
    return {**axis, "axisLine": {"lineStyle": {"color": LINE}}, "axisLabel": {"color": INK, "interval": 0}}


def _values(**more: Any) -> Options:
    lines = {"splitLine": {"lineStyle": {"color": LINE, "type": "dotted"}}, "axisLabel": {"color": INK}}
    return {"type": "value", **lines, **more}


def _bars(name: str, data: Sequence[Any], colour: str, decal: int, **more: Any) -> Options:
    style = {"color": colour, "decal": DECALS[decal], "borderColor": colour, "borderWidth": 1}
    return {"type": "bar", "name": name, "data": list(data), "itemStyle": style, "barMaxWidth": 18, **more}


def _label(position: str = "right", **more: Any) -> Options:
    return {"label": {"show": True, "position": position, "color": INK, **more}}


def _height(bars: int, series: int = 1) -> int:
    return max(SMALLEST, 60 + bars * max(ROW, 18 * series + 8))


def _one(report: Report, name: str, value: str, label: str) -> tuple[Options, int]:
    """One bar a row."""
    rows = report.rows[:SHOWN]
    bars = _bars(label, [row[value] for row in rows], BLUE, 0, **_label())
    return _base(report, xAxis=_values(), yAxis=_names([row[name] for row in rows]), series=[bars]), _height(len(rows))


def _stacked(
    report: Report, name: str, parts: Sequence[tuple[str, str, str]], rows: Sequence[Mapping[str, Any]]
) -> tuple[Options, int]:
    """One bar a row in pieces: (key, label, colour)."""
    series = [
        _bars(label, [row[key] or None for row in rows], colour, n, stack="all", **_label("inside", textBorderColor="#fff", textBorderWidth=3))
        for n, (key, label, colour) in enumerate(parts)
    ]  # fmt: skip
    return _base(report, xAxis=_values(), yAxis=_names([row[name] for row in rows]), series=series), _height(len(rows))


def _top(report: Report) -> tuple[Options, int]:
    return _one(report, "name", "count", "工单数")


def _month_on_month(report: Report) -> tuple[Options, int]:
    """Bars to the left fell, to the right rose; the words stand beside them."""
    rows = [row for row in report.rows if row["change"] is not None]

    def half(wanted: bool) -> list[float | None]:
        return [round(100 * row["change"], 1) if (row["change"] < 0) == wanted else None for row in rows]

    series = [
        _bars("下降（%）", half(True), BLUE, 0, stack="change", **_label("left")),
        _bars("上升（%）", half(False), ORANGE, 1, stack="change", **_label("right")),
    ]
    names = _names([row["name"] for row in rows])
    names["axisLine"] = {"show": False}
    names["axisLabel"] = {**names["axisLabel"], "width": 230, "overflow": "truncate"}
    axis = _values(axisLabel={"formatter": "{value}%", "color": INK})
    return _base(report, xAxis=axis, yAxis={**names, "offset": 36}, series=series), _height(len(rows))


def _theme(report: Report) -> tuple[Options, int]:
    return _stacked(report, "name", (("ended", "已办结", BLUE), ("open", "在办", ORANGE)), report.rows)


def _districts(report: Report) -> tuple[Options, int]:
    """All districts by how much; one district by what."""
    if report.filters.get("district"):
        return _one(report, "name", "count", "工单数")
    totals: dict[str, int] = {}
    for row in report.rows:
        totals[row["district"]] = totals.get(row["district"], 0) + row["count"]
    order = sorted(totals, key=lambda district: -totals[district])
    bars = _bars("清单内工单数", [totals[district] for district in order], BLUE, 0, **_label())
    return _base(report, xAxis=_values(), yAxis=_names(order), series=[bars]), _height(len(order))


def _ledger(report: Report) -> tuple[Options, int]:
    return _stacked(report, "kind", (("ended", "已办结", BLUE), ("open", "在办", ORANGE)), report.rows)


def _heat(report: Report) -> tuple[Options, int]:
    """A matrix with its numbers in it; a number that is not shown is written as in the table."""
    topics = [column for column in report.columns if column.key not in ("place", "total")]
    cells, most = [], 1
    for y, row in enumerate(report.rows):
        for x, column in enumerate(topics):
            value = row[column.key]
            number = value if isinstance(value, int) else 1
            most = max(most, number)
            shown = str(value) if value else ""
            # In the dark cells the number is white.
            cells.append({"value": [x, y, number], "label": {"formatter": shown}})
    for cell in cells:
        cell["label"]["color"] = "#ffffff" if cell["value"][2] > 0.45 * most else INK  # type: ignore[index]
    options = _base(
        report,
        grid={"left": 8, "right": 16, "top": 10, "bottom": 40, "containLabel": True},
        legend={"show": False},
        tooltip={"show": False},
        xAxis={
            "type": "category", "position": "top", "data": [column.label for column in topics], "axisTick": {"show": False},
            "axisLine": {"show": False}, "axisLabel": {"rotate": 60, "interval": 0, "color": INK, "fontSize": 11, "width": 130, "overflow": "truncate"},
        },
        yAxis=_names([row["place"] for row in report.rows]),
        visualMap={
            "min": 0, "max": most, "orient": "horizontal", "left": 0, "bottom": 0, "itemHeight": 160, "text": [str(most), "0"],
            "inRange": {"color": list(SEQUENCE)}, "textStyle": {"color": INK},
        },
        series=[{"type": "heatmap", "data": cells, "label": {"show": True, "fontSize": 10}, "itemStyle": {"borderColor": "#ffffff", "borderWidth": 1}}],
    )  # fmt: skip
    return options, 190 + len(report.rows) * ROW


def _units(report: Report) -> tuple[Options, int]:
    rows = [{**row, "calm": row["open"] - row["overdue"] - row["soon"]} for row in report.rows if row["open"]][:SHOWN]
    parts = (("calm", "在办未到期", BLUE), ("soon", "24小时内到期", ORANGE), ("overdue", "已经超期", VERMILION))
    return _stacked(report, "unit", parts, rows)


def _hops(report: Report) -> tuple[Options, int]:
    parts = (("once", "转派一次", SKY), ("more", "转派两次以上", VERMILION), ("reopened", "重新办理", PURPLE))
    return _stacked(report, "unit", parts, report.rows[:SHOWN])


def _groups(report: Report) -> tuple[Options, int]:
    rows = report.rows[:20]
    bars = _bars("人数", [row["people"] for row in rows], BLUE, 0, **_label())
    names = [f"{row['whom']}（{row['name']}）" for row in rows]
    return _base(report, xAxis=_values(), yAxis=_names(names), series=[bars]), _height(len(rows))


def _follow_up(report: Report) -> tuple[Options, int]:
    rates = (("contacted", "响应率", BLUE), ("solved", "解决率", ORANGE), ("satisfied", "满意率", GREEN))
    rows = report.rows[:SHOWN]
    series = [
        _bars(label, [None if row[key] is None else round(100 * row[key], 1) for row in rows], colour, n, **_label("right", formatter="{c}%"))
        for n, (key, label, colour) in enumerate(rates)
    ]  # fmt: skip
    axis = _values(max=100, axisLabel={"formatter": "{value}%", "color": INK})
    return _base(report, xAxis=axis, yAxis=_names([row["unit"] for row in rows]), series=series), _height(len(rows), 3)


def _bot(report: Report) -> tuple[Options, int]:
    """How much was talked, and how much of it without a person."""
    months = {"type": "category", "data": [row["month"] for row in report.rows], "axisLabel": {"color": INK}}
    alone = [None if row["containment"] is None else round(100 * row["containment"], 1) for row in report.rows]
    line = {
        "type": "line", "name": "独立完成率（%）", "yAxisIndex": 1, "data": alone, "symbol": "diamond", "symbolSize": 10,
        "lineStyle": {"color": VERMILION, "width": 3, "type": "dashed"}, "itemStyle": {"color": VERMILION}, **_label("top", formatter="{c}%"),
    }  # fmt: skip
    bars = {**_bars("会话", [row["conversations"] for row in report.rows], SKY, 0), "barMaxWidth": 40}
    axes = [_values(), _values(min=0, max=100, splitLine={"show": False})]
    grid = {"left": 8, "right": 24, "top": 64, "bottom": 8, "containLabel": True}
    return _base(report, xAxis=months, yAxis=axes, series=[bars, line], grid=grid), 340


_CHARTS: Mapping[str, Callable[[Report], tuple[Options, int]]] = {
    "top": _top,
    "month_on_month": _month_on_month,
    "theme": _theme,
    "districts": _districts,
    "ledger": _ledger,
    "heat": _heat,
    "heat_streets": _heat,
    "units": _units,
    "hops": _hops,
    "groups": _groups,
    "follow_up": _follow_up,
    "bot": _bot,
}
