"""What the runtime asks of a store: one small protocol a room, and the rows they exchange.

Every method is one transaction. Methods that write are fenced: they raise `Fenced` when `epoch` is no longer
the epoch of the lease that this process holds. All times are epoch seconds that the caller passes in.
A room never opens a payload: conversations, events and effects are JSON text made by `conversation/wire.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from core.errors import StoreError


class Fenced(StoreError):
    """Another process took over the lease; this one must stop."""


# --- rows ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An inbound event to be remembered; (channel, event_id) is unique. `lane` is the conversation's key."""

    channel: str
    event_id: str
    lane: str
    payload: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """An inbound event that is remembered and not yet turned."""

    id: int
    channel: str
    event_id: str
    lane: str
    payload: str
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class NewEffect:
    """An effect to be performed. `key` is unique and the same on each repetition.

    `lane` orders effects (conversation key + class); `rank` 0 = reply, 9 = broadcast; `address` and
    `payload` are JSON; `due` is when it may be performed.
    """

    key: str
    lane: str
    rank: int
    kind: str
    address: str
    payload: str
    due: float


@dataclass(frozen=True, slots=True)
class EffectRow:
    """An effect that is queued (or was: `status`), in the order of `id`."""

    id: int
    key: str
    lane: str
    rank: int
    kind: str
    address: str
    payload: str
    due: float
    status: str = "queued"
    attempts: int = 0
    maybe_sent: int = 0
    error: str = ""
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """How an effect ended. `dead`: refused or given up. `uncertain`: may have happened, must not be repeated."""

    key: str
    status: Literal["done", "dead", "uncertain"]
    receipt: str = ""
    error: str = ""
    attempts: int = 1
    maybe_sent: int = 0


@dataclass(frozen=True, slots=True)
class Postponed:
    """An effect that will be tried again at `due`."""

    key: str
    due: float
    attempts: int
    maybe_sent: int
    error: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A conversation to be written. `before` is the revision that was loaded (0 = new)."""

    key: str
    state: str
    before: int
    revision: int


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A person on a channel. `blocked_at` is 0 while they can be reached."""

    channel: str
    user: str
    chat: str
    language: str
    seen_at: float
    blocked_at: float = 0.0


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Who did what to whom. Never holds what a person wrote."""

    at: float
    actor: str
    action: str
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """One group of turns, committed together with all that they caused."""

    turned: Sequence[int] = ()
    """Ids of the inbound events that are done."""
    conversations: Sequence[Saved] = ()
    effects: Sequence[NewEffect] = ()
    people: Sequence[Subscriber] = ()
    audit: Sequence[AuditLine] = ()


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A hand-over. `key` is the effect's key: opening twice with the same key gives the same ticket."""

    key: str
    conversation: str
    skill: str
    urgency: str
    language: str
    flow: str
    slots: str
    opened_at: float


@dataclass(frozen=True, slots=True)
class Ticket:
    """An open or closed ticket with its notes."""

    number: int
    conversation: str
    skill: str
    urgency: str
    language: str
    flow: str
    slots: str
    opened_at: float
    status: str
    notes: Sequence[tuple[float, str, str]] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class StoredFlow:
    """The sources of one version of a flow: a JSON object of file name -> text."""

    hash: str
    name: str
    version: int
    sources: str
    stored_at: float


# --- rooms -----------------------------------------------------------------------------------


class Inbox(Protocol):
    """Inbound events: remembered before they are acknowledged, turned once."""

    async def add(self, events: Sequence[NewEvent], now: float) -> list[EventRow]:
        """Remember events; returns the new ones only, in order, with their ids. Repeats are dropped."""

    async def waiting(self, after: int, limit: int) -> list[EventRow]:
        """Events not yet turned with an id above `after`, in order of id."""

    async def failed(self, event: int, error: str, *, dead: bool) -> None:
        """Count one failed attempt; `dead` puts it aside for a human."""

    async def dead(self, limit: int) -> list[EventRow]:
        """Events that were put aside, newest first."""

    async def revive(self, event: int) -> bool:
        """Try a dead event again; False when there is none with this id."""


