"""The room of broadcasts: versions, approvals, runs and deliveries. See `rooms.py` for the rules.

Nothing is sent that a second person did not approve as it stands: the tables hold this by constraints (see
`schema/0007_broadcast.sql`), and `claim` looks at them once more for each single message.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from core.store.rows import AuditLine, NewEffect

BLOCKED = "blocked"
"""How the error of a row begins whose person blocked us or is gone."""
LOST = "the process ended"
"""The error of a delivery that is uncertain because of us, and not because of the platform."""
Outcome = Literal["queued", "sent", "failed", "blocked", "uncertain"]


@dataclass(frozen=True, slots=True)
class Draft:
    """One version as somebody wrote it. `content` is what will be sent, as JSON; `hash` is its SHA-256."""

    name: str
    code: str
    author: str
    source: str
    content: str
    hash: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A broadcast as it stands: its current version, and who stands behind it ("" and 0: nobody yet)."""

    name: str
    code: str
    version: int
    state: str
    reason: str
    changed_at: float
    stage: int
    stage_at: float
    author: str
    hash: str
    source: str
    content: str
    approver: str = ""
    people: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Whom a broadcast is for, as the store asks for it. Empty tuples and strings ask for nothing.

    `free`: the channels among `channels` on which people may be written to who asked for nothing. `seen_since`:
    epoch seconds. `cap`: whoever got so many since `cap_since` is left out, and so is who wants fewer; 0 for no cap at all.
    `got`: those who got that broadcast. `assets`: those who told one of them; `no_assets`: those who told none.
    `zones`: those who told one of them. `incident`: those whom that incident has affected, 0 for none. `anyway`: also
    those who want nothing any more.
    """

    channels: tuple[str, ...]
    free: tuple[str, ...]
    languages: tuple[str, ...]
    topic: str = ""
    seen_since: float = 0.0
    cases: bool = False
    attribute: tuple[str, str] = ("", "")
    cap: int = 0
    cap_since: float = 0.0
    got: str = ""
    assets: tuple[str, ...] = ()
    no_assets: bool = False
    zones: tuple[str, ...] = ()
    incident: int = 0
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class Reached:
    """One person of an audience. `before` is the row that brought them the broadcast that is corrected, `ref` the
    message that it became."""

    channel: str
    user: str
    chat: str
    language: str
    zone: str
    before: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The people of a group among the next so many of all; `end` is where to go on, None at the end of all."""

    people: Sequence[Reached]
    end: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Moment:
    """One due moment of a broadcast in one zone, and how many people have their rows."""

    name: str
    version: int
    slot: str
    zone: str
    due: float
    made: int = 0
    ended: int = 0


def key_of(moment: Moment) -> str:
    """How the keys of its deliveries begin; the channel, "|" and the person follow."""
    return f"b:{moment.name}:{moment.version}:{moment.slot}:"


@dataclass(frozen=True, slots=True)
class Tally:
    """So many deliveries with the same channel, language and outcome."""

    channel: str
    language: str
    outcome: Outcome
    people: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """One line of the report."""

    key: str
    channel: str
    user: str
    chat: str
    language: str
    outcome: Outcome
    ended_at: float
    ref: str
    error: str


@dataclass(frozen=True, slots=True)
class Slice:
    """What one slice of a run came to: whether there may be more people, and the rows that were made."""

    more: bool
    rows: Sequence[NewEffect] = field(default_factory=tuple)


Address = Callable[[Reached], NewEffect | None]
"""The row for one person; None leaves them out. Called inside the transaction: it must be pure and quick."""
Claim = Literal["wait", "no", "lost"]


