"""Security education: due slots become runs, runs become rows of the outbox, a slice of people at a time.

The tables are the truth: a slot is claimed once whoever comes first, and a slice's rows are written in the
transaction that moves its cursor, so a crash goes on where it was and nobody gets a lesson twice. The timer only
says "look now". A moment that was missed is made up for within `latest_hours`; later it is left out and told in
the audit. Of several moments that passed meanwhile only the last one counts.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from core.broadcast import schedule, series
from core.broadcast.slices import AGAIN, SLICE, to_the_end
from core.channel import Abilities
from core.config import Education as Settings
from core.conversation import lessons
from core.conversation.engine import Engine
from core.conversation.model import Address, Message, Send
from core.errors import StoreError
from core.runtime.effects import LOW, effect_rows
from core.sentences import operator_language, sentence
from core.store.lessons import Recipient, Run, Subscription
from core.store.rooms import Fenced, Store
from core.store.rows import AuditLine, NewEffect

NAME = "education"
"""The schedule's name in the tables."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What a new subscriber is told. `on`: whether lessons are sent at present; `first`: when the next one is,
    on their own wall."""

    on: bool
    first: str


class Education:
    """The course: who is subscribed, and sending what is due."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        engine: Callable[[], Engine],
        abilities: Mapping[str, Abilities],
        offer: Callable[[Sequence[NewEffect]], None],
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._settings = settings
        self._engine = engine
        self._abilities = abilities
        self._offer = offer
        self._now = now
        self._looked: dict[str, str] = {}
        self._approved: frozenset[str] = frozenset()
        self._awake = asyncio.Event()
        self._timer = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    @property
    def on(self) -> bool:
        """Whether two people stand behind any lesson; nothing else is sent."""
        return bool(self._approved)

    async def refresh(self) -> None:
        """Look which lessons are approved as they stand now; in a trial all of them count."""
        if self._settings.trial:
            self._approved = frozenset(name for name, _ in series.contents(self._engine()))
        else:
            self._approved = await series.approved(self._store.broadcasts, self._engine())

    # --- for the flow's actions

    async def subscribe(
        self, address: Address, language: str, zone: str, topics: Sequence[str], at: float
    ) -> Subscribed:
        """Begin or change a subscription. Safe to repeat."""
        wanted = Subscription(address.channel, address.user, language, zone, tuple(topics), at)
        await self._store.lessons.subscribe(wanted)
        await self._store.broadcasts.opt_in(address.channel, address.user)
        await self.refresh()
        following = schedule.upcoming(self._settings.schedule, zone, at, 1)
        return Subscribed(self.on, f"{following[0].wall:%Y-%m-%d %H:%M}" if following else "")

    async def unsubscribe(self, address: Address, at: float) -> bool:
        """End it at once; False when there was none."""
        return await self._store.lessons.unsubscribe(address.channel, address.user, at)

    # --- the timer

    async def run(self) -> None:
        """Look every minute, and send what is due and approved, for ever."""
        await self.refresh()
        self._say_so()
        self._timer.add_job(self._awake.set, CronTrigger(second=0, timezone="UTC"), id=f"schedule:{NAME}")
        self._timer.start()
        self._awake.set()
        try:
            while True:
                await self._awake.wait()
                self._awake.clear()
                await self._look()
        finally:
            self._timer.shutdown(wait=False)

    def _say_so(self) -> None:
        code, many = "education.on" if self.on else "education.off", len(self._approved)
        if lessons.course(self._engine().library):
            log.info(sentence(code, operator_language(), count=many, schedule=self._settings.schedule))

    async def _look(self) -> None:
        try:
            await self.tick()
            await self.work()
        except Fenced:
            raise
        except StoreError as error:
            log.warning("the lessons wait for the store: %s", error)
            await asyncio.sleep(AGAIN)
            self._awake.set()

    # --- slots

    async def tick(self) -> list[Run]:
        """Claim every slot that is due and that nobody claimed; returns what was begun here."""
        await self.refresh()
        if not self.on:
            return []
        now = self._now()
        due = []
        for zone, since in (await self._store.lessons.zones()).items():
            slot = schedule.latest(self._settings.schedule, zone, now)
            if slot is None or slot.due < since or self._looked.get(zone) == slot.name:
                continue
            due.append(
                Run(NAME, slot.name, zone, slot.due, "missed" if self._too_late(slot.due) else "running")
            )
        begun = await self._store.lessons.begin(due, self._line(), now) if due else []
        self._looked |= {run.zone: run.slot for run in due}
        for run in begun:
            log.info("lessons for %s: %s", run.slot, run.status)
        return begun

    def _too_late(self, due: float) -> bool:
        return self._now() - due > self._settings.latest_hours * 3600

    def _line(self) -> AuditLine:
        return AuditLine(self._now(), NAME, "", "")

    # --- slices

    async def work(self) -> None:
        """Make the rows of every run that is not at its end, never more than the outbox should hold."""
        for run in await self._store.lessons.running(NAME):
            late, slice_ = partial(self._too_late, run.due), partial(self.slice, run)
            if not await to_the_end(late, self._store.lessons.backlog, slice_):
                await self._store.lessons.expire(run, self._line())

    async def slice(self, run: Run) -> bool:
        """The next people of a run; False when it is at its end."""
        maker = _Maker(self._engine(), self._abilities, run, self._now(), self._approved)
        more, rows = await self._store.lessons.slice(run, SLICE, maker.rows)
        self._offer(rows)
        return more


class _Maker:
    """Makes the rows of one slice; a lesson is written once for each language in it."""

    def __init__(
        self,
        engine: Engine,
        abilities: Mapping[str, Abilities],
        run: Run,
        now: float,
        approved: frozenset[str],
    ) -> None:
        self._engine = engine
        self._abilities = abilities
        self._run = run
        self._now = now
        course = lessons.course(engine.library)
        self._lessons = [one for one in course[1] if one.name in approved] if course else []
        self._written: dict[tuple[str, str], Message | None] = {}

    def rows(self, to: Recipient) -> tuple[str, Sequence[NewEffect]] | None:
        """The next lesson of one person; None when they have had all, or their channel is gone."""
        lesson = lessons.following(self._lessons, frozenset(to.topics), frozenset(to.given))
        can = self._abilities.get(to.channel)
        message = self._message(to.language, lesson.name) if lesson else None
        if lesson is None or can is None or message is None:
            return None
        address = Address(to.channel, to.chat, to.user)
        cause = f"{self._run.schedule}:{self._run.slot}:{address.key}"
        return lesson.name, effect_rows(cause, address, [Send(message)], can, self._now, LOW)

    def _message(self, language: str, name: str) -> Message | None:
        if (language, name) not in self._written:
            self._written[language, name] = self._engine.lesson(language, name)
        return self._written[language, name]
