"""What people on duty do about incidents, one function each, under the cards in the chat and the commands alike.

Whatever people read was approved by two persons beforehand: a text that lies ready is opened by one of them with a code;
a new one opens when a second person approves it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from core.broadcast.content import load
from core.broadcast.illustration import no_files
from core.broadcast.office import Office
from core.broadcast.papers import Declined, Role
from core.config import Settings
from core.conversation.document import Fault
from core.conversation.picture import Fetch
from core.desk.card import letters
from core.incidents.cases import NEWEST, Said, fault_of, shown
from core.incidents.opening import banners, begin, closing
from core.staff.announce import announce, text
from core.store.broadcasts import Kept
from core.store.incidents import Closing, IncidentRow
from core.store.rooms import Store
from core.store.rows import AuditLine

ROLES: tuple[Role, ...] = ("author", "approver")
LATELY = 50
"""Incidents in which one is looked for by its name."""
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

    async def propose(
        self, file: str, source: str, person: str, code: str, fetch: Fetch = no_files
    ) -> Kept | Sequence[Fault]:
        """Write a new text and hand it in; it opens as soon as somebody else has approved it, if it says so. `fetch`
        reads the picture's file.

        Raises:
            Declined: it is no incident's, or this person may not write.
        """
        form = self._office.read(file, source, fetch=fetch)
        if form.content is not None and form.content.incident is None:
            raise Declined("incident.no_text", name=form.content.name)
        written = await self._office.draft(file, source, person, fetch)
        return await self._office.submit(written.name, person, code) if isinstance(written, Kept) else written

    async def open(self, name: str, person: str, code: str, seen: str = "") -> int:
        """Put an approved text before everybody. `seen`: its hash where the person read it, "" for whatever is approved."""
        kept = await self._text(name, seen)
        await self._office.prove(person, code, *ROLES)
        return await begin(self._store, self._settings, kept, person, self._say, self._now())

    async def update(self, name: str, to: str, person: str, code: str) -> None:
        """Show another approved text in its place; everybody hears it once more."""
        row, kept = await self.find(name), await self._text(to)
        await self._office.prove(person, code, *ROLES)
        now = self._now()
        line = AuditLine(now, person, "incident changed", name, f"{to} {kept.hash[:16]}")
        lines = [
            self._say("incident.told_changed", name=name, to=to, person=person),
            *banners(kept, self._say)[:-1],
        ]
        said = text(*lines)._replace(choices=(closing(kept, self._say),))
        posts = announce(self._settings.desk, f"n:{name}:changed:{now:.3f}", said, now)
        if not await self._store.incidents.change(row.number, to, line, posts):
            raise Declined("incident.not_changed", name=name, to=to)

    async def close(self, name: str, person: str, code: str) -> tuple[IncidentRow, Closing]:
        """End it; those who read its banner are told, once each, by the broadcast that was approved with it."""
        row = await self.find(name)
        await self._office.prove(person, code, *ROLES)
        now = self._now()
        line = AuditLine(now, person, "incident closed", name, str(row.people))
        lines = [self._say("incident.told_closed", name=name, person=person, count=row.people)]
        cases = await self._store.incidents.cases(row.number, NEWEST)
        if cases.waiting:
            lines.append(shown(name, cases, self._say))
        posts = announce(self._settings.desk, f"n:{name}:closed:{now:.3f}", text(*lines), now)
        ended = await self._store.incidents.close(row.number, person, line, posts)
        if not ended.closed:
            raise Declined("incident.unknown", name=name)
        return row, ended

    async def answer(self, name: str, texts: Mapping[str, str], person: str, code: str) -> int:
        """One text, in every language, for everybody whose case is among those of the incident; how many wait for one.

        It goes to people who asked, like any reply of the staff, so one person with a code may send it; it is looked
        through like any reply. The newest incident of that name may be over already.
        """
        row = await self._newest(name)
        if wrong := self.fault(texts):
            raise Declined(wrong[0], **wrong[1])
        await self._office.prove(person, code, *ROLES)
        cases = await self._store.incidents.cases(row.number, 1)
        line = AuditLine(self._now(), person, "incident answered", name, f"{cases.count}")
        alias = await self._alias(person)
        written = json.dumps(dict(texts), ensure_ascii=False)
        if not await self._store.incidents.answer(row.number, person, alias, written, line):
            raise Declined("incident.no_cases", name=name)
        return cases.count

    def fault(self, texts: Mapping[str, str]) -> Said | None:
        """Why such an answer is refused; None: it may be sent."""
        return fault_of(texts, self._settings.languages, frozenset(self._settings.security.official_hosts))

    async def _alias(self, person: str) -> str:
        """What people call this member of the staff, as in any reply."""
        one = await self._office.member(person)
        subject = next(iter(one.ids), person)
        known = self._settings.desk.names.get(subject)
        return known or letters(await self._store.desk.alias("staff", subject))

    async def _newest(self, name: str) -> IncidentRow:
        for row in await self._store.incidents.listing(LATELY):
            if row.name == name:
                return row
        raise Declined("incident.unknown", name=name)

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
        if kept.state not in READY or seen not in ("", kept.hash):
            raise Declined("incident.not_approved", name=name, state=kept.state)
        return kept


def said_closed(row: IncidentRow, ended: Closing, say: Callable[..., str]) -> str:
    """What a closing came to, for whoever did it."""
    return say(
        "incident.closed" if ended.tells else "incident.closed_quietly", name=row.name, count=row.people
    )
