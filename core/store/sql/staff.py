"""Staff as persons, and the audit's seals: every method one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

from core.store.database import Database, Db
from core.store.queries import SQL
from core.store.rows import AuditLine, NewEffect
from core.store.sql.turns import queue, write_audit
from core.store.staff import Factor, Line, SealRow, StaffRow


class SqlStaff:
    """Staff as persons."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def roster(self) -> list[StaffRow]:
        """Who may speak for the house, by name."""
        rows = await self._database.read(lambda db: db.execute(SQL["staff_all"]).fetchall())
        return [StaffRow(*row) for row in rows]

    async def propose(self, hash_of: str, proposer: str, line: AuditLine) -> None:
        """Ask for a roster; whoever asks for the same one first stays its proposer."""
        await self._told("staff_propose", (hash_of, proposer, line.at), line)

    async def proposer(self, hash_of: str) -> str:
        """Who asked for this roster and nobody agreed yet."""
        found = await self._database.read(lambda db: db.execute(SQL["staff_proposer"], (hash_of,)).fetchone())
        return str(found[0]) if found else ""

    async def agree(
        self, hash_of: str, person: str, rows: Sequence[StaffRow], line: AuditLine, posts: Sequence[NewEffect]
    ) -> bool:
        """Put the roster in force, and tell it; False when nobody else asked for it. Other wishes and factors lapse."""

        def work(db: Db) -> bool:
            if not db.execute(SQL["staff_agree"], (person, hash_of, person)).rowcount:
                return False
            db.execute(SQL["staff_clear"])
            db.executemany(SQL["staff_add"], [astuple(row) for row in rows])
            db.execute(SQL["staff_lapse"])
            db.execute(SQL["factor_forget"])
            queue(db, posts)
            write_audit(db, (line,))
            return True

        return await self._database.write(work)

    async def factor(self, name: str) -> Factor | None:
        """Somebody's second factor."""
        found = await self._database.read(lambda db: db.execute(SQL["factor_find"], (name,)).fetchone())
        return Factor(*found) if found else None

    async def enrolled(self) -> list[str]:
        """Those whose second factor was confirmed, by name."""
        rows = await self._database.read(lambda db: db.execute(SQL["factor_enrolled"]).fetchall())
        return [row[0] for row in rows]

    async def enroll(self, name: str, sealed: str, line: AuditLine) -> None:
        """A new secret in place of any other; it counts when it is confirmed."""
        await self._told("factor_put", (name, sealed), line)

    async def confirm(self, name: str, by: str, line: AuditLine, posts: Sequence[NewEffect] = ()) -> None:
        """An admin saw them enroll; it is told in the same transaction."""
        await self._told("factor_confirm", (by, name), line, posts)

    async def attempt(self, name: str, most: int) -> int:
        """Count a try; how many there were in a row, 0 when there were `most` already."""
        values = (name, most)
        found = await self._database.write(lambda db: db.execute(SQL["factor_try"], values).fetchone())
        return int(found[0]) if found else 0

    async def use(self, name: str, step: int) -> bool:
        """Use the code of a time step, once and never an older one."""
        values = (step, name, step)
        return await self._database.write(lambda db: db.execute(SQL["factor_use"], values).rowcount > 0)

    async def unlock(self, name: str, line: AuditLine) -> None:
        """Forget the wrong ones."""
        await self._told("factor_unlock", (name,), line)

    async def ask(self, name: str, what: str, at: float) -> None:
        """Wait for this person's code, for this and nothing else."""
        values = (name, what, at)
        await self._database.write(lambda db: db.execute(SQL["request_put"], values).rowcount)

    async def asked(self, name: str, since: float) -> str:
        """What their code is waited for, taken away with the asking."""
        found = await self._database.write(lambda db: db.execute(SQL["request_take"], (name,)).fetchone())
        return str(found[0]) if found and found[1] >= since else ""

    async def tell(self, line: AuditLine, posts: Sequence[NewEffect]) -> None:
        """Write down what was done, and post it, in one transaction."""

        def work(db: Db) -> None:
            queue(db, posts)
            write_audit(db, (line,))

        await self._database.write(work)

    # --- the audit's seals

    async def lines(self, after: int, until: float, limit: int) -> list[Line]:
        """Lines of the audit behind an id and not younger than `until`, in order."""
        values = (after, until, limit)
        rows = await self._database.read(lambda db: db.execute(SQL["audit_lines"], values).fetchall())
        return [Line(*row) for row in rows]

    async def seals(self, after: int, limit: int) -> list[SealRow]:
        """Seals behind a number, in order."""
        rows = await self._database.read(lambda db: db.execute(SQL["seal_after"], (after, limit)).fetchall())
        return [SealRow(*row) for row in rows]

    async def head(self) -> SealRow | None:
        """The newest seal."""
        found = await self._database.read(lambda db: db.execute(SQL["seal_head"]).fetchone())
        return SealRow(*found) if found else None

    async def seal(self, row: SealRow) -> None:
        """Add a seal; Conflict when somebody else was quicker."""
        await self._database.write(lambda db: db.execute(SQL["seal_add"], astuple(row)).rowcount)

    async def _told(
        self, name: str, values: tuple[str | float, ...], line: AuditLine, posts: Sequence[NewEffect] = ()
    ) -> None:
        def work(db: Db) -> None:
            db.execute(SQL[name], values)
            queue(db, posts)
            write_audit(db, (line,))

        await self._database.write(work)
