"""Broadcasts in the store: every method one transaction, on whichever engine stands behind `Database`."""

from __future__ import annotations

from collections.abc import Sequence

from core.store.broadcasts import (
    LOST,
    Address,
    Claim,
    Delivered,
    Draft,
    Group,
    Kept,
    Moment,
    Outcome,
    Page,
    Reached,
    Slice,
    Tally,
    key_of,
)
from core.store.database import Database, Db
from core.store.queries import SQL
from core.store.rows import AuditLine, NewEffect
from core.store.sql.audience import page, walls
from core.store.sql.delivery import NEVER, reconcile, take_in_hand
from core.store.sql.turns import queue, write_audit

_NO_MORE = ("cancelled", "failed", "expired")


class SqlBroadcasts:
    """Broadcasts and what became of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, draft: Draft, line: AuditLine, at: float) -> int | None:
        """A new version, without approval; None where the state lets nobody edit."""
        return await self._database.write(lambda db: write_version(db, draft, line, at))

    async def move(
        self, name: str, version: int, states: Sequence[str], to: str, reason: str, line: AuditLine
    ) -> bool:
        """Change the state of this version, from one of `states`."""
        return await self._database.write(
            lambda db: change_state(db, (name, version), states, to, reason, line)
        )

    async def approve(
        self, name: str, version: int, hash_seen: str, approver: str, people: int, line: AuditLine
    ) -> bool:
        """Stand behind exactly this text; False when it is no longer what is under review."""
        values = (hash_seen, approver, people, line.at, name, version)

        def work(db: Db) -> bool:
            found = db.execute(SQL["broadcast_find"], (name,)).fetchone()
            if found is None or (found[2], found[3], found[9]) != (version, "in_review", hash_seen):
                return False
            db.execute(SQL["broadcast_approval_add"], values)
            db.execute(SQL["broadcast_approve"], (line.at, name, version))
            write_audit(db, (line,))
            return True

        return await self._database.write(work)

    async def find(self, name: str) -> Kept | None:
        """One broadcast."""
        return next(iter(await self._kept("broadcast_find", (name,))), None)

    async def by_code(self, code: str) -> Kept | None:
        """The broadcast whose code stands under it."""
        return next(iter(await self._kept("broadcast_by_code", (code,))), None)

    async def listing(self, limit: int) -> list[Kept]:
        """The newest first."""
        return await self._kept("broadcast_listing", (limit,))

    async def beginning(self, start: str) -> list[Kept]:
        """Those whose names begin so."""
        return await self._kept("broadcast_beginning", (len(start), start))

    async def live(self) -> list[Kept]:
        """Those that were approved and are not at their end."""
        return await self._kept("broadcast_live", ())

    async def _kept(self, name: str, values: tuple[str | int, ...]) -> list[Kept]:
        rows = await self._database.read(lambda db: db.execute(SQL[name], values).fetchall())
        return [Kept(*row) for row in rows]

    async def stage(self, name: str, version: int, stage: int, at: float) -> None:
        """Open the ramp further."""
        values = (stage, at, name, version)
        await self._database.write(lambda db: db.execute(SQL["broadcast_stage"], values).rowcount)

    # --- the audience

    async def page(self, group: Group, after: tuple[str, str], limit: int) -> Page:
        """Those of a group among the next `limit` people behind `after`, in order."""
        return await self._database.read(lambda db: page(db, group, after, limit))

    async def walls(self) -> list[str]:
        """The walls of everybody."""
        return await self._database.read(walls)

    # --- runs

    async def begin(self, moments: Sequence[Moment]) -> int:
        """Plan due moments; one that is known stays as it is."""
        rows = [(one.name, one.version, one.slot, one.zone, one.due) for one in moments]
        if not rows:
            return 0
        return await self._database.write(lambda db: db.executemany(SQL["moment_add"], rows).rowcount)

    async def moments(self, name: str, version: int) -> list[Moment]:
        """All of them, by their time."""
        rows = await self._database.read(lambda db: db.execute(SQL["moment_all"], (name, version)).fetchall())
        return [Moment(*row) for row in rows]

    async def postpone(self, moment: Moment, due: float) -> None:
        """Go on with it later."""
        values = (due, *_which(moment))
        await self._database.write(lambda db: db.execute(SQL["moment_postpone"], values).rowcount)

    async def slice(self, moment: Moment, group: Group, limit: int, make: Address, at: float) -> Slice:
        """The rows of the next people, and the cursor behind them; nothing unless it runs."""
        return await self._database.write(lambda db: _slice(db, moment, group, limit, make, at))

    async def post(self, name: str, version: int, row: NewEffect, to: Reached, at: float) -> bool:
        """Queue the row of a board, once; False when it is there already, or it does not run."""

        def work(db: Db) -> bool:
            values = (row.key, to.channel, to.user, to.chat, to.language, at, name, version)
            if not db.execute(SQL["delivery_add_board"], values).rowcount:
                return False
            queue(db, [row])
            return True

        return await self._database.write(work)

    async def posted(self, name: str, channel: str, chat: str) -> str:
        """The message that stands in a board of a broadcast, "" for none."""
        values = (name, channel, chat)
        row = await self._database.read(lambda db: db.execute(SQL["delivery_board"], values).fetchone())
        return str(row[0]) if row else ""

    async def queued(self, name: str, version: int) -> bool:
        """Whether a delivery still waits in the outbox; those that were settled past us are counted on the way."""

        def work(db: Db) -> bool:
            reconcile(db, name, version)
            return db.execute(SQL["delivery_waits"], (name, version)).fetchone() is not None

        return await self._database.write(work)

    async def backlog(self, now: float) -> int:
        """Rows that nobody waits for and that are due."""
        found: tuple[int] = await self._database.read(
            lambda db: db.execute(SQL["delivery_due"], (now,)).fetchone()
        )
        return found[0]

    async def claim(self, key: str, now: float, until: float) -> tuple[str, str] | Claim:
        """Take one delivery in hand, checked against the approval and its hash."""
        return await self._database.write(lambda db: take_in_hand(db, key, now, until))

    async def stands(self, key: str) -> bool:
        """Whether a delivery that was taken in hand may still be sent."""
        row = await self._database.read(lambda db: db.execute(SQL["delivery_stands"], (key,)).fetchone())
        return row is not None

    async def abandoned(self, now: float) -> int:
        """Whoever had deliveries in hand before is no more. How many there are."""
        return await self._database.write(
            lambda db: db.execute(SQL["delivery_abandoned"], (now, now)).rowcount
        )

    # --- what became of it

    async def tally(self, name: str, version: int) -> list[Tally]:
        """How many, by channel, language and outcome."""
        rows = await self._database.read(
            lambda db: db.execute(SQL["delivery_tally_of"], (name, version)).fetchall()
        )
        return [Tally(*row) for row in rows]

    async def latest(self, name: str, version: int, since: float, limit: int) -> list[Outcome]:
        """How the last ones ended that the platform has answered for, the newest first."""
        values = (name, version, since, LOST, limit)
        rows = await self._database.read(lambda db: db.execute(SQL["delivery_latest"], values).fetchall())
        return [row[0] for row in rows]

    async def report(self, name: str, after: str, limit: int) -> list[Delivered]:
        """Its deliveries behind the key `after`, in order."""
        values = (name, after, limit)
        rows = await self._database.read(lambda db: db.execute(SQL["delivery_report"], values).fetchall())
        return [Delivered(*row) for row in rows]

    async def queue_once(self, rows: Sequence[NewEffect]) -> None:
        """Queue rows; one whose key is known is left as it is."""
        await self._database.write(lambda db: queue(db, rows, "effect_add_once"))

    async def opt_out(self, channel: str, user: str, at: float) -> None:
        """This person wants nothing that nobody asked for, not even what is queued."""

        def work(db: Db) -> None:
            db.execute(SQL["opt_out_add"], (channel, user, at))
            db.execute(SQL["effect_take_back"], (channel, user))

        await self._database.write(work)

    async def opt_in(self, channel: str, user: str) -> None:
        """They do again."""
        await self._database.write(lambda db: db.execute(SQL["opt_out_end"], (channel, user)).rowcount)

    async def attributes(self, rows: Sequence[tuple[str, str, str, str]]) -> int:
        """Remember (channel, person, name, value); an empty value forgets."""
        put = [row for row in rows if row[3]]
        gone = [row[:3] for row in rows if not row[3]]

        def work(db: Db) -> int:
            if gone:
                db.executemany(SQL["attribute_forget"], gone)
            return db.executemany(SQL["attribute_put"], put).rowcount if put else 0

        return await self._database.write(work)


def _which(moment: Moment) -> tuple[str, int, str, str]:
    return moment.name, moment.version, moment.slot, moment.zone


def write_version(db: Db, draft: Draft, line: AuditLine, at: float) -> int | None:
    """A new version without approval, inside the caller's transaction; None where the state lets nobody edit."""
    known = db.execute(SQL["broadcast_state"], (draft.name,)).fetchone()
    version = known[1] + 1 if known else 1
    if known and not db.execute(SQL["broadcast_editable"], known[:1]).fetchone():
        return None
    what = (draft.name, version, draft.hash, draft.author, draft.source, draft.content, at)
    db.execute(SQL["broadcast_version_add"], what)
    if known:
        db.execute(SQL["broadcast_edit"], (version, at, draft.name, known[0]))
    else:
        db.execute(SQL["broadcast_new"], (draft.name, draft.code, version, at))
    write_audit(db, (line,))
    return version


