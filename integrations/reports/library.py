"""Every report by its name, and the making of one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from integrations.database import Database
from integrations.reports.bot import Waits, bot, no_waits
from integrations.reports.city import City
from integrations.reports.districts import districts
from integrations.reports.follow_up import follow_up
from integrations.reports.groups import groups
from integrations.reports.heat import heat, heat_streets
from integrations.reports.hops import hops
from integrations.reports.ledger import ledger
from integrations.reports.month_on_month import month_on_month
from integrations.reports.report import Report
from integrations.reports.scope import BadScope, Scope
from integrations.reports.theme import theme
from integrations.reports.top import top
from integrations.reports.units import units

Make = Callable[[Session, City, Scope, datetime], Report]


@dataclass(frozen=True, slots=True)
class Noun:
    """One report: its Chinese name, what it tells, how it is made."""

    title: str
    tells: str
    make: Make


REPORTS: Mapping[str, Noun] = {
    "top": Noun("十大高频", "工单最多的十类问题和占比", top),
    "month_on_month": Noun("环比", "27+X 个问题和上期相比：多少下降，哪些降幅超过10%", month_on_month),
    "theme": Noun("每月一题", "当月主题的两三个问题、主责单位和进展", theme),
    "districts": Noun("各区清单", "每个区自己的 27+X 清单", districts),
    "ledger": Noun("台账", "区级台账，例如海淀区充电桩的四种情形", ledger),
    "heat": Noun("热力图", "哪个区、哪类问题最集中", heat),
    "heat_streets": Noun("街道热力图", "一个区里，哪个街道、哪类问题最集中", heat_streets),
    "units": Noun("在办与超期", "各单位手上有多少、超期多少", units),
    "hops": Noun("首接负责", "转派了几次，重新办理多少", hops),
    "groups": Noun("重复与群体", "同一个人反复反映、很多人反映同一家", groups),
    "follow_up": Noun("回访三率", "响应率、解决率、满意率", follow_up),
    "bot": Noun("机器人表现", "独立完成率、轮数、更正、没听懂、等人工", bot),
}


class NoSuchReport(KeyError):
    """There is no report of this name."""


class Reports:
    """The reports on one database."""

    def __init__(self, database: Database, city: City, clock: Callable[[], datetime], waits: Waits = no_waits) -> None:
        self._database = database
        self.city = city
        self._clock = clock
        self._waits = waits

    def scope(self, asked: Mapping[str, str]) -> Scope:
        """The period and filters of an address. BadScope, also for a value that no ticket can have."""
        scope = Scope.read(asked, self._clock())
        for name, known in (("district", self.city.districts), ("topic", self.city.all_topics())):
            if name in scope.filters and scope.filters[name] not in known:
                raise BadScope(f"没有这个{'区' if name == 'district' else '类别'}：{scope.filters[name]}")
        return scope

    def make(self, name: str, asked: Mapping[str, str]) -> Report:
        """One report from one snapshot. NoSuchReport, BadScope."""
        if name not in REPORTS:
            raise NoSuchReport(name)
        scope = self.scope(asked)
        with self._database.reading() as session:
            if name == "bot":
                return bot(session, self.city, scope, self._clock(), self._waits)
            return REPORTS[name].make(session, self.city, scope, self._clock())
