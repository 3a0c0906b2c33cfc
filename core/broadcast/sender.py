"""Approved broadcasts become rows of the outbox when they are due: first to the staff, then 1 %, 10 %, everybody.

The tables are the truth: a moment is planned once whoever comes first, and a slice's rows are written in the
transaction that moves its cursor, so a crash goes on where it was and nobody gets a thing twice. Whatever looks
wrong stops it, and a human decides: an audience that is not the one that was approved, too many errors, time that ran out.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from core.broadcast import boards
from core.broadcast.audience import count, group
from core.broadcast.cards import as_seen
from core.broadcast.content import COURSE, Content, digest, load
from core.broadcast.progress import Card
from core.broadcast.ramp import LATEST, RAMP, allowed, strayed, trips
from core.broadcast.slices import BACKLOG, SLICE
from core.broadcast.times import due_at, planned
from core.broadcast.words import DRIP
from core.channel import Abilities
from core.config import Settings
from core.conversation.delivery import Deliver
from core.conversation.model import Address
from core.errors import StoreError
from core.runtime.effects import low_row
from core.staff.announce import announce, text
from core.store.broadcasts import Group, Kept, Moment, Reached, key_of
from core.store.rooms import Fenced, Store
from core.store.rows import AuditLine, NewEffect

NAME = "broadcast"
log = logging.getLogger(__name__)


class Sender:
    """Sends while the service runs. `say`: (code, **holes) -> a sentence for the staff's chat."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        abilities: Mapping[str, Abilities],
        offer: Callable[[Sequence[NewEffect]], None],
        poke: Callable[[], None],
        say: Callable[..., str],
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._room = store.broadcasts
        self._settings = settings
        self._own = own = settings.broadcast
        self._quiet = (own.quiet_from, own.quiet_to)
        self._abilities = abilities
        self._offer = offer
        self._poke = poke
        self._say = say
        self._now = now
        self._ran: set[str] = set()
        self._walled: dict[str, int] = {}
        self._awake = asyncio.Event()
        self._card = Card(store, settings.desk, poke, say, now)

    async def run(self) -> None:
        """For ever; cancelled at shutdown."""
        timer = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        timer.add_job(self._awake.set, IntervalTrigger(seconds=0.5), id=f"schedule:{NAME}")
        timer.start()
        try:
            begun = False
            while True:
                await self._awake.wait()
                self._awake.clear()
                try:
                    if not begun and await self._room.abandoned(self._now()):
                        self._poke()
                    begun = True
                    await self.look()
                except Fenced:
                    raise
                except StoreError as error:
                    log.warning("broadcasts wait for the store: %s", error)
        finally:
            timer.shutdown(wait=False)

    async def look(self) -> None:
        """Take every broadcast that was approved one step further."""
        live = [await self._affected(kept) for kept in await self._room.live()]
        for kept in live:
            if digest(kept.content) != kept.hash:
                await self._end(kept, "cancelled" if kept.state == "approved" else "failed", "content")
                continue
            content = load(kept.content)
            if content.plan.at in (COURSE, DRIP) or (content.incident and kept.state == "approved"):
                continue
            if kept.state == "approved":
                await self._plan(kept, content)
            elif kept.state == "scheduled":
                await self._begin(kept, content)
            elif kept.state == "running":
                await self._go_on(kept, content)
            await self._overdue(kept, content)
        await self._card.look(live)

    async def _affected(self, kept: Kept) -> Kept:
        """Nobody knew how many it would be when the text of an incident was approved: it is as many as it affected."""
        # the last edit of its card says how many it was
        over = kept.state == "scheduled" and kept.name in self._ran
        if (kept.state != "running" and not over) or load(kept.content).incident is None:
            return kept
        moments = await self._room.moments(kept.name, kept.version)
        now = next((one for one in moments if not one.ended), moments[-1] if moments else None)
        people = await self._store.incidents.affected(int(now.slot)) if now else 0
        return replace(kept, people=people)

    # --- when

    async def _plan(self, kept: Kept, content: Content) -> None:
        """Its next moment in each zone."""
        moments = await self._next(kept, content, self._now())
        if not moments:
            await self._end(kept, "expired", "no_moment")
            return
        await self._room.begin(moments)
        await self._move(kept, "scheduled")

    async def _next(self, kept: Kept, content: Content, since: float) -> list[Moment]:
        found = planned(content, await self._room.walls(), self._settings.desk.zone, self._quiet, since)
        return [Moment(kept.name, kept.version, *one) for one in found]

    async def _begin(self, kept: Kept, content: Content) -> None:
        minute = int(self._now()) // 60
        if not content.incident and self._walled.get(kept.name) != minute:
            self._walled[kept.name] = minute
            await self._room.begin(await self._next(kept, content, kept.changed_at))
        moments = await self._open(kept)
        if not moments or moments[0].due > self._now():
            return
        people = kept.people if content.incident else (await count(self._room, self._group(content))).people
        if strayed(people, kept.people):
            await self._end(kept, "failed", "audience", approved=kept.people, now=people)
            return
        await self._move(kept, "running")

    async def _canary(self, kept: Kept, content: Content) -> None:
        """Staff see it as people will, before anybody else does."""
        now = self._now()
        head = text(self._say("broadcast.canary", name=kept.name, seconds=int(self._own.hold_seconds)))
        posts = announce(self._settings.desk, f"n:{kept.name}:{kept.version}:canary", head, now)
        posts += as_seen(content, self._settings.desk, f"n:{kept.name}:{kept.version}:canary", now)
        await self._room.queue_once(posts)  # whoever begins anew after a crash posts nothing twice
        await self._store.staff.tell(AuditLine(now, NAME, "canary", kept.name), [])
        self._poke()
        await self._room.stage(kept.name, kept.version, 0 if posts else 1, now)

    # --- sending

    async def _go_on(self, kept: Kept, content: Content) -> None:
        if kept.name not in self._ran:  # begun, or resumed, by whoever: its rows may be due at once
            self._ran.add(kept.name)
            self._poke()
        if trips(await self._room.latest(kept.name, kept.version, kept.changed_at, LATEST)):
            await self._end(kept, "paused", "errors")
            return
        if kept.stage == 0 and not kept.stage_at:  # also when whoever began it died before the staff had it
            await self._canary(kept, content)
            return
        moments = await self._open(kept)
        if content.incident:  # one end after the other
            moments = [one for one in moments if one.slot == _slot(moments)]
        now = self._now()
        slot = [
            one for one in await self._room.moments(kept.name, kept.version) if one.slot == _slot(moments)
        ]
        made = sum(one.made for one in slot)
        room = allowed(kept.people, kept.stage) - made
        for moment in moments:
            if moment.due <= now and room > 0 and not await self._asleep(moment, content):
                room -= await self._slices(kept, content, moment, room)
        if room <= 0 and kept.stage >= len(RAMP) and await self._open(kept):
            await self._end(kept, "failed", "audience", approved=kept.people, now=made)
            return
        await self._post(kept, content)
        await self._climb(kept, room)
        if await self._open(kept) or await self._room.queued(kept.name, kept.version):
            return
        if not await self._told_late(kept, content):
            await self._finish(kept, content)

    async def _climb(self, kept: Kept, room: int) -> None:
        """The next stage, when this one was reached, nothing of it is under way, and its time is over."""
        rested = self._now() - kept.stage_at >= self._own.hold_seconds
        higher = kept.stage < len(RAMP) and room <= 0 and rested
        if higher and not await self._room.queued(kept.name, kept.version):
            await self._room.stage(kept.name, kept.version, kept.stage + 1, self._now())

    async def _slices(self, kept: Kept, content: Content, moment: Moment, room: int) -> int:
        """Rows for the next people, until the outbox has enough; how many."""
        wanted, made, more = self._group(content, moment.slot), 0, True
        while more and made < room and await self._room.backlog(self._now()) < BACKLOG:
            now = self._now()
            make = partial(self._row, content, moment, now)
            got = await self._room.slice(moment, wanted, min(SLICE, room - made), make, now)
            self._offer(got.rows)
            made, more = made + len(got.rows), got.more
        return made

    async def _post(self, kept: Kept, content: Content) -> None:
        """In the boards, once, and only when the ramp is behind us: they cannot see a hundredth of it."""
        moments = await self._room.moments(kept.name, kept.version) if content.posts else []
        if not moments or (kept.stage < len(RAMP) and not all(one.ended for one in moments)):
            return
        now, got = self._now(), content.rule.got
        for post in content.posts:
            before = await self._room.posted(got, post.channel, post.chat) if got else ""
            row = boards.row(kept, moments[-1].slot, post, before, now)
            to = Reached(post.channel, "", post.chat, post.language, "")
            if await self._room.post(kept.name, kept.version, row, to, now):
                self._offer([row])

    def _row(self, content: Content, moment: Moment, now: float, to: Reached) -> NewEffect | None:
        if to.language not in content.messages or to.channel not in self._abilities:
            return None
        address = Address(to.channel, to.chat, to.user)
        key = f"{key_of(moment)}{to.channel}|{to.user}"
        return low_row(key, address, Deliver(to.ref if content.rule.got else ""), now)

    async def _asleep(self, moment: Moment, content: Content) -> bool:
        """Night fell while it was sent: the rest of this zone gets it in the morning."""
        due = due_at(content, moment.zone, self._settings.desk.zone, self._quiet, self._now())
        if due > self._now():
            await self._room.postpone(moment, due)
        return due > self._now()

    # --- the end

    async def _told_late(self, kept: Kept, content: Content) -> int:
        """Walls that somebody told since it began: nobody is left out for that. How many there are."""
        if content.plan.cron:
            return 0  # they are in the next time
        now, which = self._now(), (kept.name, kept.version)
        if not content.incident:
            return await self._room.begin(await self._next(kept, content, now))
        slot = (await self._room.moments(*which))[-1].slot
        return await self._room.begin([Moment(*which, slot, wall, now) for wall in await self._room.walls()])

    async def _finish(self, kept: Kept, content: Content) -> None:
        moments = await self._next(kept, content, self._now()) if content.plan.cron else []
        await self._room.begin(moments)
        if content.incident or moments:
            await self._move(kept, "scheduled")
        else:
            await self._end(kept, "finished", "")

    async def _overdue(self, kept: Kept, content: Content) -> None:
        moments = await self._open(kept)
        late = [one for one in moments if self._now() - one.due > content.plan.hours * 3600]
        if late and len(late) == len(moments):
            fresh = await self._room.find(kept.name)
            if fresh is not None and fresh.state in ("scheduled", "running", "paused"):
                await self._end(fresh, "expired", "late")

    async def _open(self, kept: Kept) -> list[Moment]:
        return [one for one in await self._room.moments(kept.name, kept.version) if not one.ended]

    def _group(self, content: Content, slot: str = "") -> Group:
        settings, incident = self._settings, int(slot) if content.incident and slot else 0
        return group(content, self._abilities, settings.languages, self._own.week, self._now(), incident)

    async def _move(self, kept: Kept, to: str, reason: str = "") -> bool:
        line = AuditLine(self._now(), NAME, f"broadcast {to}", kept.name, reason)
        return await self._room.move(kept.name, kept.version, [kept.state], to, reason, line)

    async def _end(self, kept: Kept, to: str, why: str, **holes: object) -> None:
        """A state that people are told of, with the reason."""
        reason = self._say(f"broadcast.why_{why}", **holes) if why else ""
        if await self._move(kept, to, reason):
            self._ran.discard(kept.name)
            now = self._now()
            said = self._say(
                f"broadcast.told_{to}", name=kept.name, person=NAME, why=reason or "–", hash=kept.hash[:16]
            )
            posts = announce(
                self._settings.desk, f"n:{kept.name}:{kept.version}:{to}:{now:.3f}", text(said), now
            )
            await self._store.staff.tell(AuditLine(now, NAME, "told", kept.name, to), posts)
            self._offer(posts)


def _slot(moments: Sequence[Moment]) -> str:
    return moments[0].slot if moments else ""
