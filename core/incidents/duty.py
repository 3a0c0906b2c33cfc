"""What people on duty do about incidents, one function each, under the cards in the chat and the commands alike.

Whatever people read was approved by two persons beforehand: a text that lies ready is opened by one of them with a code;
a new one opens when a second person approves it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.broadcast.content import load
from core.broadcast.office import Office
from core.broadcast.papers import Declined, Role
from core.config import Settings
from core.conversation.document import Fault
from core.incidents.opening import banners, begin
from core.staff.announce import announce, text
from core.store.broadcasts import Kept
from core.store.incidents import Closing, IncidentRow
from core.store.rooms import Store
from core.store.rows import AuditLine

ROLES: tuple[Role, ...] = ("author", "approver")
READY = ("approved", "scheduled", "running")
"""States of a text that may be shown; the last one while the end of an earlier incident is still being told."""


class Incidents:
    """The desk of incidents. `say`: (code, **holes) -> a sentence for the staff's chat."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        office: Office,
        say: Callable[..., str],
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._settings = settings
        self._office = office
        self._say = say
        self._now = now

    async def propose(self, file: str, source: str, person: str, code: str) -> Kept | Sequence[Fault]:
        """Write a new text and hand it in; it opens as soon as somebody else has approved it, if it says so.

        Raises:
            Declined: it is no incident's, or this person may not write.
        """
        form = self._office.read(file, source)
        if form.content is not None and form.content.incident is None:
            raise Declined("incident.no_text", name=form.content.name)
        written = await self._office.draft(file, source, person)
        return await self._office.submit(written.name, person, code) if isinstance(written, Kept) else written

    async def open(self, name: str, person: str, code: str, seen: str = "") -> int:
        """Put an approved text before everybody. `seen`: how its hash began where the person read it."""
        kept = await self._text(name, seen)
        await self._office.prove(person, code, *ROLES)
        return await begin(self._store, self._settings, kept, person, self._say, self._now())

    async def update(self, name: str, to: str, person: str, code: str) -> None:
        """Show another approved text in its place; everybody hears it once more."""
        row, kept = await self.find(name), await self._text(to)
        await self._office.prove(person, code, *ROLES)
        now = self._now()
        line = AuditLine(now, person, "incident changed", name, f"{to} {kept.hash[:16]}")
        shown = text(self._say("incident.told_changed", name=name, to=to, person=person), *banners(kept))
        posts = announce(self._settings.desk, f"n:{name}:changed:{now:.3f}", shown, now)
        if not await self._store.incidents.change(row.number, to, line, posts):
            raise Declined("incident.not_changed", name=name, to=to)

    async def close(self, name: str, person: str, code: str) -> tuple[IncidentRow, Closing]:
        """End it; those who read its banner are told, once each, by the broadcast that was approved with it."""
        row = await self.find(name)
        await self._office.prove(person, code, *ROLES)
        now = self._now()
        line = AuditLine(now, person, "incident closed", name, str(row.people))
        shown = text(self._say("incident.told_closed", name=name, person=person, count=row.people))
        posts = announce(self._settings.desk, f"n:{name}:closed:{now:.3f}", shown, now)
        closing = await self._store.incidents.close(row.number, person, line, posts)
        if not closing.closed:
            raise Declined("incident.unknown", name=name)
        return row, closing

    async def find(self, name: str) -> IncidentRow:
        """An open incident by the name of its text.

        Raises:
            Declined: there is none.
        """
        for row in await self._store.incidents.open():
            if row.name == name:
                return row
        raise Declined("incident.unknown", name=name)

    async def _text(self, name: str, seen: str = "") -> Kept:
        kept = await self._office.find(name)
        if load(kept.content).incident is None:
            raise Declined("incident.no_text", name=name)
        if kept.state not in READY or not kept.hash.startswith(seen):
            raise Declined("incident.not_approved", name=name, state=kept.state)
        return kept


def said_closed(row: IncidentRow, closing: Closing, say: Callable[..., str]) -> str:
    """What a closing came to, for whoever did it."""
    return say(
        "incident.closed" if closing.tells else "incident.closed_quietly", name=row.name, count=row.people
    )
