"""A whole turn (HTTP in, journal, Rasa, action, database, HTTP out) against a bare message to the same Rasa over its own REST channel.

The bare message goes to the same model and calls the same actions; what the ratio shows is what the house adds: the API, the journal, the lease.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

import httpx

from bench.house import Running, running

SCRIPT = (
    "朝阳区望京西园四区的路灯坏了三天了",
    "不是朝阳，是海淀",
    "13800001234",
    "要改一下",
    "改联系电话",
    "13900001234",
    "对，提交",
)
CONVERSATIONS = 25
AT_ONCE = 32
ROUNDS = 2

Say = Callable[[str], Awaitable[None]]


class Citizen:
    """One conversation, spoken to in either way."""

    def __init__(self, http: httpx.AsyncClient, where: Running, opened: dict[str, str]) -> None:
        self._http = http
        self._where = where
        self._id = opened["conversation_id"]
        self._headers = {"Authorization": f"Bearer {opened['token']}"}

    @classmethod
    async def new(cls, http: httpx.AsyncClient, where: Running) -> "Citizen":
        """A conversation that the house knows."""
        return cls(http, where, (await http.post(f"{where.house}/api/v1/conversations")).json())

    async def whole(self, text: str) -> None:
        """Through the house."""
        path = f"{self._where.house}/api/v1/conversations/{self._id}/messages"
        answer = await self._http.post(path, json={"text": text}, headers=self._headers)
        assert answer.json()["replies"], answer.text

    async def bare(self, text: str) -> None:
        """Straight to Rasa."""
        answer = await self._http.post(
            f"{self._where.rasa}/webhooks/rest/webhook", json={"sender": self._id, "message": text}
        )
        assert answer.json(), "Rasa answered nothing"


async def _talk(say: Say) -> list[float]:
    taken = []
    for line in SCRIPT:
        before = time.perf_counter()
        await say(line)
        taken.append(time.perf_counter() - before)
    return taken


async def one_after_the_other(http: httpx.AsyncClient, where: Running) -> tuple[list[float], list[float]]:
    """Seconds a message, whole and bare, taken in turns so that both see the same machine."""
    whole: list[float] = []
    bare: list[float] = []
    for _ in range(CONVERSATIONS):
        whole += await _talk((await Citizen.new(http, where)).whole)
        bare += await _talk((await Citizen.new(http, where)).bare)
    return whole, bare


async def all_at_once(http: httpx.AsyncClient, where: Running) -> tuple[float, float]:
    """Messages a second, whole and bare, with AT_ONCE conversations at once."""
    rates: dict[str, list[float]] = {"whole": [], "bare": []}
    for _ in range(ROUNDS):
        for way, found in rates.items():
            citizens = [await Citizen.new(http, where) for _ in range(AT_ONCE)]
            before = time.perf_counter()
            await asyncio.gather(*(_talk(getattr(citizen, way)) for citizen in citizens))
            found.append(AT_ONCE * len(SCRIPT) / (time.perf_counter() - before))
    return max(rates["whole"]), max(rates["bare"])


async def main() -> None:
    """Prints the table."""
    async with running() as where, httpx.AsyncClient(timeout=120, trust_env=False) as http:
        await _talk((await Citizen.new(http, where)).whole)
        whole, bare = one_after = await one_after_the_other(http, where)
        together = await all_at_once(http, where)
    medians = [statistics.median(found) * 1000 for found in one_after]
    tails = [statistics.quantiles(found, n=20)[18] * 1000 for found in (whole, bare)]
    print("\nA turn                         whole      bare Rasa   ratio")
    print(f"median, ms                  {medians[0]:8.1f}     {medians[1]:8.1f}   {medians[0] / medians[1]:5.2f}")
    print(f"95th percentile, ms         {tails[0]:8.1f}     {tails[1]:8.1f}   {tails[0] / tails[1]:5.2f}")
    print(
        f"messages/s, {AT_ONCE} at once      {together[0]:8.1f}     {together[1]:8.1f}   {together[0] / together[1]:5.2f}"
    )


if __name__ == "__main__":
    asyncio.run(main())
