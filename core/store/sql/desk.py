"""Tickets, and the desk: what waits for a human, and the messages in the staff's chat that belong to it.

A post (a row of the outbox and its record) is written in the transaction of what it shows, once for each key.
"""

from __future__ import annotations

import json
from collections import defaultdict

from core.store.database import Database, Db
from core.store.queries import SQL
from core.store.rows import Draw, NewEffect, NewNote, NewTicket, Opened, Posted, PostKind, Ticket
from core.store.sql.turns import queue, record


class SqlTickets:
    """What waits for a human. Numbers begin at 1001."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, ticket: NewTicket) -> int:
        """The ticket's number; the same for the same key."""

        def work(db: Db) -> int:
            known = _one(db, "ticket_known", ticket.key)
            number = _open(db, ticket)
            if known is None:
                _case_of(db, ticket, number)
            return number

        return await self._database.write(work)

    async def note(self, key: str, conversation: str, text: str, ref: str, at: float) -> int | None:
        """Add to the newest open ticket of a conversation, once for each key. Its number, or None."""
        return await self._database.write(lambda db: _note(db, key, conversation, (at, text, ref)))

    async def listing(self, limit: int) -> list[Ticket]:
        """Newest first, each with its notes in the order of time."""
        return await self._database.read(lambda db: _tickets(db, limit))


def _open(db: Db, ticket: NewTicket) -> int:
    known = _one(db, "ticket_known", ticket.key)
    if known is not None:
        return known
    number: int = db.execute(SQL["ticket_number"]).fetchone()[0]
    what = (ticket.skill, ticket.urgency, ticket.language, ticket.flow, ticket.slots)
    values = (number, ticket.key, ticket.conversation, *what, ticket.opened_at)
    db.execute(SQL["ticket_open"], values)
    return number


def _note(db: Db, key: str, conversation: str, note: tuple[float, str, str]) -> int | None:
    known = _one(db, "note_known", key)
    if known is not None:
        return known
    number = _one(db, "ticket_of", conversation)
    if number is not None:
        db.execute(SQL["note_add"], (key, number, *note))
    return number


def _one(db: Db, name: str, value: str) -> int | None:
    row = db.execute(SQL[name], (value,)).fetchone()
    return row[0] if row else None


def _tickets(db: Db, limit: int) -> list[Ticket]:
    rows = db.execute(SQL["ticket_listing"], (limit,)).fetchall()
    if not rows:
        return []
    notes: dict[int, list[tuple[float, str, str]]] = defaultdict(list)
    for number, at, text, ref in db.execute(SQL["note_listing"], (rows[-1][0],)):
        notes[number].append((at, text, ref))
    return [Ticket(*(*row, tuple(notes[row[0]]))) for row in rows]


class SqlDesk:
    """Tickets before the staff."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, ticket: NewTicket, desk: str, draw: Draw) -> Opened:
        """Open a ticket with its card in the staff's chat `desk`, or come back to the one that is open."""
        return await self._database.write(lambda db: _call(db, ticket, desk, draw))

    async def note(self, note: NewNote, draw: Draw) -> list[NewEffect]:
        """Put a note under the card of the conversation's newest open ticket."""
        return await self._database.write(lambda db: _under(db, note, draw))

    async def show(self, number: int, draw: Draw) -> list[NewEffect]:
        """Post the card of a ticket that has none; nothing where it has."""

        def work(db: Db) -> list[NewEffect]:
            ticket = _ticket(db, number)
            if ticket is None or not ticket.desk or _posted(db, "desk_card", number) is not None:
                return []
            return _post(db, draw(ticket, None, None), number, "card")

        return await self._database.write(work)

    async def ticket(self, number: int) -> Ticket | None:
        """One ticket, with its notes."""
        return await self._database.read(lambda db: _ticket(db, number))

    async def of(self, conversation: str, limit: int) -> list[Ticket]:
        """The tickets of a conversation, newest first, without their notes."""
        rows = await self._database.read(
            lambda db: db.execute(SQL["ticket_theirs"], (conversation, limit)).fetchall()
        )
        return [Ticket(*row) for row in rows]

    async def found(self, channel: str, chat: str, ref: str) -> Posted | None:
        """Which ticket a message in a staff's chat belongs to."""
        return await self._database.read(lambda db: _posted(db, "desk_found", channel, chat, ref))

    async def posted(self, key: str) -> Posted | None:
        """The message that belongs to a row."""
        return await self._database.read(lambda db: _posted(db, "desk_posted", key))

    async def sent(self, key: str) -> str:
        """The reference of the message that an effect became; "" while there is none."""
        row = await self._database.read(lambda db: db.execute(SQL["desk_ref"], (key, key)).fetchone())
        return str(row[0]) if row else ""

    async def alias(self, kind: str, subject: str) -> int:
        """The number by which somebody is known to others."""
        return await self._database.write(lambda db: _alias(db, kind, subject))

    async def zone(self, channel: str, user: str) -> str:
        """The time zone that a person told us, "" when they told none."""
        values = (channel, user)
        row = await self._database.read(lambda db: db.execute(SQL["desk_zone"], values).fetchone())
        return str(row[0]) if row else ""


