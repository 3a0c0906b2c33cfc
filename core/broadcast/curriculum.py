"""Lessons at the office: the course of the flows and series of an operator's own, handed in as a whole, approved as one.

What did not change stays approved; each lesson is a broadcast of its own, with an approval of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.broadcast.content import Content, digest, dump, load, picture_in
from core.broadcast.folder import hash_of, lessons_of, no_lesson
from core.broadcast.form import read_form
from core.broadcast.illustration import no_files
from core.broadcast.office import Office
from core.broadcast.papers import Declined, new_code
from core.broadcast.series import contents
from core.conversation.document import Fault
from core.conversation.engine import Engine
from core.conversation.picture import Fetch
from core.store.broadcasts import Draft, Kept
from core.store.rows import AuditLine


class Curriculum:
    """Everything about lessons that an office does for many of them at once."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def course(self, engine: Engine, person: str, code: str) -> list[Kept]:
        """Hand in every lesson that is not approved, or under review, as it stands now."""
        await self._office.prove(person, code, "author")
        handed = [await self._hand_in(content, "", person) for _, content in contents(engine)]
        return [kept for kept in handed if kept]

    async def submit(
        self, name: str, files: Mapping[str, str], person: str, code: str, fetch: Fetch = no_files
    ) -> list[Kept] | Sequence[Fault]:
        """Hand in a folder of lessons: each that is not approved, or under review, as it stands now. What did not change
        stays approved. Faults of any lesson keep all of them out. `fetch` reads the pictures' files."""
        sources, office = lessons_of(name, files), self._office
        faults = [
            fault
            for one in sources
            for fault in one.mended(office.read(one.file, one.text, fetch=fetch).faults)
        ]
        if faults or not sources:
            return faults or [no_lesson(name)]
        await office.prove(person, code, "author")
        handed = []
        for one in sources:
            known = await office.room.find(one.name)
            code_of = known.code if known else new_code()
            form = read_form(one.file, one.text, code_of, office.house, fetch)
            if form.content and (kept := await self._hand_in(form.content, one.text, person, form.picture)):
                handed.append(kept)
        return handed

    async def _hand_in(self, content: Content, source: str, person: str, picture: bytes = b"") -> Kept | None:
        """A lesson; None where this very text is approved or under review already."""
        office, body = self._office, dump(content)
        known, now, seen = await office.room.find(content.name), office.now(), digest(body)
        if known and known.hash == seen and known.state in ("approved", "in_review"):
            return None
        if name := picture_in(content):
            await office.pictures.put(name, picture)
        code = content.code or (known.code if known else new_code())
        draft = Draft(content.name, code, person, source, body, seen)
        line = AuditLine(now, person, "lesson written", content.name, seen[:16])
        if await office.room.write(draft, line, now) is None:
            raise Declined("broadcast.not_editable", name=content.name, state=known.state if known else "")
        return await office.move(await office.find(content.name), ("draft",), "in_review", person)

    async def lessons(self, series: str) -> list[Kept]:
        """The lessons of a series in their order, whatever their state."""
        found = [(load(kept.content).part, kept) for kept in await self._office.room.beginning(f"{series}-")]
        mine = [(part.number, kept) for part, kept in found if part and part.series == series]
        return [kept for _, kept in sorted(mine, key=lambda one: one[0])]

    async def approve(self, series: str, hash_seen: str, person: str, code: str) -> list[Kept]:
        """Stand behind every lesson of a series that is under review, by one code. `hash_seen`: see `hash_of`."""
        waiting = [kept for kept in await self.lessons(series) if kept.state == "in_review"]
        if not waiting or hash_of(waiting) != hash_seen:
            raise Declined("broadcast.changed", name=series, state=f"{len(waiting)} in_review")
        looked = [await self._office.approvable(kept.name, kept.hash, person) for kept in waiting]
        await self._office.prove(person, code, "approver")
        return [await self._office.stand_behind(one, person) for one in looked]