def change_state(
    db: Db,
    which: tuple[str, int],
    states: Sequence[str],
    to: str,
    reason: str,
    line: AuditLine,
) -> bool:
    """Change the state of a (name, version) from one of `states`, inside the caller's transaction."""
    moved = any(
        db.execute(SQL["broadcast_move"], (to, reason, line.at, to, *which, state)).rowcount
        for state in states
    )
    if not moved:
        return False
    if to in _NO_MORE:
        db.execute(SQL["broadcast_give_up"], (line.at, *which))
        reconcile(db, *which)
    elif to in ("paused", "running"):
        db.execute(SQL["broadcast_hold"], (NEVER if to == "paused" else line.at, *which))
    write_audit(db, (line,))
    return True


def _slice(db: Db, moment: Moment, group: Group, limit: int, make: Address, at: float) -> Slice:
    cursor = db.execute(SQL["moment_cursor"], _which(moment)).fetchone()
    if cursor is None:  # it stands, or somebody else came to its end
        return Slice(False)
    found = page(db, group, tuple(cursor), limit, moment.zone, key_of(moment))
    rows: list[NewEffect] = []
    deliveries = []
    for person in found.people:
        row = make(person)
        if row is not None:
            rows.append(row)
            what = (person.channel, person.user, person.chat, person.language)
            deliveries.append((row.key, moment.name, moment.version, *what, at))
    queue(db, rows)
    if deliveries:
        db.executemany(SQL["delivery_add"], deliveries)
    end, more = found.end or cursor, found.end is not None
    db.execute(SQL["moment_move"], (*end, len(rows), int(not more), *_which(moment)))
    return Slice(more, rows)
