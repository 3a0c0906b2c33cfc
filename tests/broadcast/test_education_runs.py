"""Moments that are missed, broken off or raced for, a crash at any recipient, and lessons that nobody stands behind."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from core.broadcast import education as teaching
from core.broadcast import series, slices
from core.broadcast.content import digest, dump
from core.conversation.model import Message, Rich
from core.store.broadcasts import Draft
from core.store.rows import AuditLine
from tests.broadcast.course import Clock, School, person, queued, settle_all, taught
from tests.stores import opened

DAY = 86_400.0
HOUR = 3600.0


@pytest.mark.parametrize(("late", "sent"), [(5 * HOUR, True), (7 * HOUR, False)])
async def test_a_missed_moment_is_made_up_for_only_for_hours_and_always_told(
    school: School, late: float, sent: bool
) -> None:
    await school.join("7")
    school.clock.now += late
    for _ in range(3):
        await school.day()
    assert len(await queued(school.store)) == sent
    told = [line for line in await school.store.audit.tail(10) if line.actor == teaching.NAME]
    assert [line.action for line in told] == ["running" if sent else "missed"]
    assert told[0].detail == "UTC 2027-01-15T10:00"


async def test_of_many_missed_moments_only_the_last_counts(school: School) -> None:
    await school.join("7")
    school.clock.now += 9 * DAY + HOUR
    await school.day()
    assert len(await queued(school.store)) == 1
    assert [line.detail for line in await school.store.audit.tail(10)] == ["UTC 2027-01-24T10:00"]


async def test_a_run_that_was_broken_off_too_long_ago_is_not_finished(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teaching, "SLICE", 2)
    await school.join("1", "2", "3", "4")
    (run,) = await school.education.tick()
    assert await school.education.slice(run)
    school.clock.now += 20 * HOUR
    await school.education.work()
    assert [person(row) for row in await queued(school.store)] == ["1", "2"]
    assert await school.store.lessons.running(teaching.NAME) == []
    assert [line.action for line in await school.store.audit.tail(2)] == ["missed", "running"]


# --- never twice -----------------------------------------------------------------------------


async def test_two_processes_never_send_one_slot_twice(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two connections on one file, both looking and both working at once."""
    monkeypatch.setattr(teaching, "SLICE", 25)
    stores = [await opened(tmp_path / "helpline.db") for _ in range(2)]
    schools = [School(store, clock) for store in stores]
    people = [str(number) for number in range(110)]
    await schools[0].join(*people)
    for _ in range(3):
        begun = await asyncio.gather(*(school.education.tick() for school in schools))
        assert len([run for runs in begun for run in runs]) == 1
        while runs := await stores[0].lessons.running(teaching.NAME):
            await asyncio.gather(*(school.education.slice(runs[0]) for school in schools))
        got = Counter(person(row) for row in await queued(stores[0]))
        assert got == dict.fromkeys(people, 1)
        await settle_all(stores[0])
        clock.now += DAY
    offered = Counter(row.key for school in schools for row in school.offered)
    assert set(offered.values()) == {1}
    assert len(offered) == 3 * len(people)
    for store in stores:
        await store.close()


class Killed(BaseException):
    """The process is gone in the middle of a transaction."""


@pytest.mark.parametrize("seed", range(4))
async def test_a_crash_at_any_recipient_continues_exactly(
    tmp_path: Path, clock: Clock, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction that dies at the Nth person leaves neither rows nor cursor nor progress of its slice."""
    monkeypatch.setattr(teaching, "SLICE", 7)
    chance = random.Random(seed)
    people = [str(number) for number in range(40)]
    store = await opened(tmp_path / "helpline.db")
    school = School(store, clock)
    await school.join(*people)
    kills = 0
    made = teaching._Maker.rows

    def fatal(self: teaching._Maker, *to: object) -> object:
        if chance.random() < 0.06:
            raise Killed
        return made(self, *to)  # type: ignore[arg-type]

    monkeypatch.setattr(teaching._Maker, "rows", fatal)
    while True:
        try:
            await school.day()
            break
        except Killed:
            kills += 1
            await store.close()
            store = await opened(tmp_path / "helpline.db")
            school = School(store, clock)
    assert kills
    assert Counter(person(row) for row in await queued(store)) == dict.fromkeys(people, 1)
    assert [(group.given, group.people) for group in await store.lessons.census()] == [(1, 40)]
    await store.close()


async def test_the_outbox_never_holds_more_than_it_should(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teaching, "SLICE", 10)
    monkeypatch.setattr(slices, "BACKLOG", 25)
    monkeypatch.setattr(slices, "AGAIN", 0.001)
    people = [str(number) for number in range(60)]
    await school.join(*people)
    working = asyncio.create_task(school.day())
    sent: Counter[str] = Counter()
    while not working.done() or await school.store.lessons.backlog():
        rows = await settle_all(school.store)
        assert len(rows) < 25 + 10
        sent.update(person(row) for row in rows)
        await asyncio.sleep(0.002)
    await working
    assert sent == dict.fromkeys(people, 1)


async def test_a_lesson_is_sent_when_two_people_stand_behind_it_as_it_stands(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.education._settings = school.education._settings.model_copy(update={"trial": False})
    room, line = school.store.broadcasts, AuditLine(1.0, "t", "t", "t")
    for name, content in series.contents(school.engine):
        body = dump(content)
        version = await room.write(Draft(content.name, name, "ada", "", body, digest(body)), line, 1.0)
        assert version
        await room.move(content.name, version, ["draft"], "in_review", "", line)
        if name != "keys":
            assert await room.approve(content.name, version, digest(body), "bob", 0, line)
    await school.join("7")
    await school.day()
    (row,) = await queued(school.store)
    assert taught(row) == "zh calls", "nobody stands behind the first one"
    await settle_all(school.store)
    original = school.engine.lesson

    def edited(language: str, name: str) -> Message | None:
        message = original(language, name)
        return message and message._replace(blocks=(*message.blocks, Rich("and one more thing")))

    monkeypatch.setattr(school.engine, "lesson", edited)
    school.clock.now += DAY
    await school.day()
    assert not await queued(school.store), "what was edited waits for a second person again"


async def test_nobody_stands_behind_the_lessons_so_nothing_is_sent(school: School) -> None:
    off = school.education._settings.model_copy(update={"trial": False})
    monkey = teaching.Education(school.store, off, lambda: school.engine, {}, school._offer, school.clock)
    await school.join("7")
    running = asyncio.create_task(monkey.run())
    await asyncio.sleep(0.05)
    assert not running.done(), "the service goes on"
    assert await queued(school.store) == []
    running.cancel()
