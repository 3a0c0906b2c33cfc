"""What people do with a broadcast, one function each, under the cards in the chat and the commands alike.

Whoever does something that changes what will be sent proves who they are by a code. Everything here leaves a line in
the audit with the person's name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from core.broadcast.audience import Counted, count, group
from core.broadcast.cards import told_of
from core.broadcast.content import COURSE, Content, digest, dump, headed, load, picture_in
from core.broadcast.form import Form, House, read_form
from core.broadcast.illustration import no_files
from core.broadcast.lint import lint, untold
from core.broadcast.papers import Declined, Looked, Role, new_code
from core.broadcast.progress import told
from core.broadcast.recall import recall, with_corrections
from core.broadcast.states import LIVE
from core.channel import Abilities
from core.config import Settings
from core.conversation.document import Fault
from core.conversation.model import Address, Send
from core.conversation.picture import Fetch
from core.incidents.opening import begin
from core.staff.announce import announce, posted, text
from core.staff.personnel import Personnel
from core.staff.roster import Person
from core.store.broadcasts import Draft, Kept
from core.store.notices import HOUSE
from core.store.rooms import Store
from core.store.rows import AuditLine


class Office:
    """The desk of broadcasts. `say`: (code, **holes) -> a sentence for the staff's chat."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        abilities: Mapping[str, Abilities],
        house: House,
        personnel: Personnel,
        say: Callable[..., str],
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self.room, self.pictures = store.broadcasts, store.pictures
        self._settings = settings
        self._abilities = abilities
        self.house = house
        self._personnel = personnel
        self._say = say
        self.now = now

    # --- writing

    def read(self, file: str, source: str, code: str = "-", fetch: Fetch = no_files) -> Form:
        """A file with all its faults. `fetch` reads the picture's file."""
        form = read_form(file, source, code, self.house, fetch)
        hosts = frozenset(self._settings.security.official_hosts)
        return replace(form, faults=lint(form, hosts, self._abilities))

    async def draft(
        self, file: str, source: str, author: str, fetch: Fetch = no_files
    ) -> Kept | Sequence[Fault]:
        """Keep a file as a draft, with its picture; whatever was approved before is void. Faults keep it out.

        Raises:
            Declined: nobody of the staff, or it is on its way already.
        """
        await self.member(author, "author")
        form = self.read(file, source, fetch=(once := cache(fetch)))
        if form.content is None or form.faults:
            return form.faults
        known = await self.room.find(form.content.name)
        code = known.code if known else new_code()
        written = read_form(file, source, code, self.house, once).content
        if written is None:
            return form.faults
        await self._corrected(written)
        if name := picture_in(written):
            await self.pictures.put(name, form.picture)
        body, now = dump(written), self.now()
        line = AuditLine(now, author, "broadcast written", written.name, digest(body)[:16])
        kept = Draft(written.name, code, author, source, body, digest(body))
        if await self.room.write(kept, line, now) is None:
            raise Declined("broadcast.not_editable", name=written.name, state=known.state if known else "")
        return await self._announced(written.name, author, "written")

    async def _corrected(self, content: Content) -> None:
        rule = content.rule
        for name in filter(None, (rule.got, rule.follows)):
            before = await self.room.find(name)
            if before is None or load(before.content).plan.cron:
                raise Declined("broadcast.no_correction", name=name)

    async def look(self, name: str) -> Looked:
        """A broadcast, its faults by today's lists, and whom it would reach today."""
        kept = await self.find(name)
        content = load(kept.content)
        form = self.read(f"{name}.yaml", kept.source, kept.code, await self._stored(content))
        if content.waits:  # something else finds its people; a lesson was read by the checker, with its flow
            return Looked(kept, content, Counted(), () if content.plan.at == COURSE else form.faults)
        counted = await self.count(content)
        faults = [*form.faults, *untold(set(counted.languages), set(content.messages), form.at)]
        return Looked(kept, content, counted, faults)

    async def _stored(self, content: Content) -> Fetch:
        """The file of its picture is where it was written; the picture is in the store."""
        data = await self.pictures.find(picture_in(content))
        return no_files if data is None else lambda _: data

    async def count(self, content: Content) -> Counted:
        """A dry run."""
        settings = self._settings
        wanted = group(content, self._abilities, settings.languages, settings.broadcast.week, self.now())
        return await count(self.room, wanted)

    async def test(self, name: str, person: str) -> int:
        """Send it to one's own chats, each language marked as a test; how many messages."""
        mine = await self.member(person, "author", "approver")
        kept, now = await self.find(name), self.now()
        rows = []
        for place, one in enumerate(mine.ids):
            channel, _, user = one.partition(":")
            known = await self._store.people.find(channel, user)
            if known is None or known.blocked_at:
                continue
            for language, message in load(kept.content).messages.items():
                marked = headed(message, self._say("broadcast.test_mark", language=language))
                key = f"n:{name}:test:{now:.3f}:{place}:{language}"
                rows.append(posted(key, Address(channel, known.chat, user), Send(marked), now))
        await self._store.staff.tell(AuditLine(now, person, "broadcast test", name, str(len(rows))), rows)
        return len(rows)

    # --- two people

    async def submit(self, name: str, person: str, code: str) -> Kept:
        """Hand it in, as its author, or as whoever answers for what drafted itself from now on."""
        looked = await self.look(name)
        if looked.kept.author not in (person, HOUSE):
            raise Declined("broadcast.not_author", name=name, author=looked.kept.author)
        if looked.faults:
            raise Declined("broadcast.faults", name=name, count=len(looked.faults))
        if not looked.counted.people and not looked.content.waits:
            raise Declined("broadcast.nobody", name=name)
        await self.prove(person, code, "author")
        kept = await self._taken_over(looked.kept, person) if looked.kept.author == HOUSE else looked.kept
        return await self.move(kept, ("draft",), "in_review", person)

    async def _taken_over(self, kept: Kept, person: str) -> Kept:
        """What drafted itself becomes this person's: they answer for it, and somebody else approves it."""
        if kept.state != "draft":
            raise Declined("broadcast.not_now", name=kept.name, state=kept.state)
        line = AuditLine(self.now(), person, "draft taken over", kept.name, kept.hash[:16])
        own = Draft(kept.name, kept.code, person, kept.source, kept.content, kept.hash)
        if await self.room.write(own, line, line.at) is None:
            raise Declined("broadcast.not_now", name=kept.name, state=kept.state)
        return await self.find(kept.name)

    async def approve(self, name: str, hash_seen: str, person: str, code: str) -> Kept:
        """Stand behind exactly what was seen. `hash_seen`: the whole hash of the text that the approver read; of the
        beginning of one, an author could make a second text."""
        looked = await self.approvable(name, hash_seen, person)
        await self.prove(person, code, "approver")
        return await self.stand_behind(looked, person)

    async def approvable(self, name: str, hash_seen: str, person: str) -> Looked:
        """What this person may stand behind, looked at anew.

        Raises:
            Declined: it is not what they have seen, or it is not for them to approve.
        """
        looked = await self.look(name)
        kept = looked.kept
        if (kept.state, kept.hash) != ("in_review", hash_seen):
            raise Declined("broadcast.changed", name=name, state=kept.state)
        if looked.faults:
            raise Declined("broadcast.faults", name=name, count=len(looked.faults))
        if kept.author in (person, HOUSE):
            raise Declined("broadcast.own", name=name)
        return looked

    async def stand_behind(self, looked: Looked, person: str) -> Kept:
        """Approve what was looked at, for somebody who has proved who they are."""
        kept, name, people = looked.kept, looked.kept.name, looked.counted.people
        why = f" {looked.content.reason[:150]}" if looked.content.loud else ""
        line = AuditLine(self.now(), person, "broadcast approved", name, f"{kept.hash[:16]} {people}{why}")
        if not await self.room.approve(name, kept.version, kept.hash, person, people, line):
            raise Declined("broadcast.changed", name=name, state=kept.state)
        kept, content = await self._announced(name, person, "approved"), looked.content
        if content.incident is not None and content.incident.at_once:
            await begin(self._store, self._settings, kept, person, self._say, self.now())
        return kept

    async def give_back(self, name: str, person: str, why: str) -> Kept:
        """Return it to its author, or void what was approved."""
        await self.member(person, "approver")
        kept = await self.find(name)
        return await self.move(kept, ("in_review", "approved", "scheduled"), "draft", person, why)

    # --- while it runs

    async def pause(self, name: str, person: str, why: str = "") -> Kept:
        """Hold it at once; it takes no code, for a mistake must be stopped quickly."""
        await self.member(person, "author", "approver")
        return await self.move(await self.find(name), ("running",), "paused", person, why)

    async def resume(self, name: str, person: str, code: str) -> Kept:
        """Go on, unchanged."""
        kept = await self.find(name)
        await self.prove(person, code, "approver")
        return await self.move(kept, ("paused",), "running", person)

    async def stop(self, name: str, person: str, why: str = "") -> Kept:
        """End it for good; like a pause it takes no code."""
        await self.member(person, "author", "approver")
        kept = await self.find(name)
        return await self.move(kept, ("draft", "in_review", *sorted(LIVE)), "cancelled", person, why)

    async def recall(self, name: str, person: str, code: str) -> tuple[int, int]:
        """End it, with whatever corrects it, and delete what was sent: (how many are being deleted, how many are too
        old for their platform)."""
        kept = await self.find(name)
        await self.prove(person, code, "approver")
        now, done, gone = self.now(), (0, 0), set[int]()
        for one in await with_corrections(self.room, kept):
            if one.state in LIVE:
                await self.move(one, (one.state,), "cancelled", person, "recall")
            made, old = await recall(self.room, one, self._abilities, now, gone)
            done = (done[0] + made, done[1] + old)
        line = AuditLine(now, person, "broadcast recalled", name, f"{done[0]} {done[1]}")
        message = text(self._say("broadcast.told_recalled", name=name, person=person, count=done[0]))
        posts = announce(self._settings.desk, f"n:{name}:recall:{now:.0f}", message, now)
        await self._store.staff.tell(line, posts)
        return done

    # --- parts

    async def find(self, name: str) -> Kept:
        """One broadcast.

        Raises:
            Declined: there is none.
        """
        kept = await self.room.find(name)
        if kept is None:
            raise Declined("broadcast.unknown", name=name)
        return kept

    async def move(self, kept: Kept, states: Sequence[str], to: str, person: str, why: str = "") -> Kept:
        """Another state, from one of `states`; everybody is told."""
        line = AuditLine(self.now(), person, f"broadcast {to}", kept.name, why[:200])
        if kept.state not in states or not await self.room.move(
            kept.name, kept.version, [kept.state], to, why[:200], line
        ):
            raise Declined("broadcast.not_now", name=kept.name, state=kept.state)
        return await self._announced(kept.name, person, to)

    async def _announced(self, name: str, person: str, what: str) -> Kept:
        """Staff see everything that happens to a broadcast, whoever did it, and from wherever."""
        kept, now = await self.find(name), self.now()
        content = load(kept.content)
        counted = what == "in_review" and not content.waits
        people = (await self.count(content)).people if counted else 0
        posts = told_of(kept, person, what, people, self._settings.desk, self._say, now)
        await self._store.staff.tell(AuditLine(now, "broadcast", "told", name, what), posts)
        return kept

    async def progress(self, name: str) -> str:
        """How far it is, in a few lines."""
        return await told(self.room, await self.find(name), self.now(), self._say)

    async def member(self, name: str, *roles: Role) -> Person:
        """Somebody of the roster in force, with one of these roles if any are named.

        Raises:
            Declined: nobody is called so, or they have none of them.
        """
        person = (await self._personnel.in_force()).people.get(name)
        if person is None or (roles and not any(person.may(role) for role in roles)):
            raise Declined("broadcast.not_staff", name=name, role="/".join(roles) or "–")
        return person

    async def prove(self, name: str, code: str, *roles: Role) -> None:
        """Somebody with one of these roles shows a code.

        Raises:
            Declined: they have none of them, or the code is not theirs now.
        """
        await self.member(name, *roles)
        verdict = await self._personnel.factors.check(name, code)
        if verdict != "ok":
            raise Declined(f"staff.{verdict}", name=name)
