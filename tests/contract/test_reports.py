"""Reports on each database: the facts are what the tables say, the numbers are right, and nobody is in them."""

import csv
import io
import json
from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from bench.made_up_city import made_up
from bench.reports import NotEmpty, load
from bot.reports import city_of, reports_of
from integrations.database import Database
from integrations.drafts import NewEntry
from integrations.escalation_tables import EscalationRow
from integrations.facts import FactRow, facts_of, fill_in
from integrations.followup import FollowUps, Intervals
from integrations.journal import Turn
from integrations.quiet import QuietHours
from integrations.reports.library import REPORTS, NoSuchReport, Reports
from integrations.reports.scope import BadScope, Scope, before, months_between
from integrations.status import Status
from integrations.tables import TicketRow
from integrations.zone import BEIJING
from tests.conftest import NOW
from tests.desks import NAMES, Desks, desks

COUNT = 3000
CANARY = "13912345678"


class Hands:
    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def here(database: Database, clock: Hands) -> Desks:
    return desks(database, clock, remote=False)


@pytest.fixture
def reports(database: Database) -> Reports:
    return reports_of(database, lambda: NOW)


def filed(here: Desks, clock: Hands, month: str, **values: object) -> str:
    clock.now = datetime.strptime(f"{month}-15", "%Y-%m-%d").replace(hour=12, tzinfo=BEIJING)
    return here.file(**values).number


def done(here: Desks, number: str, *statuses: Status) -> None:
    for status in statuses or (Status.ACCEPTED, Status.DISPATCHED, Status.RESOLVED):
        here.desk.move(number, status, by="unit")


def kept(database: Database) -> dict[str, dict[str, object]]:
    with database.reading() as session:
        return {
            row.number: {c.name: getattr(row, c.name) for c in FactRow.__table__.columns}
            for row in session.scalars(select(FactRow))
        }


def test_facts_follow_every_change_in_its_own_transaction(database: Database, here: Desks, clock: Hands) -> None:
    draft = here.draft(contact_phone="13800000001")
    here.drafts.append(draft.id, [NewEntry("place", "青年路14号", "14号", 3)], {"missed": 2})
    number = here.desk.file(draft, "web").number
    assert kept(database)[number] | {} == {
        **kept(database)[number],
        "month": 202611, "status": "submitted", "open": True, "kind": "不亮", "turns": 3, "corrected": 1, "missed": 2,
    }  # fmt: skip
    done(here, number, Status.ACCEPTED, Status.DISPATCHED, Status.RETURNED)
    here.desk.add_note(number, "不归我们管", by="unit")
    done(here, number, Status.DISPATCHED, Status.RETURNED, Status.DISPATCHED)
    assert (kept(database)[number]["returns"], kept(database)[number]["open"]) == (2, True)
    clock.now += timedelta(days=8)
    done(here, number, Status.RESOLVED)
    assert (kept(database)[number]["late"], kept(database)[number]["open"]) == (True, False)
    done(here, number, Status.REOPENED)
    assert (kept(database)[number]["reopens"], kept(database)[number]["late"]) == (1, False)
    with pytest.raises(RuntimeError), database.session() as session:
        session.get_one(TicketRow, number).topic = "parking"
        raise RuntimeError
    assert kept(database)[number]["topic"] == "street_lights"


def test_the_facts_made_up_are_those_that_the_tables_say(database: Database) -> None:
    load(database, made_up(COUNT, NOW))
    made = kept(database)
    assert len(made) == COUNT
    with database.session() as session:
        numbers = sorted(made)
        for start in range(0, COUNT, 500):
            for values in facts_of(session, numbers[start : start + 500]):
                # No words were made up, so the turns cannot be counted again.
                told = {
                    **values,
                    "turns": made[values["number"]]["turns"],
                    "corrected": made[values["number"]]["corrected"],
                }
                assert made[values["number"]] == told
        session.execute(text("DELETE FROM ticket_facts"))
    assert fill_in(database) == COUNT
    assert fill_in(database) == 0
    with pytest.raises(NotEmpty):
        load(database, made_up(1, NOW))


