"""The rows that the runtime and a store exchange: frozen values, one a table, written down field by field.

All times are epoch seconds. A row never opens a payload: conversations, events and effects are JSON text made by
`conversation/wire.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple


class NewEvent(NamedTuple):
    """An inbound event to be remembered; (channel, event_id) is unique. `lane` is the conversation's key."""

    channel: str
    event_id: str
    lane: str
    payload: str


class EventRow(NamedTuple):
    """An inbound event that is remembered and not yet turned."""

    id: int
    channel: str
    event_id: str
    lane: str
    payload: str
    attempts: int = 0


class NewEffect(NamedTuple):
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


class EffectRow(NamedTuple):
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


class Settled(NamedTuple):
    """How an effect ended. `dead`: refused or given up. `uncertain`: may have happened, must not be repeated."""

    key: str
    status: Literal["done", "dead", "uncertain"]
    receipt: str = ""
    error: str = ""
    attempts: int = 1
    maybe_sent: int = 0
    kept: bool = False
    """Its receipt is remembered beyond the row: staff may reply to that message in a month."""


class Postponed(NamedTuple):
    """An effect that will be tried again at `due`."""

    key: str
    due: float
    attempts: int
    maybe_sent: int
    error: str


class Saved(NamedTuple):
    """A conversation to be written. `before` is the revision that was loaded (0 = new)."""

    key: str
    state: str
    before: int
    revision: int


class Subscriber(NamedTuple):
    """A person on a channel. `blocked_at` is 0 while they can be reached."""

    channel: str
    user: str
    chat: str
    language: str
    seen_at: float
    blocked_at: float = 0.0


class AuditLine(NamedTuple):
    """Who did what to whom. Never holds what a person wrote."""

    at: float
    actor: str
    action: str
    subject: str
    detail: str = ""


TicketState = Literal["open", "answered", "closed"]
PostKind = Literal["card", "relay", "notice", "said"]


@dataclass(frozen=True, slots=True)
class Posted:
    """A message in a staff's chat that belongs to a ticket.

    Of ours (card, relay, notice): `key` is its row in the outbox, `ref` is known once it was sent, `source` is the
    person's message that a relay shows. A staff member's own (said): `ref` is their message, `key` is the row
    that brought it to the person, `source` the row of the first version when this is an edit.
    """

    key: str
    number: int
    kind: PostKind
    channel: str
    chat: str
    ref: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class TicketTurn:
    """What a staff member did to a ticket: `answered` (it is the person's turn) or `closed`."""

    number: int
    what: Literal["answered", "closed"]
    at: float


class Affected(NamedTuple):
    """A person who read the banner of an incident."""

    incident: int
    channel: str
    user: str
    at: float


@dataclass(frozen=True, slots=True)
class Batch:
    """One group of turns, committed together with all that they caused."""

    turned: Sequence[int] = ()
    """Ids of the inbound events that are done."""
    conversations: Sequence[Saved] = ()
    effects: Sequence[NewEffect] = ()
    people: Sequence[Subscriber] = ()
    audit: Sequence[AuditLine] = ()
    events: Sequence[NewEvent] = ()
    """Events for other conversations, which come in `at` this moment: what staff wrote goes to the person as one."""
    at: float = 0.0
    posted: Sequence[Posted] = ()
    tickets: Sequence[TicketTurn] = ()
    affected: Sequence[Affected] = ()
    """Who read the banner of an open incident."""
    aside: Sequence[tuple[int, str]] = ()
    """Of the events that are done: those that nobody could handle, and why. They are put aside for a human."""


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
    incident: int = 0
    """The open incident that it is about: it is one of its cases, and has no card of its own."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket with its notes. `status`: open (staff's turn), answered (the person's turn) or closed. `desk` is
    the staff's chat as JSON, "" without one; `alias` is the number by which staff know the person, 0 for none."""

    number: int
    conversation: str
    skill: str
    urgency: str
    language: str
    flow: str
    slots: str
    opened_at: float
    status: TicketState
    desk: str = ""
    alias: int = 0
    notes: Sequence[tuple[float, str, str]] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class NewNote:
    """What a person did beside a ticket; `key` is unique: the same note is taken once.

    `said`: they wrote (or sent, see `ref`), and it is kept with the ticket. `left`: they went back to the bot.
    `again`: they asked for a human who is called already; `text` is what is known now, as JSON.
    `gone`: they cannot be reached.
    """

    key: str
    conversation: str
    at: float
    what: Literal["said", "left", "again", "gone"] = "said"
    text: str = ""
    ref: str = ""


Draw = Callable[["Ticket", "NewNote | None", "Posted | None"], NewEffect]
"""(ticket, note, message) -> what the staff's chat shows: the card of a ticket when there is no note, else the note:
under that message when it is the card, in its place when it showed the same before. Called inside the transaction:
it must be pure and quick."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The ticket of a hand-over, and what was posted to the staff's chat with it. `fresh`: it was not open before."""

    number: int
    fresh: bool
    posts: Sequence[NewEffect] = ()


@dataclass(frozen=True, slots=True)
class StoredFlow:
    """The sources of one version of a flow: a JSON object of file name -> text."""

    hash: str
    name: str
    version: int
    sources: str
    stored_at: float
