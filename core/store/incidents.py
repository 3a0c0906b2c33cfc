"""The room of incidents. See `rooms.py` for the rules.

An incident shows the text of an approved version and of nothing else: the tables hold it by a foreign key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from core.store.rows import AuditLine, EventRow, NewEffect, NewEvent


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident. `name` and `version`: its text; `content` is that as JSON. `people`: how many it has affected."""

    number: int
    name: str
    version: int
    change: int
    opened_at: float
    opened_by: str
    closed_at: float
    closed_by: str
    content: str
    people: int


class Hanging(NamedTuple):
    """An open incident as people read of it."""

    number: int
    name: str
    change: int
    opened_at: float
    content: str


class Closing(NamedTuple):
    """How a closing ended: whether it was open, and whether those affected will be told."""

    closed: bool
    tells: bool


@dataclass(frozen=True, slots=True)
class Cases:
    """The hand-overs of an incident: how many in all, how many of them wait for staff, and the newest tickets."""

    count: int = 0
    waiting: int = 0
    newest: Sequence[int] = ()


class CaseRow(NamedTuple):
    """One of them, as an answer needs it."""

    ticket: int
    conversation: str
    language: str


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A text for all cases up to the ticket `upto`; everybody up to `after` has it. `texts`: JSON, by language."""

    incident: int
    number: int
    alias: str
    texts: str
    upto: int
    after: int


class IncidentRoom(Protocol):
    """What is wrong at present, and what was."""

    async def open(self) -> list[IncidentRow]:
        """Those that are not closed, oldest first."""

    async def hanging(self) -> list[Hanging]:
        """Those that people read of now: they are open, and their text was not stopped. Asked every few seconds."""

    async def listing(self, limit: int) -> list[IncidentRow]:
        """All of them, the newest first."""

    async def was_open(self, name: str, version: int) -> bool:
        """Whether this text was ever shown."""

    async def begin(
        self, name: str, person: str, most: int, line: AuditLine, posts: Sequence[NewEffect]
    ) -> int | None:
        """Open one with the text that is approved now; its number. None: no such text is approved, it is open
        already, or `most` are."""

    async def change(self, number: int, name: str, line: AuditLine, posts: Sequence[NewEffect]) -> bool:
        """Show another approved text from now on, and to everybody once more; False when that cannot be."""

    async def close(self, number: int, person: str, line: AuditLine, posts: Sequence[NewEffect]) -> Closing:
        """End it; its text, if it is approved as ever, is due for those affected from now on."""

    async def affected(self, number: int) -> int:
        """How many people it has affected."""

    async def purge(self, before: float, limit: int) -> int:
        """Forget so many of those whom incidents have affected that were closed before; how many, 0 when all are."""

    async def cases(self, number: int, newest: int) -> Cases:
        """Its hand-overs, with the `newest` of them."""

    async def answer(self, number: int, person: str, alias: str, texts: str, line: AuditLine) -> bool:
        """One text for all its cases so far; False when there are none."""

    async def answers(self) -> list[AnswerRow]:
        """Those that have not reached everybody."""

    async def slice(self, answer: AnswerRow, limit: int) -> list[CaseRow]:
        """The next cases that an answer is for; those that were closed meanwhile need none."""

    async def reach(
        self, answer: AnswerRow, cases: Sequence[CaseRow], events: Sequence[NewEvent], ended: bool, at: float
    ) -> list[EventRow]:
        """Tell these people, once each, and move on behind them; the new events. Nothing when another process did."""
