"""A city of made-up tickets, fast: conversations, drafts, tickets, history, follow-ups and facts as the house would have written them.

Spread over fifteen months by weights that are guesses, not measurements: topics from many to few, districts by their people, streets, units
by the city's own routing, statuses by age. No word of it is anybody's. `tests/contract/test_reports.py` holds the facts made here equal to
those that `integrations/facts.py` computes from the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from config.city import district_overlays, read
from integrations.followup import AT_WORK
from integrations.groups import REPEATED
from integrations.numbers import _QUASIGROUP
from integrations.routing import Routes
from intents.catalog import load_catalog
from intents.catalog.model import OTHER, TYPES
from intents.gazetteer.index import load_gazetteer

MONTHS = 15
BATCH = 50_000
CHANNELS = (("web", 0.55), ("phone", 0.28), ("telegram", 0.15), ("open311", 0.02))
PEOPLE = {
    "朝阳区": 344, "海淀区": 313, "昌平区": 227, "丰台区": 201, "大兴区": 199, "通州区": 184, "顺义区": 132, "房山区": 131, "西城区": 110,
    "东城区": 70, "石景山区": 56, "密云区": 52, "怀柔区": 44, "平谷区": 45, "门头沟区": 39, "延庆区": 34,
}  # fmt: skip
BUSIEST = (
    "parking", "housing_use", "prepaid_refund", "property_certificate", "garbage_collection", "online_purchase", "group_rental", "hospital_services",
    "street_vendors", "unpaid_wages", "training_institutions", "old_estate_renovation", "traffic_noise", "ev_charger", "shared_bikes", "street_lights",
)  # fmt: skip
NAMED = ("prepaid_refund", "online_purchase", "training_institutions", "estate_agents", "unpaid_wages")

_ALL = ("submitted", "accepted", "dispatched", "in_progress", "resolved", "closed")
_BACK = ("submitted", "accepted", "dispatched", "returned", "dispatched")
PATHS: tuple[tuple[tuple[str, ...], float, float], ...] = (
    # Steps, share among old tickets, share among those of the last days.
    (_ALL, 0.77, 0.05),
    ((*_BACK, "in_progress", "resolved", "closed"), 0.08, 0.0),
    ((*_BACK, "returned", "dispatched", "in_progress", "resolved", "closed"), 0.02, 0.0),
    ((*_ALL, "reopened", "in_progress", "resolved", "closed"), 0.05, 0.0),
    (_ALL[:5], 0.02, 0.12),
    ((*_ALL, "reopened", "in_progress"), 0.01, 0.0),
    (_ALL[:4], 0.015, 0.35),
    (_BACK[:4], 0.003, 0.05),
    (_ALL[:3], 0.002, 0.20),
    (_ALL[:2], 0.0, 0.13),
    (_ALL[:1], 0.0, 0.07),
    (("submitted", "accepted", "cancelled"), 0.03, 0.03),
)
YOUNG = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one table, in the order of `columns`."""

    table: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def made_up(count: int, now: datetime, seed: int = 12345) -> Iterator[Rows]:
    """Everything about `count` tickets, in batches, each table after those that it points to."""
    maker = _Maker(np.random.default_rng(seed), now)
    for start in range(0, count, BATCH):
        yield from maker.batch(start, min(BATCH, count - start))


@dataclass(frozen=True, slots=True)
class _Lot:
    """What was drawn for a batch: one entry a ticket in each."""

    numbers: list[str]
    ids: list[str]
    created: NDArray[np.datetime64]
    made: list[str]
    topics: list[str]
    districts: list[str]
    types: list[str]
    channels: list[str]
    phones: list[str]
    path_of: NDArray[np.int64]
    steps: NDArray[np.datetime64]
    due: NDArray[np.datetime64]
    turns: list[int]
    corrected: list[int]
    missed: list[int]
    places: list[int]
    shops: list[int]
    repeated: list[bool]
    loss: list[float]
    picks: list[list[float]]


