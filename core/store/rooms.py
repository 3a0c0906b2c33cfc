"""What the runtime asks of a store: one small protocol a room. The rows they exchange are in `rows.py`.

Every method is one transaction. Methods that write are fenced: they raise `Fenced` when `epoch` is no longer
the epoch of the lease that this process holds. All times are epoch seconds that the caller passes in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from core.errors import StoreError
from core.store.broadcasts import Broadcasts
from core.store.community import CommunityRoom
from core.store.drips import DripRoom
from core.store.freezes import FreezeRoom
from core.store.incidents import IncidentRoom
from core.store.lessons import Lessons
from core.store.notices import NoticeRoom
from core.store.official import OfficialRoom
from core.store.parts import Parts
from core.store.pictures import Pictures
from core.store.preferences import Preferences
from core.store.rows import (
    AuditLine,
    Batch,
    Draw,
    EffectRow,
    EventRow,
    NewEffect,
    NewEvent,
    NewNote,
    NewTicket,
    Opened,
    Posted,
    Postponed,
    Settled,
    StoredFlow,
    Subscriber,
    Ticket,
)
from core.store.snapshots import Snapshots
from core.store.staff import StaffRoom
from core.store.texts import TextRoom
from core.store.waiting import Waiting
from core.store.watches import Watches
from core.store.workers import Bell, Clock, Rates, Workers


class Fenced(StoreError):
    """Another process took over the lease; this one must stop."""


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

    async def commit(self, batch: Batch) -> list[EventRow]:
        """Everything of the batch, or nothing. Returns the new events of the batch.

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

    async def waits(self, key: str) -> bool:
        """Whether this effect is still queued; what nobody waits for may have been taken back."""

    async def next_due(self) -> float | None:
        """When the earliest queued effect is due."""

    async def hasten(self, now: float, latest: float) -> int:
        """What was queued for a later time than it can have been meant for is due now, because the clock was set
        back: what was never tried, and what waits for an attempt after `latest`. How many there were."""

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

    async def recent(self, channel: str, since: float, limit: int) -> list[str]:
        """Who wrote in a private chat since then, the newest first."""


class Tickets(Protocol):
    """What waits for a human."""

    async def open(self, ticket: NewTicket) -> int:
        """The ticket's number; the same for the same key."""

    async def note(self, key: str, conversation: str, text: str, ref: str, at: float) -> int | None:
        """Add to the newest open ticket of a conversation, once for each key. Its number, or None."""

    async def listing(self, limit: int) -> list[Ticket]:
        """Newest first."""


class Desk(Protocol):
    """Tickets before the staff: what is posted in their chat, and what comes from there."""

    async def open(self, ticket: NewTicket, desk: str, draw: Draw) -> Opened:
        """Open a ticket with its card in the staff's chat `desk` (an address as JSON), in one transaction.

        Once for each key. A person whose ticket is open and fits (the same urgency, and no flow or the same
        skill) is not given a second one: they come back to it, and a note says so.
        """

    async def note(self, note: NewNote, draw: Draw) -> list[NewEffect]:
        """Put a note under the card of the conversation's newest open ticket; `said` is kept with it, too.
        Returns the rows of what was posted: none without a ticket or a card, or when it was taken before."""

    async def show(self, number: int, draw: Draw) -> list[NewEffect]:
        """Post the card of a ticket that has none, as a case among many; nothing where it has."""

    async def ticket(self, number: int) -> Ticket | None:
        """One ticket, with its notes."""

    async def of(self, conversation: str, limit: int) -> list[Ticket]:
        """The tickets of a conversation, newest first, without their notes."""

    async def found(self, channel: str, chat: str, ref: str) -> Posted | None:
        """Which ticket a message in a staff's chat belongs to."""

    async def posted(self, key: str) -> Posted | None:
        """The message that belongs to a row."""

    async def sent(self, key: str) -> str:
        """The reference of the message that an effect became; "" while it was not sent, or when it never was."""

    async def alias(self, kind: str, subject: str) -> int:
        """The number by which somebody is known to others: 1 for the first of a kind, and always the same."""

    async def zone(self, channel: str, user: str) -> str:
        """The time zone that a person told us, "" when they told none."""


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
    """All rooms over one database."""

    bell: Bell | None
    """None where one process works alone."""
    clock: Clock | None
    """The database's own clock in epoch seconds, for what several machines must agree on; None where one works."""
    workers: Workers
    rates: Rates
    parts: Parts

    inbox: Inbox
    turns: Turns
    outbox: Outbox
    people: People
    tickets: Tickets
    desk: Desk
    leases: Leases
    flows: Flows
    slots: Slots
    lessons: Lessons
    broadcasts: Broadcasts
    notices: NoticeRoom
    incidents: IncidentRoom
    staff: StaffRoom
    snapshots: Snapshots
    freezes: FreezeRoom
    texts: TextRoom
    watches: Watches
    audit: Audit
    upkeep: Upkeep
    waiting: Waiting
    official: OfficialRoom
    community: CommunityRoom
    pictures: Pictures
    preferences: Preferences
    drips: DripRoom

    async def close(self) -> None:
        """Release everything."""