class Broadcasts(Protocol):
    """Broadcasts and what became of them."""

    async def write(self, draft: Draft, line: AuditLine, at: float) -> int | None:
        """A new version, without approval; whatever was approved before is void. Its number, or None where the
        state lets nobody edit."""

    async def move(
        self, name: str, version: int, states: Sequence[str], to: str, reason: str, line: AuditLine
    ) -> bool:
        """Change the state of this version, from one of `states`; False when it is in another one.

        What is queued waits while it is paused, goes on when it runs again, and is given up at its end.

        Raises:
            Conflict: a step that the table does not know, or a state that needs an approval.
        """

    async def approve(
        self, name: str, version: int, hash_seen: str, approver: str, people: int, line: AuditLine
    ) -> bool:
        """Stand behind exactly this text. False when it is no longer what is under review.

        Raises:
            Conflict: the approver is its author.
        """

    async def find(self, name: str) -> Kept | None:
        """One broadcast."""

    async def by_code(self, code: str) -> Kept | None:
        """The broadcast whose code stands under it."""

    async def listing(self, limit: int) -> list[Kept]:
        """The newest first."""

    async def beginning(self, start: str) -> list[Kept]:
        """Those whose names begin so."""

    async def live(self) -> list[Kept]:
        """Those that were approved and are not at their end."""

    async def stage(self, name: str, version: int, stage: int, at: float) -> None:
        """Open the ramp further."""

    # --- the audience

    async def page(self, group: Group, after: tuple[str, str], limit: int) -> Page:
        """Those of a group among the next `limit` people behind `after`, in order."""

    async def walls(self) -> list[str]:
        """The walls of everybody: a zone, and their own quiet hours if they told any ("Asia/Tokyo 21:00-09:00");
        "" for those who told neither is always among them."""

    # --- runs

    async def begin(self, moments: Sequence[Moment]) -> int:
        """Plan due moments; one that is known stays as it is. How many are new."""

    async def moments(self, name: str, version: int) -> list[Moment]:
        """All of them, by their time."""

    async def postpone(self, moment: Moment, due: float) -> None:
        """Go on with it later."""

    async def slice(self, moment: Moment, group: Group, limit: int, make: Address, at: float) -> Slice:
        """The rows of the next people, and the cursor behind them, in one transaction; nothing unless it runs."""

    async def post(self, name: str, version: int, row: NewEffect, to: Reached, at: float) -> bool:
        """Queue the row of a board, once; False when it is there already, or it does not run."""

    async def posted(self, name: str, channel: str, chat: str) -> str:
        """The message that stands in a board of a broadcast, "" for none."""

    async def queued(self, name: str, version: int) -> bool:
        """Whether a delivery still waits in the outbox; those that were settled past us are counted on the way."""

    async def backlog(self, now: float) -> int:
        """Rows that nobody waits for and that are due."""

    async def claim(self, key: str, now: float, until: float) -> tuple[str, str] | Claim:
        """Take one delivery in hand: (content, language) of what may be sent, checked against the approval and its hash.

        Until `until` nobody else takes it, and if we never say how it ended it may have been sent.
        "wait": it is paused, or somebody has it in hand. "lost": whoever had it in hand never said how it ended.
        "no": it is not to be sent.
        """

    async def stands(self, key: str) -> bool:
        """Whether a delivery that was taken in hand may still be sent."""

    async def abandoned(self, now: float) -> int:
        """Whoever had deliveries in hand before is no more: they are uncertain from now on. How many there are."""

    # --- what became of it

    async def tally(self, name: str, version: int) -> list[Tally]:
        """How many, by channel, language and outcome."""

    async def latest(self, name: str, version: int, since: float, limit: int) -> list[Outcome]:
        """How the last ones ended after `since` that the platform has answered for, the newest first."""

    async def report(self, name: str, after: str, limit: int) -> list[Delivered]:
        """Its deliveries behind the key `after`, in order."""

    async def queue_once(self, rows: Sequence[NewEffect]) -> None:
        """Queue rows; one whose key is known is left as it is."""

    async def opt_out(self, channel: str, user: str, at: float) -> None:
        """This person wants nothing that nobody asked for, not even what is queued."""

    async def opt_in(self, channel: str, user: str) -> None:
        """They do again."""

    async def attributes(self, rows: Sequence[tuple[str, str, str, str]]) -> int:
        """Remember (channel, person, name, value); an empty value forgets. How many were written."""
