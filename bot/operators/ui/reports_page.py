"""/operator/reports: what the city learns this month, as charts and as tables with the same numbers, to read, print and take away.

The period and the filters stand in the address: a report can be sent to a colleague, and going back goes back.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from anyio import to_thread
from fastapi import Query
from nicegui import ui

from bot.operators.guard import BASE
from bot.operators.ui.report_charts import chart_of
from bot.operators.ui.shell import Me, Shell
from bot.operators.ui.tables import plain_table
from integrations.accounts import Role
from integrations.facts import month_of
from integrations.reports.library import REPORTS, Reports
from integrations.reports.report import CHANGE, MONEY, SHARE, TEXT, Column, Report, month_text
from integrations.reports.scope import BadScope, before

PATH = "/reports"
FIRST = "top"
MONTHS = 24
ALL = ""
ROWS_AT_ONCE = 500
"""Rows in the page's table; the files hold all of them."""


def install(shell: Shell) -> None:
    """/operator/reports."""
    reports = shell.office.reports

    @shell.page(PATH, "报表", role=Role.SUPERVISOR, icon="bar_chart")
    async def page(
        me: Me,
        name: str = FIRST,
        month: str = "",
        first: Annotated[str, Query(alias="from")] = "",
        last: Annotated[str, Query(alias="to")] = "",
        district: str = "",
        topic: str = "",
        lead_unit: str = "",
        channel: str = "",
    ) -> None:
        asked = {"month": month, "from": first, "to": last, "district": district, "topic": topic}
        asked |= {"lead_unit": lead_unit, "channel": channel}
        await ReportPage(reports, name if name in REPORTS else FIRST, asked).build(month_of(shell.office.clock()))


class ReportPage:
    """One report in one period, with the way to the others."""

    def __init__(self, reports: Reports, name: str, asked: Mapping[str, str]) -> None:
        self._reports = reports
        self._name = name
        self._asked = {key: value for key, value in asked.items() if value}

    async def build(self, this_month: int) -> None:
        """The list of reports, the controls, the report."""
        ui.add_head_html(f'<link rel="stylesheet" href="{BASE}/static/reports.css">')
        if self._name == "heat_streets" and "district" not in self._asked:
            self._asked["district"] = self._reports.city.districts[0]
        with ui.element("div").classes("reports"):
            with ui.element("nav").classes("nouns").props('aria-label="报表"'):
                for name, noun in REPORTS.items():
                    link = ui.link(noun.title, self._address(name)).classes("here" if name == self._name else "")
                    link.props(f'title="{noun.tells}"' + (" aria-current=page" if name == self._name else ""))
            with ui.element("section").classes("report"):
                self._controls(this_month)
                try:
                    report = await to_thread.run_sync(self._reports.make, self._name, self._asked)
                except BadScope as error:
                    ui.label(str(error)).classes("empty").props("role=alert")
                    return
                self._show(report)

    def _address(self, name: str, **changed: str) -> str:
        return f"{PATH}?{urlencode({'name': name, **self._asked, **changed})}"

    def _controls(self, this_month: int) -> None:
        months = {month_text(month): month_text(month) for month in (before(this_month, n) for n in range(MONTHS))}
        last = before(this_month)
        city = self._reports.city
        districts = {ALL: "全市", **{district: district for district in city.districts}}
        topics = {ALL: "全部类别", **{topic: city.name(topic) for topic in city.all_topics()}}
        units = {ALL: "全部单位", **{unit: unit for unit in sorted(set(city.lead_units.values()))}}
        first = self._asked.get("from") or self._asked.get("month") or month_text(last)
        until = self._asked.get("to") or self._asked.get("month") or month_text(last)
        with ui.element("div").classes("controls"):
            self._choice("从", "from", months, first)
            self._choice("到", "to", months, until)
            self._choice("所在区", "district", districts, self._asked.get("district", ALL))
            self._choice("类别", "topic", topics, self._asked.get("topic", ALL))
            self._choice("主办单位", "lead_unit", units, self._asked.get("lead_unit", ALL))

    def _choice(self, label: str, key: str, options: dict[str, str], value: str) -> None:
        def changed(choice: str) -> None:
            wanted = {**self._asked, key: choice}
            wanted.pop("month", None)
            if key in ("from", "to"):
                # The other end of the period follows rather than contradicts.
                other = "to" if key == "from" else "from"
                ends = sorted((choice, str(wanted.get(other) or choice)))
                wanted["from"], wanted["to"] = (choice, choice) if (key == "from") != (choice == ends[0]) else ends
            query = urlencode({"name": self._name, **{k: v for k, v in wanted.items() if v}})
            ui.navigate.to(f"{PATH}?{query}")

        options = options if value in options else {**options, value: value}
        select = ui.select(options, value=value, label=label, on_change=lambda event: changed(str(event.value or "")))
        select.props("dense outlined options-dense")

    def _show(self, report: Report) -> None:
        period = " 至 ".join(dict.fromkeys(month_text(month) for month in report.months))
        with ui.element("div").classes("head"):
            ui.label(report.title).classes("title").props("role=heading aria-level=1")
            ui.label("　".join([period, *report.filters.values()])).classes("soft")
            ui.element("div").classes("grow")
            with ui.element("div").classes("files"):
                for kind in ("csv", "json"):
                    query = urlencode(self._asked)
                    ui.link(kind.upper(), f"{PATH}/{self._name}.{kind}?{query}")
                ui.button("打印", icon="print").props("flat dense").on("click", js_handler="() => window.print()")
        with ui.element("dl").classes("figures"):
            for label, value in report.summary.items():
                with ui.element("div"):
                    with ui.element("dt"):
                        ui.label(label)
                    with ui.element("dd").classes("long" if len(str(value)) > 16 else ""):
                        ui.label(figure(label, value))
        if (drawn := chart_of(report)) is not None:
            options, height = drawn
            ui.echart(options, renderer="svg").classes("chart").style(f"height: {height}px")
        for note in report.notes:
            ui.label(note).classes("soft note")
        self._table(report)

    def _table(self, report: Report) -> None:
        if not report.rows:
            ui.label("这段时间没有工单。").classes("empty")
            return
        with ui.element("div").classes("sheet" + (" matrix" if len(report.columns) > 16 else "")):  # noqa: SIM117
            with plain_table(*(column.label for column in report.columns if shown(column))):
                for row in report.rows[:ROWS_AT_ONCE]:
                    with ui.element("tr"):
                        for column in report.columns:
                            if shown(column):
                                with ui.element("td").classes("" if column.holds == TEXT else "number"):
                                    ui.label(cell(row.get(column.key), column))
        if len(report.rows) > ROWS_AT_ONCE:
            ui.label(f"这里列了前{ROWS_AT_ONCE}行，全部{len(report.rows)}行在文件里。").classes("soft note")


def shown(column: Column) -> bool:
    """Ids are for programs: the files have them."""
    return column.key != "topic"


def cell(value: Any, column: Column) -> str:
    """A value as it is read: 12.3%, ▼ 5.2%, 1,234."""
    if value is None:
        return "—"
    if column.holds == SHARE:
        return f"{100 * value:.1f}%"
    if column.holds == CHANGE:
        return f"{'▼' if value < 0 else '▲' if value > 0 else '＝'} {abs(100 * value):.1f}%"
    if column.holds == MONEY:
        return f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def figure(label: str, value: Any) -> str:
    """A figure of the summary; fractions are shares."""
    if isinstance(value, float):
        return f"{100 * value:.1f}%"
    return cell(value or 0 if value is not None else None, Column(label, label))
