"""Reports as files: /operator/reports/{name}.json and .csv, for supervisors and admins, with the page's own period and filters."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from bot.channels.problems import Problem
from bot.operators.guard import BASE
from integrations.accounts import Role
from integrations.audit import Audit
from integrations.reports.library import NoSuchReport, Reports
from integrations.reports.report import Report, month_text
from integrations.reports.scope import BadScope

TAKEN = "report_taken"
"""What the audit log calls it when somebody takes a report away."""


def report_files(reports: Reports, audit: Audit) -> APIRouter:
    """The two addresses of every report."""
    router = APIRouter(prefix=f"{BASE}/reports", tags=["reports"])

    def made(request: Request, name: str) -> Report:
        person = request.state.signed_in.person
        if not person.role.covers(Role.SUPERVISOR):
            raise Problem(403, "您的角色不能看报表。")
        try:
            report = reports.make(name, dict(request.query_params))
        except NoSuchReport:
            raise Problem(404, "没有这个报表。") from None
        except BadScope as error:
            raise Problem(422, str(error)) from None
        audit.record(person.login, TAKEN, f"report:{name}", **report.filters)
        return report

    Name = Annotated[str, Path(max_length=40, description="The report's name, such as top.")]

    @router.get("/{name}.json")
    def as_json(request: Request, name: Name) -> JSONResponse:
        """The report with its columns, rows, summary and notes; shares are fractions of one."""
        return JSONResponse(made(request, name).as_json(), headers={"Cache-Control": "no-store"})

    @router.get("/{name}.csv")
    def as_csv(request: Request, name: Name) -> Response:
        """The report's rows for a spreadsheet."""
        report = made(request, name)
        period = "_".join(dict.fromkeys(month_text(month) for month in report.months))
        headers = {
            "Content-Disposition": f'attachment; filename="{name}-{period}.csv"',
            "Cache-Control": "no-store",
        }
        return Response(report.as_csv(), media_type="text/csv; charset=utf-8", headers=headers)

    return router
