"""响应率 解决率 满意率 by unit, from what citizens answered when they were asked back."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from integrations.facts import FactRow
from integrations.followup import ANSWERED, ASKED, DECLINED, REMINDED, UNANSWERED
from integrations.reports.city import City, Rates
from integrations.reports.counting import counted
from integrations.reports.report import SHARE, TEXT, Column, Report, share
from integrations.reports.scope import Scope
from intents.extraction.follow_up import CONTACTED, SATISFIED, SOLVED

OF_ALL = "全市"
THREE = (CONTACTED, SOLVED, SATISFIED)
SILENT = (UNANSWERED, DECLINED)
ASKED_EVER = (ASKED, REMINDED, ANSWERED, UNANSWERED, DECLINED)
COLUMNS = (
    Column("unit", "主办单位", TEXT),
    Column("asked", "已回访"),
    Column("answered", "有答复"),
    Column("answer_share", "答复率", SHARE),
    Column("unanswered", "没有答复"),
    Column(CONTACTED, "响应率", SHARE),
    Column(SOLVED, "解决率", SHARE),
    Column(SATISFIED, "满意率", SHARE),
    Column("score", "综合得分", SHARE),
)


def follow_up(session: Session, city: City, scope: Scope, now: datetime) -> Report:
    """One row for the city, then one a unit, the lowest score first."""
    scope = scope.without("channel", "type")
    units: dict[str, Counter[str]] = {}
    by = (FactRow.lead_unit, FactRow.follow_up, *(getattr(FactRow, question) for question in THREE))
    for (unit, state, *answers), count in counted(session, scope, *by).items():
        told = {
            "asked": state in ASKED_EVER,
            "answered": any(answers),
            "silent": state in SILENT and not any(answers),
            **{f"{question}_{answer}": True for question, answer in zip(THREE, answers, strict=True) if answer},
        }
        units.setdefault(unit, Counter()).update({name: count for name, holds in told.items() if holds})
    rows = [_row(unit, counts, city.rates, city.small) for unit, counts in units.items() if counts["asked"]]
    rows.sort(key=lambda row: (row["score"] is None, row["score"], row["unit"]))
    whole = sum(units.values(), Counter())
    total = _row(OF_ALL, whole, city.rates, 0)
    summary = {"响应率": total[CONTACTED], "解决率": total[SOLVED], "满意率": total[SATISFIED], "综合得分": total["score"], "答复率": total["answer_share"]}  # fmt: skip
    silence = (
        "没有答复的不计入三率，答复率另列。"
        if city.rates.silence is None
        else f"没有答复的按{city.rates.silence:g}计。"
    )
    weights = "，".join(f"{label}{city.rates.weights[q]:.0%}" for q, label in ((CONTACTED, "响应"), (SOLVED, "解决"), (SATISFIED, "满意")))  # fmt: skip
    notes = (silence, f"综合得分的权重：{weights}（可配置，官方权重未公布）。", f"答复少于{city.small}件的单位不算率。")
    return Report("follow_up", "回访三率", (scope.first, scope.last), scope.filters, COLUMNS, [total, *rows], now, summary, notes)  # fmt: skip


def _row(unit: str, counts: Mapping[str, Any], rates: Rates, small: int) -> dict[str, Any]:
    """A rate of a handful of answers says nothing of the unit, and much of the citizens: it is left out."""
    enough = counts["answered"] >= small
    shown = {
        question: _rate(question, counts, rates) if enough else None for question in (CONTACTED, SOLVED, SATISFIED)
    }
    known = {question: rate for question, rate in shown.items() if rate is not None}
    weight = sum(rates.weights[question] for question in known)
    score = round(sum(rates.weights[q] * rate for q, rate in known.items()) / weight, 4) if weight else None
    return {
        "unit": unit,
        "asked": counts["asked"],
        "answered": counts["answered"],
        "answer_share": share(counts["answered"], counts["asked"]),
        "unanswered": counts["silent"],
        **shown,
        "score": score,
    }


def _rate(question: str, counts: Mapping[str, Any], rates: Rates) -> float | None:
    """What the answers to one question are worth, as a share of the most that they could be."""
    said = {answer: counts[f"{question}_{answer}"] for answer in rates.worth[question]}
    worth, of = sum(rates.worth[question][answer] * count for answer, count in said.items()), sum(said.values())
    if rates.silence is not None:
        worth, of = worth + rates.silence * counts["silent"], of + counts["silent"]
    return share(worth, of)