class Turns(Protocol):
    """Conversations, and the one transaction of a turn."""

    async def load(self, keys: Sequence[str]) -> dict[str, str]:
        """Conversation key -> state. Unknown keys are absent. One SELECT."""

    async def commit(self, batch: Batch) -> None:
        """Everything of the batch, or nothing.

        Raises:
            Conflict: a conversation's revision is not `before` any more, an event that is turned already,
                a repeated effect key: the same batch will never pass.
            StoreError: disk full and the like: it may pass later.
        """


class Outbox(Protocol):
    """Effects to perform."""

    async def due(self, now: float, limit: int) -> list[EffectRow]:
        """The next effect of each lane, where it may be performed now, by rank and id. A lane whose next one
        is queued for later is left out."""

    async def lane(self, lane: str, limit: int) -> list[EffectRow]:
        """The queued effects of one lane, in order of id, whenever they are due."""

    async def next_due(self) -> float | None:
        """When the earliest queued effect is due."""

    async def settle(
        self,
        settled: Sequence[Settled],
        postponed: Sequence[Postponed],
        events: Sequence[NewEvent],
        now: float,
    ) -> list[EventRow]:
        """Write how effects went; remember the events that they caused. Returns the new events."""

    async def listing(self, status: str, limit: int) -> list[EffectRow]:
        """Effects of one status, newest first."""

    async def retry(self, key: str, now: float) -> bool:
        """Queue a dead or uncertain effect again; False when there is none with this key."""

    async def counts(self) -> dict[str, int]:
        """Status -> number of effects."""


class People(Protocol):
    """Subscribers."""

    async def blocked(self, channel: str, user: str, at: float) -> None:
        """A person cannot be reached any more; their queued effects are settled as dead."""

    async def moved(self, channel: str, chat: str, to: str) -> None:
        """A chat has a new id: conversations, subscribers, queued effects and open tickets follow."""

    async def find(self, channel: str, user: str) -> Subscriber | None:
        """One subscriber."""


class Tickets(Protocol):
    """What waits for a human."""

    async def open(self, ticket: NewTicket) -> int:
        """The ticket's number; the same for the same key."""

    async def note(self, key: str, conversation: str, text: str, ref: str, at: float) -> int | None:
        """Add to the newest open ticket of a conversation, once for each key. Its number, or None."""

    async def listing(self, limit: int) -> list[Ticket]:
        """Newest first."""


class Leases(Protocol):
    """Who leads. An epoch rises with each change of owner and fences the writes of the one before."""

    async def take(
        self, name: str, owner: str, now: float, seconds: float, *, force: bool = False
    ) -> int | None:
        """The epoch when it is ours now (free, expired, already ours, or `force`), else None.
        The store remembers (name, epoch) and checks it on every write from then on."""

    async def holder(self, name: str) -> tuple[str, float] | None:
        """(owner, until) of a lease."""

    async def renew(self, name: str, owner: str, now: float, seconds: float) -> bool:
        """Keep it; False when somebody else has it."""

    async def release(self, name: str, owner: str) -> None:
        """Let go at once."""


class Flows(Protocol):
    """The sources of every version that was ever on offer, by content hash."""

    async def put(self, flows: Sequence[StoredFlow]) -> None:
        """Store; a known hash is left as it is."""

    async def all(self) -> list[StoredFlow]:
        """All of them."""


class Slots(Protocol):
    """Due moments that may be used once."""

    async def claim(self, schedule: str, slot: str, now: float) -> bool:
        """True for the first caller of (schedule, slot), False for ever after."""


class Audit(Protocol):
    """The record of what was done."""

    async def append(self, line: AuditLine) -> None:
        """One line."""

    async def tail(self, limit: int) -> list[AuditLine]:
        """The newest lines, newest first."""


class Upkeep(Protocol):
    """What keeps the store small."""

    async def purge(self, *, events_before: float, effects_before: float, limit: int) -> int:
        """Delete turned events and settled effects older than that; returns how many rows went."""


class Store(Protocol):
    """All rooms over one connection."""

    inbox: Inbox
    turns: Turns
    outbox: Outbox
    people: People
    tickets: Tickets
    leases: Leases
    flows: Flows
    slots: Slots
    audit: Audit
    upkeep: Upkeep

    async def close(self) -> None:
        """Release everything."""