class _Maker:
    def __init__(self, dice: np.random.Generator, now: datetime) -> None:
        self.dice = dice
        self.now = np.datetime64(int(now.timestamp()), "s")
        self.catalog = load_catalog()
        gazetteer = load_gazetteer()
        self.districts = list(gazetteer.districts)
        self.streets = {d: list(gazetteer.streets[d]) for d in self.districts}
        self.routes = Routes.from_data(read("routes.yml"), district_overlays(), read("nearest.yml"))
        self.topics = list(self.catalog.topics)
        weights = np.array([1 / (BUSIEST.index(t) + 2) if t in BUSIEST else 0.035 for t in self.topics])
        weights[self.topics.index(OTHER)] = 1.0
        self.topic_weights = weights / weights.sum()
        people = np.array([PEOPLE.get(d, 40) for d in self.districts], dtype=float)
        self.district_weights = people / people.sum()
        self.drift = dice.uniform(-0.25, 0.25, (MONTHS, len(self.topics)))
        self.kinds = {t: list(topic.fields["issue_kind"].options) if "issue_kind" in topic.fields else [] for t, topic in self.catalog.topics.items()}  # fmt: skip
        self.follow_ups = 0

    def batch(self, start: int, n: int) -> Iterator[Rows]:
        """`n` tickets from the `start`th on."""
        lot = self._draw(start, n)
        tickets, facts = self._tickets(lot)
        yield Rows("conversations", _CONVERSATION, [(lot.ids[i], lot.channels[i], "", "bot", lot.turns[i] + 1, lot.made[i]) for i in range(n)])  # fmt: skip
        yield Rows("drafts", _DRAFT, [(lot.ids[i], lot.ids[i], "filed", f'{{"missed": {lot.missed[i]}}}', lot.made[i]) for i in range(n)])  # fmt: skip
        yield Rows("tickets", _TICKET, tickets)
        yield from self._history(lot.numbers, lot.path_of, lot.steps)
        asked, follow_ups = self._asked(lot)
        yield follow_ups
        ends = _first_end(lot.path_of, lot.steps)
        late = ((ends != _NEVER) & (ends > lot.due)).tolist()
        months = _months(lot.created).tolist()
        yield Rows("ticket_facts", _FACTS, [
            (*facts[i], months[i], late[i] and not facts[i][12], _RETURNS[lot.path_of[i]], _REOPENS[lot.path_of[i]], *asked[i], lot.turns[i], lot.corrected[i], lot.missed[i])
            for i in range(n)
        ])  # fmt: skip

    def _draw(self, start: int, n: int) -> _Lot:
        dice = self.dice
        created = self._created(n)
        topic_of = self._topics(created)
        young = (self.now - created) < np.timedelta64(int(YOUNG.total_seconds()), "s")
        path_of = np.where(young, self._path(n, 2), self._path(n, 1))
        steps = self._steps(created, path_of, n)
        names = [channel for channel, _ in CHANNELS]
        return _Lot(
            numbers=_numbers(start, n),
            ids=[f"made-up-{start + i:09}" for i in range(n)],
            created=created,
            made=_texts(created),
            topics=[self.topics[topic] for topic in topic_of],
            districts=[self.districts[d] for d in dice.choice(len(self.districts), n, p=self.district_weights)],
            types=[TYPES[t] for t in dice.choice(6, n, p=[0.14, 0.32, 0.42, 0.05, 0.05, 0.02])],
            channels=[names[c] for c in dice.choice(len(names), n, p=[p for _, p in CHANNELS])],
            phones=[f"138{p:08}" for p in dice.integers(0, 45_000_000, n)],
            path_of=path_of,
            steps=steps,
            due=_due(created, [15 if self.topics[t] in _SLOW else 7 for t in topic_of], path_of, steps),
            turns=(2 + dice.poisson(3.2, n)).tolist(),
            corrected=((dice.random(n) < 0.14).astype(int) + (dice.random(n) < 0.02)).tolist(),
            missed=((dice.random(n) < 0.09).astype(int) + (dice.random(n) < 0.02)).tolist(),
            places=(4000 * dice.random(n) ** 2).astype(int).tolist(),
            shops=(9000 * dice.random(n) ** 2.5).astype(int).tolist(),
            repeated=(dice.random(n) < 0.06).tolist(),
            loss=np.round(dice.lognormal(8, 1.0, n)).tolist(),
            picks=dice.random((n, 2)).tolist(),
        )

    def _tickets(self, lot: _Lot) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """The tickets' rows, and the beginnings of the facts'."""
        tickets, facts = [], []
        due = _texts(lot.due)
        for i, number in enumerate(lot.numbers):
            wanted, district, (pick, known) = lot.topics[i], lot.districts[i], lot.picks[i]
            streets = self.streets[district]
            street = streets[int(pick**1.6 * len(streets))] if known > 0.08 else None
            routing = self.routes.route(wanted, district, street, {})
            kinds = self.kinds[wanted]
            kind = kinds[int(pick * 997) % len(kinds)] if kinds else None
            place = f"{street or district}{lot.places[i]}号"
            about, loss = f"{wanted}|{district}|{place}", None
            if wanted in NAMED:
                about, loss = f"{wanted}||商家{lot.shops[i]}", lot.loss[i]
            fields = _object(district=district, place=place, description="（生成的测试工单）", issue_kind=kind)
            tags = _list([*routing.tags, *([REPEATED] if lot.repeated[i] else [])])
            last = PATHS[lot.path_of[i]][0][-1]
            who = (lot.channels[i], lot.types[i], routing.topic)
            tickets.append((number, lot.ids[i], lot.ids[i], *who, tags, district, street, last, routing.lead_unit, _list(routing.co_units), lot.phones[i], fields, about, loss, lot.made[i], due[i]))  # fmt: skip
            facts.append((number, *who, kind, district, street, routing.lead_unit, about, loss, lot.repeated[i], last, last in _WORK, due[i]))  # fmt: skip
        return tickets, facts

    def _created(self, n: int) -> NDArray[np.datetime64]:
        span = MONTHS * 30 * 86400
        return self.now - np.sort(self.dice.integers(60, span, n)).astype("timedelta64[s]")

    def _topics(self, created: NDArray[np.datetime64]) -> NDArray[np.int64]:
        """More or fewer of each from month to month."""
        age = ((self.now - created).astype("timedelta64[s]").astype(np.int64) // (30 * 86400)).clip(0, MONTHS - 1)
        topics = np.empty(len(created), dtype=np.int64)
        for month in np.unique(age):
            here = age == month
            weights = self.topic_weights * (1 + self.drift[month])
            topics[here] = self.dice.choice(len(self.topics), int(here.sum()), p=weights / weights.sum())
        return topics

    def _path(self, n: int, share: int) -> NDArray[np.int64]:
        weights = np.array([p[share] for p in PATHS], dtype=float)
        return self.dice.choice(len(PATHS), n, p=weights / weights.sum())

    def _steps(self, created: NDArray[np.datetime64], path_of: NDArray[np.int64], n: int) -> NDArray[np.datetime64]:
        """When each step was taken, none after now: [ticket, step]."""
        gaps = self.dice.lognormal(11.0, 0.9, (n, _LONGEST))
        gaps[:, 0] = 0
        whole = np.cumsum(gaps, axis=1)
        left = (self.now - created).astype("timedelta64[s]").astype(np.float64)[:, None]
        total = whole[np.arange(n), np.array([len(PATHS[p][0]) - 1 for p in path_of])][:, None]
        fit = np.minimum(1.0, left / np.maximum(total, 1) * 0.98)
        return created[:, None] + (whole * fit).astype("timedelta64[s]")

    def _history(self, numbers: list[str], path_of: Any, steps: Any) -> Iterator[Rows]:
        for step in range(_LONGEST):
            rows: list[tuple[Any, ...]] = []
            for p, (path, _, _) in enumerate(PATHS):
                if len(path) > step:
                    here = np.flatnonzero(path_of == p)
                    at = _texts(steps[here, step])
                    by = "citizen" if path[step] in ("submitted", "reopened") else "unit"
                    rows += [(numbers[i], path[step], by, "", at[k], at[k]) for k, i in enumerate(here)]
            yield Rows("ticket_history", ("ticket", "status", "by", "note", "at", "announced_at"), rows)

    def _asked(self, lot: _Lot) -> tuple[list[tuple[Any, ...]], Rows]:
        """The last follow-up of each ticket that has ended, for the facts and as rows."""
        n = len(lot.numbers)
        roll, words = self.dice.random(n), self.dice.random((n, 3))
        asked: list[tuple[Any, ...]] = [(None, None, None, None)] * n
        rows = []
        ends = _first_end(lot.path_of, lot.steps)
        opened = _texts(np.where(ends == _NEVER, self.now, ends))
        for i in range(n):
            path = PATHS[lot.path_of[i]][0]
            if "resolved" not in path or lot.channels[i] == "open311":
                continue
            again = path[-1] in _WORK
            if path[-1] == "resolved":
                asked[i] = ("asked", None, None, None)
            elif again or roll[i] < 0.62:
                contacted = "yes" if words[i, 0] < 0.88 else "no"
                solved = "no" if again else "yes" if words[i, 1] < 0.82 else "partly"
                satisfied = "yes" if words[i, 2] < (0.1 if again else 0.8) else "fair" if words[i, 2] < 0.9 else "no"
                asked[i] = ("answered", contacted, solved, satisfied)
            else:
                asked[i] = ("unanswered" if roll[i] < 0.96 else "declined", None, None, None)
            self.follow_ups += 1
            state, contacted_, solved_, satisfied_ = asked[i]
            closed = None if state == "asked" else opened[i]
            due = "2099-01-01 00:00:00.000000" if state == "asked" else opened[i]
            rows.append((self.follow_ups, lot.numbers[i], "resolved:1", "resolved", lot.ids[i], state, due, True, 0, contacted_, solved_, satisfied_, False, opened[i], opened[i], closed))  # fmt: skip
        return asked, Rows("follow_ups", _FOLLOW_UP, rows)


_CONVERSATION = ("id", "channel", "token_hash", "state", "last_turn", "created_at")
_DRAFT = ("id", "conversation_id", "state", "dialog_state", "created_at")
_TICKET = ("number", "draft_id", "conversation_id", "channel", "type", "topic", "tags", "district", "street", "status", "lead_unit", "co_units", "phone", "fields", "about", "loss", "created_at", "due_at")  # fmt: skip
_FACTS = ("number", "channel", "type", "topic", "kind", "district", "street", "lead_unit", "about", "loss", "repeated", "status", "open", "due_at", "month", "late", "returns", "reopens", "follow_up", "contacted", "solved", "satisfied", "turns", "corrected", "missed")  # fmt: skip
_FOLLOW_UP = ("id", "ticket", "occasion", "reason", "conversation_id", "state", "due_at", "aside", "misses", "contacted", "solved", "satisfied", "remarked", "opened_at", "asked_at", "closed_at")  # fmt: skip
_SLOW = ("property_certificate", "rural_homestead", "villager_benefits", "old_estate_renovation")
_WORK = frozenset(str(status) for status in AT_WORK)
_LONGEST = max(len(path) for path, _, _ in PATHS)
_NEVER = np.datetime64("1970-01-01T00:00:00", "s")
_RETURNS = [path.count("returned") for path, _, _ in PATHS]
_REOPENS = [path.count("reopened") for path, _, _ in PATHS]
_DAMM = np.array(_QUASIGROUP)


def _due(created: Any, days: list[int], path_of: Any, steps: Any) -> Any:
    """A ticket that was reopened has a new deadline."""
    due = created + np.array(days, dtype="timedelta64[D]")
    for p, (path, _, _) in enumerate(PATHS):
        if "reopened" in path:
            here = path_of == p
            due[here] = steps[here, path.index("reopened")] + np.timedelta64(7, "D")
    return due


def _first_end(path_of: Any, steps: Any) -> Any:
    """When it was resolved for the first time; `_NEVER` when it was not."""
    ends = np.full(len(path_of), _NEVER, dtype="datetime64[s]")
    for p, (path, _, _) in enumerate(PATHS):
        if "resolved" in path:
            here = path_of == p
            ends[here] = steps[here, path.index("resolved")]
    return ends


def _object(**values: str | None) -> str:
    """A ticket's fields, as little of them as reports need."""
    return "{" + ", ".join(f'"{name}": {{"value": "{value}"}}' for name, value in values.items() if value) + "}"


def _list(values: Any) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"


def _texts(moments: Any) -> list[str]:
    """As both databases keep them: UTC, "2026-10-01 08:00:00.000000"."""
    return [f"{text[:10]} {text[11:]}.000000" for text in np.datetime_as_string(moments, unit="s").tolist()]


def _months(created: Any) -> Any:
    months = (created + np.timedelta64(8, "h")).astype("datetime64[M]").astype(np.int64)
    return (1970 + months // 12) * 100 + months % 12 + 1


def _numbers(start: int, n: int) -> list[str]:
    """Valid ticket numbers, all different."""
    bodies = 10_000_000_000 + (np.arange(start, start + n, dtype=np.int64) * 7_368_787) % 89_999_999_999
    interim = np.zeros(n, dtype=np.int64)
    for place in range(10, -1, -1):
        interim = _DAMM[interim, bodies // 10**place % 10]
    return [f"{body}{check}" for body, check in zip(bodies.tolist(), interim.tolist(), strict=True)]