def _call(db: Db, new: NewTicket, desk: str, draw: Draw) -> Opened:
    known = _one(db, "ticket_known", new.key)
    if known is not None:
        return Opened(known, fresh=False)
    values = (new.conversation, new.urgency, new.flow, new.skill)
    fitting = db.execute(SQL["ticket_fitting"], values).fetchone()
    if fitting:
        note = NewNote(new.key, new.conversation, new.opened_at, "again", new.slots if new.flow else "")
        return Opened(fitting[0], False, _under(db, note, draw))
    _alias(db, "person", new.conversation)
    number = _open(db, new)
    db.execute(SQL["ticket_desk"], (desk, number))
    if _case_of(db, new, number):
        return Opened(number, True)
    ticket = _ticket(db, number)
    assert ticket is not None
    return Opened(number, True, _post(db, draw(ticket, None, None), number, "card"))


def _case_of(db: Db, new: NewTicket, number: int) -> bool:
    """Make it one of an incident's cases, if that is open still; its person hears of the end like everybody affected."""
    if not new.incident or not db.execute(SQL["case_add"], (number, new.opened_at, new.incident)).rowcount:
        return False
    channel, _, person = new.conversation.split("|", 2)
    db.execute(SQL["affected_add"], (new.incident, channel, person, new.opened_at))
    return True


def _under(db: Db, note: NewNote, draw: Draw) -> list[NewEffect]:
    if note.what == "said" and _one(db, "note_known", note.key) is not None:
        return []
    number = _one(db, "ticket_of", note.conversation)
    if number is None:
        return []
    if note.what == "said":
        db.execute(SQL["note_add"], (note.key, number, note.at, note.text, note.ref))
        db.execute(SQL["ticket_waits"], ("staff", number))
    ticket, card = _ticket(db, number), _posted(db, "desk_card", number)
    if ticket is None:
        return []
    if card is None:  # a case among many: whom the one answer did not help, somebody has to look at
        speaks = note.what == "said" and db.execute(SQL["case_speaks"], (number,)).fetchone()
        return _post(db, draw(ticket, None, None), number, "card") if speaks else []
    shown = _posted(db, "desk_shown", number, note.ref) if note.what == "said" and note.ref else None
    effect = draw(ticket, note, shown or card)
    if shown is not None:
        queue(db, [effect])
        return [effect]
    return _post(db, effect, number, "relay" if note.what == "said" else "notice", note.ref)


def _post(db: Db, effect: NewEffect, number: int, kind: PostKind, source: str = "") -> list[NewEffect]:
    """Queue a message to the staff's chat and record it; nothing when it is recorded already."""
    if _one(db, "desk_known", effect.key) is not None:
        return []
    channel, chat = json.loads(effect.address)[:2]
    queue(db, [effect])
    record(db, [Posted(effect.key, number, kind, channel, chat, "", source)])
    return [effect]


def _alias(db: Db, kind: str, subject: str) -> int:
    known = db.execute(SQL["alias_find"], (kind, subject)).fetchone()
    if known:
        return int(known[0])
    number: int = db.execute(SQL["alias_next"], (kind,)).fetchone()[0]
    db.execute(SQL["alias_add"], (kind, subject, number))
    return number


def _ticket(db: Db, number: int) -> Ticket | None:
    row = db.execute(SQL["ticket_one"], (number,)).fetchone()
    notes = db.execute(SQL["note_of"], (number,)).fetchall()
    return Ticket(*(*row, tuple(notes))) if row else None


def _posted(db: Db, name: str, *values: str | int) -> Posted | None:
    row = db.execute(SQL[name], values).fetchone()
    return Posted(*row) if row else None
