"""The admin's page of the audit log."""

from anyio import to_thread
from nicegui import ui

from bot.operators.ui.shell import Me, Shell
from bot.operators.ui.tables import plain_table, row
from integrations.accounts import Role
from integrations.zone import BEIJING

LINES_A_PAGE = 100
ACTIONS = {
    "staff_added": "新建账号",
    "staff_disabled": "停用账号",
    "staff_enabled": "恢复账号",
    "role_changed": "改角色",
    "password_changed": "改密码",
    "signed_in": "登录",
    "signed_out": "退出",
    "phone_shown": "查看电话",
    "phone_searched": "按电话查工单",
    "recording_played": "听录音",
    "file_opened": "打开附件",
    "letter_replayed": "重发",
    "ticket_moved": "改工单状态",
    "follow_up_noted": "登记回访",
    "called_in_vain": "回访没人接",
    "reply_changed": "改常用语",
    "reply_removed": "删常用语",
    "report_taken": "导出报表",
}
"""What the log's actions are called; one that is not here is shown as it is."""


def install(shell: Shell) -> None:
    """/operator/audit."""
    audit = shell.office.audit

    @shell.page("/audit", "日志", role=Role.ADMIN, icon="fact_check")
    async def log(me: Me, who: str = "", action: str = "", page: int = 0) -> None:
        lines = await to_thread.run_sync(
            lambda: audit.lines(who=who, action=action, limit=LINES_A_PAGE, offset=page * LINES_A_PAGE)
        )
        broken = await to_thread.run_sync(audit.broken) if page == 0 else None
        ui.label("审计日志").classes("title")
        whole = "每一行都和写下时一样。" if broken is None else f"第{broken}行被人动过，请马上查。"
        ui.label(whole).classes("soft" if broken is None else "alarm")
        with plain_table("序号", "时间", "谁", "做了什么", "对象", "详情"):
            for line in lines:
                row(
                    str(line.seq),
                    line.at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
                    line.who,
                    ACTIONS.get(line.action, line.action),
                    line.subject,
                    "，".join(f"{key}: {value}" for key, value in line.detail.items()),
                )
        with ui.row().classes("actions"):
            if page:
                ui.link("较新的", f"/audit?page={page - 1}")
            if len(lines) == LINES_A_PAGE:
                ui.link("较早的", f"/audit?page={page + 1}")
