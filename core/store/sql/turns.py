"""The inbox and the turns: what came in, and the one transaction that turns it into all that it caused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

from core.errors import Conflict
from core.store.database import Database, Db
from core.store.queries import SQL, listed, padded, repeated
from core.store.rows import (
    AuditLine,
    Batch,
    EventRow,
    NewEffect,
    NewEvent,
    Posted,
    Saved,
    Subscriber,
    TicketTurn,
)

MOST = 64
"""Rows in one statement."""


def remember(db: Db, events: Sequence[NewEvent], now: float) -> list[EventRow]:
    """Insert events inside the caller's transaction; returns the new ones in order."""
    if not events:
        return []
    last = db.execute(SQL["event_last"]).fetchone()
    many(db, "event_add", [(*event, now) for event in events])
    # Of two, the first is taken.
    known = {(event.channel, event.event_id): event for event in reversed(events)}
    added = db.execute(SQL["event_added"], last)
    return [EventRow(id_, *known[channel, event_id]) for id_, channel, event_id in added]


class SqlInbox:
    """Inbound events: remembered before they are acknowledged, turned once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, events: Sequence[NewEvent], now: float) -> list[EventRow]:
        """Remember events; returns the new ones only, in order. Repeats are dropped."""
        if not events:
            return []  # no transaction for nothing
        return await self._database.write(lambda db: remember(db, events, now))

    async def waiting(self, after: int, limit: int) -> list[EventRow]:
        """Events not yet turned with an id above `after`, in order of id."""
        return await self._rows("event_waiting", (after, limit))

    async def failed(self, event: int, error: str, *, dead: bool) -> None:
        """Count one failed attempt; `dead` puts it aside for a human. A turned event stays turned."""
        values = (error, "dead" if dead else "waiting", event)
        await self._database.write(lambda db: db.execute(SQL["event_failed"], values).rowcount)

    async def dead(self, limit: int) -> list[EventRow]:
        """Events that were put aside, newest first."""
        return await self._rows("event_dead", (limit,))

    async def revive(self, event: int) -> bool:
        """Try a dead event again, as if it came in last; False when there is none with this id.

        It gets a new id: a process that is past the old one finds it, and the keys of its effects are new.
        """
        return await self._database.write(lambda db: _revive(db, event))

    async def _rows(self, name: str, values: tuple[int, ...]) -> list[EventRow]:
        rows = await self._database.read(lambda db: db.execute(SQL[name], values).fetchall())
        return [EventRow(*row) for row in rows]


def _revive(db: Db, event: int) -> bool:
    row = db.execute(SQL["event_take_dead"], (event,)).fetchone()
    if row is None:
        return False
    *what, at = row
    remember(db, [NewEvent(*what)], at)
    return True


class SqlTurns:
    """Conversations, and the one transaction of a turn."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, keys: Sequence[str]) -> dict[str, str]:
        """Conversation key -> state. Unknown keys are absent."""
        wanted = tuple(dict.fromkeys(keys))
        if not wanted:
            return {}
        wanted = padded(wanted)
        sql = listed("conversation_load", len(wanted))
        return dict(await self._database.read(lambda db: db.execute(sql, wanted).fetchall()))

    async def commit(self, batch: Batch) -> list[EventRow]:
        """Everything of the batch, or nothing. Returns the new events of the batch.

        Raises:
            Conflict: an event is turned already, a conversation's revision is not `before` any more,
                a repeated effect key.
            StoreError: disk full and the like.
        """
        return await self._database.write(lambda db: _commit(db, batch))


def _commit(db: Db, batch: Batch) -> list[EventRow]:
    for event, why in batch.aside:
        db.execute(SQL["event_failed"], (why, "dead", event))
    _turn(db, batch.turned)
    _save(db, batch.conversations)
    queue(db, batch.effects)
    _meet(db, batch.people)
    write_audit(db, batch.audit)
    record(db, batch.posted)
    turn_tickets(db, batch.tickets)
    many(db, "affected_add", batch.affected)
    return remember(db, batch.events, batch.at)


def _turn(db: Db, events: Sequence[int]) -> None:
    wanted = padded(tuple(events))
    if wanted and db.execute(listed("event_turned", len(wanted)), wanted).rowcount != len(events):
        raise Conflict("An event of this group was turned before. Nothing of this group was saved.")


def _save(db: Db, conversations: Sequence[Saved]) -> None:
    new = [(saved.key, saved.state, saved.revision) for saved in conversations if saved.before == 0]
    old = [(saved.state, saved.revision, saved.key, saved.before) for saved in conversations if saved.before]
    written = _changed(db, "conversation_new", new) + _changed(db, "conversation_save", old)
    if written != len(conversations):
        raise Conflict("A conversation was changed meanwhile. Nothing of this group was saved.")


def queue(db: Db, effects: Sequence[NewEffect], statement: str = "effect_add") -> None:
    """Queue effects inside the caller's transaction."""
    many(db, statement, [_effect(effect) for effect in effects])


def _effect(effect: NewEffect) -> tuple[str | int | float, ...]:
    channel, chat, person = _parts(effect.address)
    head = (effect.key, effect.lane, effect.rank, effect.kind, effect.address)
    return (*head, channel, chat, person, effect.payload, effect.due)


def record(db: Db, posted: Sequence[Posted]) -> None:
    """Remember which messages belong to which ticket, inside the caller's transaction."""
    rows = [(one.key, one.number, one.kind, one.channel, one.chat, one.ref, one.source) for one in posted]
    if rows:
        db.executemany(SQL["desk_add"], rows)


def turn_tickets(db: Db, turns: Sequence[TicketTurn]) -> None:
    """What staff did to tickets, inside the caller's transaction. A closed ticket stays closed."""
    for turn in turns:
        if turn.what == "closed":
            db.execute(SQL["ticket_close"], (turn.at, turn.number))
        else:
            db.execute(SQL["ticket_waits"], ("person", turn.number))


@lru_cache(maxsize=1024)
def _parts(address: str) -> tuple[str, str, str]:
    channel, chat, person, *_ = json.loads(address)
    return channel, chat, person


def _meet(db: Db, people: Sequence[Subscriber]) -> None:
    newest = {(one.channel, one.user): one for one in people}  # one statement may change a row only once
    many(db, "subscriber_save", list(newest.values()))


def write_audit(db: Db, lines: Sequence[AuditLine]) -> None:
    """Append audit lines inside the caller's transaction."""
    many(db, "audit_append", lines)


def many(db: Db, name: str, rows: Sequence[tuple[str | int | float, ...]]) -> int:
    """Run a statement with VALUES for many rows in a few trips; how many rows it made or changed.

    Each step of an engine costs a trip out of Python, so one takes many rows: a power of two of them, so that
    an engine has few texts to prepare.
    """
    changed = done = 0
    while done < len(rows):
        size = min(MOST, 1 << (len(rows) - done).bit_length() - 1)
        values = [value for row in rows[done : done + size] for value in row]
        changed += db.execute(repeated(name, size), values).rowcount
        done += size
    return changed


def _changed(db: Db, name: str, rows: Sequence[tuple[str | int | float, ...]]) -> int:
    """Run one statement for many rows; how many rows it changed in all."""
    return db.executemany(SQL[name], rows).rowcount if rows else 0
