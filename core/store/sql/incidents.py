"""Incidents in the store: every method one transaction, on whichever engine stands behind `Database`."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from core.store.database import Database, Db
from core.store.incidents import AnswerRow, CaseRow, Cases, Closing, Hanging, IncidentRow
from core.store.queries import SQL
from core.store.rows import AuditLine, EventRow, NewEffect, NewEvent
from core.store.sql.audience import walls
from core.store.sql.broadcasts import change_state
from core.store.sql.turns import queue, remember, write_audit

SETTLE = 5.0
"""Seconds before anybody is told that it is over: until then some process may still show its banner."""


class SqlIncidents:
    """What is wrong at present, and what was."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self) -> list[IncidentRow]:
        """Those that are not closed, oldest first."""
        rows = await self._database.read(lambda db: db.execute(SQL["incident_all_open"]).fetchall())
        return [IncidentRow(*row) for row in rows]

    async def hanging(self) -> list[Hanging]:
        """What people read now: as it was approved, whatever somebody wrote into the table since."""
        rows = await self._database.read(lambda db: db.execute(SQL["incident_hanging"]).fetchall())
        return [Hanging(*row[:5]) for row in rows if sha256(row[4].encode()).hexdigest() == row[5]]

    async def listing(self, limit: int) -> list[IncidentRow]:
        """All of them, the newest first."""
        rows = await self._database.read(lambda db: db.execute(SQL["incident_listing"], (limit,)).fetchall())
        return [IncidentRow(*row) for row in rows]

    async def was_open(self, name: str, version: int) -> bool:
        """Whether this text was ever shown."""
        found = await self._database.read(
            lambda db: db.execute(SQL["incident_ever"], (name, version)).fetchone()
        )
        return found is not None

    async def begin(
        self, name: str, person: str, most: int, line: AuditLine, posts: Sequence[NewEffect]
    ) -> int | None:
        """Open one with the text that is approved now; its number."""

        def work(db: Db) -> int | None:
            there = [row[1] for row in db.execute(SQL["incident_names"])]
            if name in there or len(there) >= most:
                return None
            (number,) = db.execute(SQL["incident_number"]).fetchone()
            if not db.execute(SQL["incident_begin"], (number, line.at, person, name)).rowcount:
                return None
            _told(db, line, posts)
            return int(number)

        return await self._database.write(work)

    async def change(self, number: int, name: str, line: AuditLine, posts: Sequence[NewEffect]) -> bool:
        """Show another approved text from now on."""

        def work(db: Db) -> bool:
            others = [row[1] for row in db.execute(SQL["incident_names"]) if row[0] != number]
            approved = db.execute(SQL["incident_approved"], (name,)).fetchone()
            if name in others or approved is None:
                return False
            if not db.execute(SQL["incident_change"], (name, approved[0], number)).rowcount:
                return False
            _told(db, line, posts)
            return True

        return await self._database.write(work)

    async def close(self, number: int, person: str, line: AuditLine, posts: Sequence[NewEffect]) -> Closing:
        """End it; its text, if it is approved as ever, is due for those affected from now on."""

        def work(db: Db) -> Closing:
            name = next((row[1] for row in db.execute(SQL["incident_names"]) if row[0] == number), None)
            if name is None or not db.execute(SQL["incident_close"], (line.at, person, number)).rowcount:
                return Closing(False, False)
            _told(db, line, posts)
            approved = db.execute(SQL["incident_approved"], (name,)).fetchone()
            if approved is None or not db.execute(SQL["incident_affected"], (number,)).fetchone()[0]:
                return Closing(True, False)
            moments = [(name, approved[0], str(number), wall, line.at + SETTLE) for wall in walls(db)]
            db.executemany(SQL["moment_add"], moments)
            change_state(db, (name, approved[0]), ["approved"], "scheduled", "", line)
            return Closing(True, True)

        return await self._database.write(work)

    async def affected(self, number: int) -> int:
        """How many people it has affected."""
        row = await self._database.read(lambda db: db.execute(SQL["incident_affected"], (number,)).fetchone())
        return int(row[0])

    async def purge(self, before: float, limit: int) -> int:
        """Forget so many of those whom incidents have affected that were closed before."""
        values = (before, limit)
        return await self._database.write(lambda db: db.execute(SQL["affected_forget"], values).rowcount)

    async def cases(self, number: int, newest: int) -> Cases:
        """Its hand-overs."""

        def work(db: Db) -> Cases:
            count, waiting = db.execute(SQL["case_counts"], (number,)).fetchone()
            tickets = [row[0] for row in db.execute(SQL["case_newest"], (number, newest))]
            return Cases(count, int(waiting), tickets)

        return await self._database.read(work)

    async def answer(self, number: int, person: str, alias: str, texts: str, line: AuditLine) -> bool:
        """One text for all its cases so far."""
        values = (number, number, person, alias, texts, line.at, number)

        def work(db: Db) -> bool:
            if not db.execute(SQL["answer_add"], values).rowcount:
                return False
            write_audit(db, [line])
            return True

        return await self._database.write(work)

    async def answers(self) -> list[AnswerRow]:
        """Those that have not reached everybody."""
        rows = await self._database.read(lambda db: db.execute(SQL["answer_open"]).fetchall())
        return [AnswerRow(*row) for row in rows]

    async def slice(self, answer: AnswerRow, limit: int) -> list[CaseRow]:
        """The next cases that an answer is for."""
        values = (answer.incident, answer.after, answer.upto, limit)
        rows = await self._database.read(lambda db: db.execute(SQL["case_slice"], values).fetchall())
        return [CaseRow(*row) for row in rows]

    async def reach(
        self, answer: AnswerRow, cases: Sequence[CaseRow], events: Sequence[NewEvent], ended: bool, at: float
    ) -> list[EventRow]:
        """Tell these people, once each, and move on behind them."""
        after = cases[-1].ticket if cases else answer.upto
        moved = (after, len(cases), int(ended), answer.incident, answer.number, answer.after)

        def work(db: Db) -> list[EventRow]:
            if not db.execute(SQL["answer_move"], moved).rowcount:
                return []
            for case in cases:
                db.execute(SQL["case_answered"], (answer.incident, case.ticket))
                db.execute(SQL["ticket_waits"], ("person", case.ticket))
            return remember(db, events, at)

        return await self._database.write(work)


def _told(db: Db, line: AuditLine, posts: Sequence[NewEffect]) -> None:
    write_audit(db, [line])
    queue(db, posts, "effect_add_once")
