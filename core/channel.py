"""What core asks of a platform: one protocol, and the platform's abilities as data.

Core never names a platform. A face implements `Channel`; `bots/registry.py` lists it in one line.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, runtime_checkable

from core.conversation.model import Address, Edit, Erase, Incoming, Send


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a platform can do.

    Rates: `per_second` for the whole bot, `chat_burst` messages at once and then one every
    `chat_every` seconds to a private chat, `group_per_minute` to a group; 0 means no limit.
    `text_limit` counts in `text_unit`: UTF-16 units or code points.
    `unasked`: people who wrote to us may be written to without a subscription. `recall_hours`: how long a message
    of ours can be deleted, 0 for ever.
    `private_link` is a link into the private chat, with "{payload}" where a start payload goes.
    """

    text_limit: int = 4000
    text_unit: Literal["utf16", "char"] = "char"
    buttons: bool = True
    edit: bool = True
    erase: bool = False
    forms: bool = False
    per_second: float = 0.0
    chat_burst: int = 0
    chat_every: float = 0.0
    group_per_minute: int = 0
    private_link: str = ""
    alone: bool = True
    """Whether only one process may receive (a poll)."""
    unasked: bool = True
    recall_hours: float = 0.0
    boards: tuple[tuple[str, str], ...] = ()
    """(chat, language) of each place where it is read by everybody who passes, and a broadcast may be posted."""
    groups: tuple[str, ...] = ()
    """Groups of people that a post may call."""
    pictures: bool = False
    caption_limit: int = 0
    """How long a text under a picture may be, in `text_unit`; 0 means as long as any text."""


class Receipt(NamedTuple):
    """What a platform gave back for a performed effect: the reference of our message, if any."""

    ref: str = ""


Receive = Callable[[Sequence[Incoming]], Awaitable[None]]
"""Guard, then store: returns only when the events are durable, so that they may be acknowledged."""


@runtime_checkable
class Remembers(Protocol):
    """What a `Receive` can also do, for platforms that do not tell again what a lost connection missed."""

    async def recent(self, channel: str, since: float, limit: int) -> list[str]:
        """The users who wrote in a private chat since then (epoch seconds), the newest first."""


@runtime_checkable
class Watched(Protocol):
    """What a channel can also do: say whether its platform can be reached."""

    def trouble(self) -> str:
        """Why nothing comes in or goes out now, in a few words; empty while all is well."""


@runtime_checkable
class Stops(Protocol):
    """What a channel can also do: call nothing at all because its platform said so, to this process or to another."""

    name: str

    def stopped(self) -> float:
        """Seconds for which nothing is called; 0 while calls may go."""

    def stop(self, seconds: float) -> None:
        """Call nothing for so long: another process was told so."""

    def refused(self) -> int:
        """How many calls the platform refused, since this process began."""

    def too_many(self, refused: int) -> bool:
        """Stop, if so many refusals, of all processes in ten minutes, are too many."""


@runtime_checkable
class Meets(Protocol):
    """A channel that can send where it does not receive."""

    async def meet(self) -> None:
        """Learn who we are, however long the network is away."""


PERMIT: ContextVar[Callable[[], Awaitable[None]] | None] = ContextVar("permit", default=None)
"""Set while an effect is performed that people may call back. A face asks it right before each of its requests leaves,
whatever that had to wait for; it raises `NotSent` or `Unsure` when the effect was called back meanwhile."""


class Album(Protocol):
    """Where a channel finds the pictures of messages, and remembers what its platform calls them."""

    async def bytes_of(self, name: str) -> bytes:
        """A picture's bytes.

        Raises:
            DeliveryError: it is not there, or the store cannot be asked now.
        """

    async def known(self, keeper: str, name: str) -> str:
        """What a platform called this picture when an account of ours (`keeper`) gave it there; "" when it did not."""

    async def remember(self, keeper: str, name: str, ref: str) -> None:
        """The platform calls it so from now on. Raises nothing: who forgets it gives it there once more."""


@runtime_checkable
class Shows(Protocol):
    """What a channel can also do: show pictures."""

    def show_from(self, album: Album) -> None:
        """The pictures are found here. Called once, before anything is sent."""


class Part(Protocol):
    """One numbered part of a channel's connection, 0 to `count` - 1."""

    number: int
    count: int
    session: str
    """What whoever held it before left for us, "" for nothing."""
    lasts: bool
    """Whether somebody may come after us: a session that ends with us need not be kept alive."""

    async def keep(self, session: str) -> None:
        """Leave a session for whoever comes next. Raises nothing: what cannot be left now is lost with us."""


Hold = Callable[[Part], Awaitable[None]]
"""Be connected with one part until cancelled; when it has returned, the part is connected no more."""


class Share(Protocol):
    """The parts of a channel's connection that this process holds, and what all who hold some know together."""

    async def run(self, count: int, hold: Hold, *, adopt: bool) -> None:
        """Hold our share of `count` parts for ever, or with `adopt` of as many as the others already share. Raises what
        a `hold` raises."""

    async def turn(self, name: str, every: float) -> None:
        """Return when it is our turn: between two turns of one name are so many seconds, whoever takes them."""

    async def lend(self, name: str, text: str, seconds: float) -> None:
        """Let the others know a short text for so long. Best effort: raises nothing."""

    async def borrow(self, name: str) -> str:
        """What any of us lent under this name, "" for nothing. Raises nothing."""


@runtime_checkable
class Divided(Protocol):
    """A channel whose connection has parts, of which several processes may each hold some. It sends anywhere."""

    def share(self, share: Share) -> None:
        """Hold what `share` gives us, not everything; said before anything else."""

    def held(self) -> Mapping[int, bool]:
        """The parts that this process holds now, and whether each is connected."""


Sign = Callable[[Address, int, str], str]
"""(address, visit, choice name) -> the signed route that a button carries, at most 64 bytes."""


class Channel(Protocol):
    """A configured instance of a platform."""

    name: str
    abilities: Abilities

    async def run(self, receive: Receive) -> None:
        """Receive for ever; cancelled at shutdown. Nothing is acknowledged before `receive` returned."""

    async def perform(self, address: Address, effect: Send | Edit | Erase, key: str) -> Receipt:
        """Perform one effect. `key` is the same on each repetition.

        Raises:
            DeliveryError: one of its classes, chosen by what really happened.
        """

    async def busy(self, address: Address) -> None:
        """Show that an answer is being prepared. Best effort: raises nothing."""

    async def close(self) -> None:
        """Let go of every connection; nothing is sent any more."""


class AbilitiesOf(Mapping[str, Abilities]):
    """What each channel can do at this moment: some learn their own link only when they have arrived."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels

    def __getitem__(self, name: str) -> Abilities:
        return self._channels[name].abilities

    def __iter__(self) -> Iterator[str]:
        return iter(self._channels)

    def __len__(self) -> int:
        return len(self._channels)