def test_every_report_adds_up_and_names_nobody(database: Database, reports: Reports, here: Desks) -> None:
    load(database, made_up(COUNT, NOW))
    with database.reading() as session:
        facts = session.scalars(select(FactRow)).all()
        phones = set(session.scalars(select(TicketRow.phone)))
    month = before(202611)
    ours = [fact for fact in facts if fact.month == month]
    by_topic = Counter(fact.topic for fact in ours)
    everything = {
        name: reports.make(name, {"district": "海淀区"} if name == "heat_streets" else {}) for name in REPORTS
    }
    top = everything["top"]
    assert [(row["topic"], row["count"]) for row in top.rows[:10]] == sorted(
        by_topic.items(), key=lambda one: (-one[1], one[0])
    )[:10]
    assert sum(row["count"] for row in top.rows) == top.summary["工单总数"] == len(ours)
    assert sum(row["share"] for row in top.rows) == pytest.approx(1, abs=0.002)
    moved = everything["month_on_month"]
    assert len(moved.rows) == 31
    earlier = Counter(fact.topic for fact in facts if fact.month == before(month))
    assert all((row["count"], row["before"]) == (by_topic[row["topic"]], earlier[row["topic"]]) for row in moved.rows)
    assert moved.summary["下降"] + moved.summary["上升"] + moved.summary["持平"] == 31
    assert sum(row["total"] for row in everything["heat"].rows) == len(ours)
    units = everything["units"]
    assert sum(row["open"] for row in units.rows) == sum(fact.open for fact in facts)
    assert sum(row["overdue"] for row in units.rows) == sum(fact.open and fact.due_at < NOW for fact in facts)
    assert sum(row["returns"] for row in everything["hops"].rows) == sum(fact.returns for fact in ours)
    assert sum(row["conversations"] for row in everything["bot"].rows) == sum(
        fact.channel != "open311" for fact in ours
    )
    assert [row["asked"] for row in everything["follow_up"].rows if row["unit"] == "全市"] == [
        sum(fact.follow_up in ("asked", "answered", "unanswered", "declined") for fact in ours)
    ]
    for report in everything.values():
        told = json.dumps(report.as_json(), ensure_ascii=False) + report.as_csv()
        assert not any(phone in told for phone in phones)
        assert "made-up" not in told
        assert "生成的测试工单" not in told


def test_month_on_month_says_how_many_fell_and_which_by_more_than_a_tenth(
    here: Desks, clock: Hands, reports: Reports
) -> None:
    for topic, september, october in (("street_lights", 10, 8), ("parking", 20, 19), ("shared_bikes", 2, 3)):
        for month, many in (("2026-09", september), ("2026-10", october)):
            for n in range(many):
                filed(here, clock, month, topic=topic, place=f"{topic}{month}{n}号")
    report = reports.make("month_on_month", {"month": "2026-10"})
    rows = {row["topic"]: row for row in report.rows}
    assert rows["street_lights"]["change"] == -0.2
    assert rows["street_lights"]["trend"] == "下降超过10%"
    assert rows["parking"]["trend"] == "下降"
    assert rows["shared_bikes"]["trend"] == "上升超过10%"
    assert (report.summary["下降"], report.summary["降幅超过10%"]) == (2, 1)
    assert report.summary["降幅超过10%的问题"] == "路灯问题"


def test_the_theme_of_a_month_has_its_problems_units_and_progress(here: Desks, clock: Hands, reports: Reports) -> None:
    number = filed(here, clock, "2026-07")
    filed(here, clock, "2026-07", place="另一处")
    done(here, number)
    report = reports.make("theme", {"month": "2026-07"})
    assert "路灯" in report.summary["主题"]
    assert [row["name"] for row in report.rows] == ["路灯问题", "地下通道和市政涵洞设施维护"]
    lights = report.rows[0]
    assert (lights["count"], lights["open"], lights["progress"], lights["lead_unit"]) == (2, 1, 0.5, "市城市管理委")
    for month in range(1, 13):
        assert 2 <= len(reports.make("theme", {"month": f"2026-{month:02}"}).rows) <= 3


def test_chaoyang_has_31_haidian_its_ledger_by_four_kinds(here: Desks, clock: Hands, reports: Reports) -> None:
    for kind, many in (("被占用", 27), ("待维修", 8), ("电容不足", 2), ("物业不让装", 5)):
        for n in range(many):
            filed(here, clock, "2026-10", topic="ev_charger", district="海淀区", issue_kind=kind, place=f"{kind}{n}")
    filed(here, clock, "2026-10", topic="construction_noise")
    lists = reports.make("districts", {"month": "2026-10"})
    assert Counter(row["district"] for row in lists.rows)["朝阳区"] == 31
    assert Counter(row["district"] for row in lists.rows)["海淀区"] == 27
    own = reports.make("districts", {"month": "2026-10", "district": "朝阳区"})
    assert [row["count"] for row in own.rows if row["topic"] == "construction_noise"] == [1]
    ledger = reports.make("ledger", {"month": "2026-10"})
    assert [(row["kind"], row["count"]) for row in ledger.rows] == [
        ("被占用", 27),
        ("待维修", 8),
        ("电容不足", 2),
        ("物业不让装", 5),
    ]
    assert ledger.summary["合计"] == 42


def test_streets_with_very_few_show_no_number(here: Desks, clock: Hands, reports: Reports) -> None:
    for n in range(4):
        filed(here, clock, "2026-10", street="望京街道", place=f"{n}")
    filed(here, clock, "2026-10", street="望京街道", topic="parking", place="一个人")
    row = reports.make("heat_streets", {"month": "2026-10", "district": "朝阳区"}).rows[0]
    assert (row["place"], row["street_lights"], row["parking"]) == ("望京街道", 4, "<3")
    assert row["total"] == 0 or row["total"] % 10 == 0


