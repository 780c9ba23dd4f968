"""One call, whatever carries it: what the talk may ask of the wire, and what the wire tells the talk.

Sound is 16 bit signed little-endian mono at `rate` Hz, both ways, as bytes. Everything here is called from the event loop.

A talk is one coroutine on one call:

    async for event in call.events():
        match event:
            case Audio(samples): …       # what the caller says; with holes, so it is no clock
            case Digit(key): …           # 0-9, *, #, A-D; sent when the key is released
            case Played(mark): …         # everything that was queued before this mark has been sent
            case Hangup(): …             # always the last one: the caller or the line is gone

What is said is queued (`play`), sent at the pace of speech by the transport, and can be thrown away (`clear`): the caller hears
nothing of it after the frame under way. Silence flows while nothing is queued. A call ends by `hand_over`, `hang_up`, or the
caller; in each case Hangup is the last event. When a talk returns or raises without any, the gateway hands the caller to a person.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

FRAME_SECONDS = 0.02
"""Everything on the wire is cut into frames of this length."""

BYTES_PER_SAMPLE = 2


@dataclass(frozen=True, slots=True, repr=False)
class Caller:
    """Who calls, as far as Asterisk knows. `number` is normalised (`caller.py`) and None when hidden. Never in a log: no repr."""

    number: str | None = None
    name: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    """Channel variables that came with the call; empty by AudioSocket."""


@dataclass(frozen=True, slots=True, repr=False)
class Audio:
    """A piece of what the caller says: of any length, usually 20 ms."""

    samples: bytes


@dataclass(frozen=True, slots=True)
class Digit:
    """A key of the telephone."""

    key: str


@dataclass(frozen=True, slots=True)
class Played:
    """A mark has been reached: what was queued before it is sent."""

    mark: str


@dataclass(frozen=True, slots=True)
class Hangup:
    """The call is over: the caller hung up, or (`lost`) the connection broke."""

    lost: bool = False


Event = Audio | Digit | Played | Hangup


class CallTransport(ABC):
    """One call. See the head of this file."""

    call_id: UUID
    """Asterisk's and ours; the same again when a caller comes back from a queue in which nobody answered."""

    caller: Caller
    rate: int
    """Hz of the sound both ways; fixed before the talk begins."""

    draft: str | None
    """The draft's id, for whoever asks how the call ended. The talk sets it as soon as there is one: the caller may hang up at any time."""

    @abstractmethod
    def events(self) -> AsyncIterator[Event]:
        """What happens, in order, ending with Hangup. One reader. Sound that nobody reads for half a minute is forgotten; the rest never."""

    @abstractmethod
    def play(self, samples: bytes) -> int:
        """Queues sound. Returns where it begins, on the scale of `position`. Harmless after the end."""

    @abstractmethod
    def mark(self, name: str) -> None:
        """Played(name) will follow once all that is queued now has been sent; at once when nothing is queued. A mark that is cleared away never comes."""

    @abstractmethod
    def clear(self) -> int:
        """Throws away what is queued, with its marks. Returns `position`: `call.clear() - begun` samples of a sentence were heard."""

    @property
    @abstractmethod
    def position(self) -> int:
        """Samples of queued sound that were really sent since the call began; silence is not counted."""

    @property
    @abstractmethod
    def playing(self) -> bool:
        """Whether anything is queued."""

    @abstractmethod
    async def until_played(self) -> None:
        """Waits until nothing is queued, or the call is over."""

    @property
    @abstractmethod
    def over(self) -> bool:
        """Whether the call has ended, by either side."""

    @abstractmethod
    async def hand_over(self, queue: str | None = None, draft: str | None = None) -> None:
        """Ends the bot's part; the dialplan sends the caller to an operator `queue` (its default when None), who finds `draft` (its id)."""

    @abstractmethod
    async def hang_up(self, draft: str | None = None) -> None:
        """Ends the call: all is said. What is still queued is not heard; wait with `until_played` first."""
