"""An event loop whose clock jumps: a minute of a call takes as long as its computing. Threads run in place, so that nothing real is waited for."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import anyio.to_thread
import pytest

T = TypeVar("T")


class _Jumping(selectors.SelectSelector):
    """Waits for nothing: the time until the next timer passes at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("nothing will ever happen")
        if not ready and timeout:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> "asyncio.Future[T]":  # type: ignore[override]
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done


async def _in_place(func: Callable[..., T], *args: Any, **_: Any) -> T:
    return func(*args)


def run(main: Coroutine[Any, Any, T], monkeypatch: pytest.MonkeyPatch) -> T:
    """Runs a coroutine in virtual time."""
    monkeypatch.setattr(anyio.to_thread, "run_sync", _in_place)
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
