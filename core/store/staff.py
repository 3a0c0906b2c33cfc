"""The room of staff: the roster in force, second factors, and the seals over the audit. See `rooms.py` for the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.store.rows import AuditLine, NewEffect


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person of the roster; `ids` and `roles` are words with a space between."""

    name: str
    ids: str
    roles: str


@dataclass(frozen=True, slots=True)
class Factor:
    """A person's second factor, as it is kept. `confirmed_by` is "" until an admin saw them enroll."""

    name: str
    sealed: str
    confirmed_by: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the audit with its number."""

    id: int
    at: float
    actor: str
    action: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class SealRow:
    """One seal: over the seal before it and `lines` lines up to the one with the id `last`."""

    number: int
    last: int
    lines: int
    mac: str
    at: float


class StaffRoom(Protocol):
    """Staff as persons."""

    async def roster(self) -> list[StaffRow]:
        """Who may speak for the house, by name."""

    async def propose(self, hash_of: str, proposer: str, line: AuditLine) -> None:
        """Ask for a roster; whoever asks for the same one first stays its proposer."""

    async def proposer(self, hash_of: str) -> str:
        """Who asked for this roster and nobody agreed yet; "" for nobody."""

    async def agree(
        self, hash_of: str, person: str, rows: Sequence[StaffRow], line: AuditLine, posts: Sequence[NewEffect]
    ) -> bool:
        """Put the roster in force, and tell it; False when nobody else asked for it. Every other wish lapses, for whoever
        asked for it may be nobody any more, and whoever is taken out has no second factor any more."""

    async def factor(self, name: str) -> Factor | None:
        """Somebody's second factor."""

    async def enrolled(self) -> list[str]:
        """Those whose second factor was confirmed, by name."""

    async def enroll(self, name: str, sealed: str, line: AuditLine) -> None:
        """A new secret in place of any other; it counts when it is confirmed."""

    async def confirm(self, name: str, by: str, line: AuditLine, posts: Sequence[NewEffect] = ()) -> None:
        """An admin saw them enroll; it is told in the same transaction."""

    async def attempt(self, name: str, most: int) -> int:
        """Count a try before anybody looks at it: how many there were in a row, 0 when there were `most` already."""

    async def use(self, name: str, step: int) -> bool:
        """Use the code of a time step, once and never an older one, and forget the tries; False when it was used."""

    async def unlock(self, name: str, line: AuditLine) -> None:
        """Forget the wrong ones."""

    async def ask(self, name: str, what: str, at: float) -> None:
        """Wait for this person's code, for this and nothing else."""

    async def asked(self, name: str, since: float) -> str:
        """What their code is waited for, "" for nothing; taken away with the asking."""

    async def tell(self, line: AuditLine, posts: Sequence[NewEffect]) -> None:
        """Write down what was done, and post it, in one transaction."""

    # --- the audit's seals

    async def lines(self, after: int, until: float, limit: int) -> list[Line]:
        """Lines of the audit behind an id and not younger than `until`, in order."""

    async def seals(self, after: int, limit: int) -> list[SealRow]:
        """Seals behind a number, in order."""

    async def head(self) -> SealRow | None:
        """The newest seal."""

    async def seal(self, row: SealRow) -> None:
        """Add a seal.

        Raises:
            Conflict: somebody else was quicker.
        """