def test_group_cases_need_three_people_and_hold_none(here: Desks, clock: Hands, reports: Reports) -> None:
    for name, phones in (("蓝鲸游泳馆", (1, 2, 3, 3)), ("晨光健身", (4, 4, 4))):
        for n in phones:
            filed(
                here,
                clock,
                "2026-10",
                topic="prepaid_refund",
                merchant=name,
                amount_paid=1000,
                contact_phone=f"139123456{n:02}",
            )
    report = reports.make("groups", {"month": "2026-10"})
    assert [(row["whom"], row["people"], row["count"], row["loss"]) for row in report.rows] == [
        ("蓝鲸游泳馆", 3, 4, 4000)
    ]
    assert report.summary["重复反映工单"] == 3
    assert "139123456" not in json.dumps(report.as_json())


def test_the_three_rates_weigh_what_was_answered(
    database: Database, here: Desks, clock: Hands, reports: Reports
) -> None:
    hours = Intervals(timedelta(0), timedelta(hours=1), timedelta(hours=1))
    follow_ups = FollowUps(database, clock, hours, QuietHours.parse(""), NAMES)
    given = [("yes", "yes", "yes"), ("yes", "partly", "fair"), ("no", "no", "no"), (None, None, None)]
    for n, answers in enumerate(given):
        number = filed(here, clock, "2026-10", place=f"{n}号")
        with database.session() as session:
            follow_ups._open(session, session.get_one(TicketRow, number), f"resolved:{n}", "resolved", timedelta(0))
        with database.session() as session:
            from integrations.followup_tables import FollowUpRow

            row = session.scalars(select(FollowUpRow).where(FollowUpRow.ticket == number)).one()
            row.contacted, row.solved, row.satisfied = answers
            row.state = "answered" if any(answers) else "unanswered"
    city = reports.make("follow_up", {"month": "2026-10"}).rows[0]
    assert (city["asked"], city["answered"], city["unanswered"]) == (4, 3, 1)
    assert city["contacted"] == pytest.approx(2 / 3, abs=1e-4)
    assert city["solved"] == 0.5
    assert city["satisfied"] == 0.6
    assert city["score"] == pytest.approx(0.2 * 2 / 3 + 0.4 * 0.5 + 0.4 * 0.6, abs=1e-3)


def test_the_wait_for_a_person_is_the_queues(database: Database, here: Desks, clock: Hands, reports: Reports) -> None:
    october = datetime(2026, 10, 15, 12, tzinfo=BEIJING)
    clock.now = october
    ids = [here.journal.create("web").id for _ in range(5)]
    for id in ids:
        turn = here.journal.begin_turn(id, "转人工")
        assert isinstance(turn, Turn)
        here.journal.finish_turn(turn, [], {})
    waited = [timedelta(seconds=30), timedelta(seconds=90), timedelta(seconds=600), None]
    with database.session() as session:
        for id, wait in zip(ids, waited, strict=False):
            taken = october + wait if wait else None
            session.add(
                EscalationRow(
                    conversation_id=id, reason="wish", priority=5, state="closed", asked_at=october, since=october,
                    taken_at=taken, ended_at=october + timedelta(hours=1),
                )
            )  # fmt: skip
    row = reports.make("bot", {"month": "2026-10"}).rows[0]
    assert (row["conversations"], row["with_person"], row["containment"]) == (5, 4, 0.2)
    assert (row["wait"], row["given_up"]) == (90, 1)
    empty = reports.make("bot", {"month": "2026-09"}).rows[0]
    assert (empty["conversations"], empty["containment"], empty["wait"]) == (0, None, None)


def test_periods_filters_and_what_is_none_of_them(reports: Reports) -> None:
    assert Scope.read({}, NOW).first == 202610
    assert Scope.read({"from": "2025-11", "to": "2026-10"}, NOW).earlier().first == 202411
    assert (before(202601), months_between(202511, 202602)) == (202512, 4)
    for asked in (
        {"month": "2026-13"},
        {"month": "October"},
        {"from": "2026-10", "to": "2026-01"},
        {"from": "1990-01", "to": "2026-01"},
        {"district": "浦东新区"},
        {"topic": "weather"},
    ):
        with pytest.raises(BadScope):
            reports.make("top", asked)
    with pytest.raises(BadScope):
        reports.make("heat_streets", {})
    with pytest.raises(NoSuchReport):
        reports.make("people", {})


def test_csv_opens_in_a_spreadsheet_without_harm(here: Desks, clock: Hands, reports: Reports) -> None:
    for n in range(3):
        filed(here, clock, "2026-10", topic="prepaid_refund", merchant="=cmdcalc", contact_phone=f"1391234560{n}")
    written = reports.make("groups", {"month": "2026-10"}).as_csv()
    assert written.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(written.removeprefix("\ufeff"))))
    assert rows[0][2] == "涉及对象"
    assert rows[1][2].startswith("'=")


def test_the_city_is_as_the_catalog_has_it() -> None:
    city = city_of()
    assert len(city.listed("朝阳区")) == 31
    assert len(city.listed(None)) == 31
    assert len(city.listed("海淀区")) == 27
    assert city.ledgers["海淀区"] == {"ev_charger": "issue_kind"}
    assert set(city.lead_units) >= {topic.id for topic in city.listed(None)}
