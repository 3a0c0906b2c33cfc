"""Series: lessons that everybody gets from their own start on, one every so many days, at a time on their own wall.

The rule. Whoever is first seen in the audience of a series begins with its first lesson at the next such time. The next
one comes when `every` days have gone by on their wall since the one before. Only lessons that two people approved as they
stand are sent: a lesson that is new, or was changed, waits for its own approval, and the others go on; whoever passed its
place meanwhile gets it when it stands. Whoever leaves the audience (unsubscribes, blocks us, changes what they told) gets
nothing more; if they come back they go on where they were. A time that could not be kept for `hours` is left out, and the
lesson comes on the next day at that time: no lesson is ever skipped for being late.

A day on a wall is claimed once, whoever comes first; a slice's rows and what people were given are one transaction. Each
lesson is a delivery like any other: checked against its approval as it leaves, counted, recalled.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.broadcast import schedule
from core.broadcast.audience import group
from core.broadcast.content import Content, Part, digest, load
from core.broadcast.slices import SLICE, to_the_end
from core.broadcast.times import due_at, wall
from core.broadcast.words import DRIP
from core.channel import Abilities
from core.config import Settings
from core.conversation.delivery import Deliver
from core.conversation.model import Address
from core.runtime.effects import low_row
from core.store.broadcasts import Broadcasts, Group, Kept, Reached
from core.store.drips import Member
from core.store.lessons import Run
from core.store.rooms import Store
from core.store.rows import AuditLine, NewEffect

EVERY = 5.0
"""Seconds between two looks."""
PREFIX = "series:"
"""How the schedules of series are called among the runs."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson: as it is kept, as it is sent, and its place."""

    kept: Kept
    content: Content
    part: Part


@dataclass(frozen=True, slots=True)
class Series:
    """Approved lessons in their order. They have one rhythm and one audience: those of the first of them."""

    name: str
    lessons: tuple[Lesson, ...]

    @property
    def head(self) -> Content:
        """Whose rhythm and audience count."""
        return self.lessons[0].content

    @property
    def since(self) -> float:
        """From when on there was something to send."""
        return min(one.kept.changed_at for one in self.lessons)


def gathered(live: Sequence[Kept]) -> list[Series]:
    """The series among what was approved. A lesson whose rhythm or audience is not that of the first one waits: the
    whole series has to be handed in again when those change."""
    found: dict[str, list[Lesson]] = {}
    for kept in live:
        if kept.state == "approved" and digest(kept.content) == kept.hash:
            content = load(kept.content)
            if content.part is not None:
                found.setdefault(content.part.series, []).append(Lesson(kept, content, content.part))
    series = []
    for name, lessons in sorted(found.items()):
        first, *rest = sorted(lessons, key=lambda one: one.part.number)
        series.append(Series(name, (first, *(one for one in rest if _rhythm(one) == _rhythm(first)))))
    return series


def _rhythm(lesson: Lesson) -> tuple[object, ...]:
    return lesson.content.plan, lesson.content.rule, lesson.part.every


def following(series: Series, member: Member, day: str, stand: Collection[str]) -> Lesson | None:
    """What a person gets on a day of their wall; None when it is too early, or when there is nothing for them."""
    left = (one for one in series.lessons if one.kept.name not in member.given and one.kept.name in stand)
    lesson = next(left, None)
    if lesson is None or member.to.language not in lesson.content.messages:
        return None
    rest = timedelta(days=lesson.part.every)
    early = member.last and date.fromisoformat(day) < date.fromisoformat(member.last) + rest
    return None if early else lesson


def moments(plan_cron: str, every: int, zone: str, now: float, count: int) -> list[float]:
    """When the first lessons come to somebody who begins now."""
    first = schedule.upcoming(plan_cron, zone, now, (count - 1) * every + 1)
    return [slot.due for slot in first[::every]]


class Drips:
    """Sends what is due of every series, while the service runs."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        abilities: Mapping[str, Abilities],
        offer: Callable[[Sequence[NewEffect]], None],
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._room: Broadcasts = store.broadcasts
        self._settings = settings
        self._quiet = (settings.broadcast.quiet_from, settings.broadcast.quiet_to)
        self._abilities = abilities
        self._offer = offer
        self._now = now
        self._looked: dict[tuple[str, str], str] = {}
        self._mark: tuple[float, ...] = ()

    async def run(self) -> None:
        """For ever; cancelled at shutdown."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Begin the days that are due, and send what belongs to them."""
        found = gathered(await self._room.live())
        mark = (int(self._now()) // 60, *(one.since for one in found))
        # Once a minute, and when a series is new: days begin on the minute, and people are many.
        walls = await self._room.walls() if found and mark != self._mark else []
        for series in found:
            await self._begin(series, walls)
            for run in await self._store.lessons.running(PREFIX + series.name):
                await self._send(series, run)
        self._mark = mark

    async def _begin(self, series: Series, walls: Sequence[str]) -> None:
        """Claim the newest day of each wall."""
        plan, runs, house = series.head.plan, [], self._settings.desk.zone
        for place in walls:
            slot = schedule.latest(plan.cron, wall(place)[0] or house, self._now())
            if slot is None or slot.due < series.since:
                continue
            due = due_at(series.head, place, house, self._quiet, slot.due)
            if due > self._now():  # it is night there: the day is begun when that is over
                continue
            name = f"{place or '-'} {slot.wall:%Y-%m-%d}"
            if self._looked.get((series.name, place)) == name:
                continue
            runs.append(
                Run(
                    PREFIX + series.name, name, place, due, "missed" if self._late(series, due) else "running"
                )
            )
        if runs:
            await self._store.lessons.begin(runs, self._line(series), self._now())
        self._looked |= {(series.name, run.zone): run.slot for run in runs}

    async def _send(self, series: Series, run: Run) -> None:
        ended = await to_the_end(
            lambda: self._late(series, run.due),
            lambda: self._room.backlog(self._now()),
            lambda: self._slice(series, run),
        )
        if not ended:
            await self._store.lessons.expire(run, self._line(series))

    async def _slice(self, series: Series, run: Run) -> bool:
        day, now = run.slot.rpartition(" ")[2], self._now()
        names = [(one.kept.name, one.kept.version) for one in series.lessons]

        def give(member: Member, stand: Collection[str]) -> tuple[str, int, NewEffect] | None:
            lesson = following(series, member, day, stand)
            if lesson is None or member.to.channel not in self._abilities:
                return None
            return lesson.kept.name, lesson.kept.version, _row(lesson, member.to, now)

        made = await self._store.drips.slice(
            run, series.name, names, self._group(series.head), day, SLICE, give, now
        )
        self._offer(made.rows)
        return made.more

    def _group(self, content: Content) -> Group:
        settings = self._settings
        return group(content, self._abilities, settings.languages, settings.broadcast.week, self._now())

    def _late(self, series: Series, due: float) -> bool:
        return self._now() - due > series.head.plan.hours * 3600

    def _line(self, series: Series) -> AuditLine:
        return AuditLine(self._now(), DRIP, "", series.name)


def _row(lesson: Lesson, to: Reached, now: float) -> NewEffect:
    address = Address(to.channel, to.chat, to.user)
    key = f"b:{lesson.kept.name}:{lesson.kept.version}:{DRIP}:{to.channel}|{to.user}"
    return low_row(key, address, Deliver(), now)
