"""The worker of one among many: what it does with rows that others may have taken over, and what it remembers of lanes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from core.errors import SlowDown
from core.runtime.lanes import Claimed
from core.runtime.shared import SharedWorker
from core.runtime.worker import Worker
from core.store.rooms import Fenced
from core.store.rows import NewEvent
from core.store.sqlite import open_sqlite
from tests.runtime.bench import FACE, Bench, Face, at, raises, said


class Many(Bench):
    """A bench whose worker claims its rows under a number. `lives`: what it knows of its lease."""

    lives = True
    number = 0

    async def begin(self) -> asyncio.Task[None]:
        self.number = await self.store.workers.join("host:1:0", self.now() + 60)
        self.worker = SharedWorker(
            self.store, self.worker._performer, self.events.append, self.now, 4,
            lambda: self.number, lambda: [FACE], lambda: self.lives,
        )  # fmt: skip
        return asyncio.create_task(self.worker.run())


@pytest.fixture
async def many(tmp_path: Path) -> AsyncIterator[Many]:
    store = await open_sqlite(tmp_path / "helpline.db")
    one = Many(store, Face())
    running = await one.begin()
    yield one
    running.cancel()
    with suppress(asyncio.CancelledError, Fenced):
        await running
    await store.close()


async def claimed(one: Many, count: int) -> None:
    async with asyncio.timeout(60):
        while len(await one.store.workers.claimed(one.number)) < count:
            await asyncio.sleep(0.005)


async def test_who_may_have_lost_its_rows_sends_none_of_them(many: Many, tmp_path: Path) -> None:
    many.lives = False
    for person in "abc":
        await many.commit(at(person), said("1"))
    await claimed(many, 3)
    await asyncio.sleep(0.05)
    assert not many.face.shown
    other = await open_sqlite(tmp_path / "helpline.db")
    assert await other.workers.sweep(await other.workers.late(many.now() + 61), many.now() + 61) == 1
    with pytest.raises(Fenced):
        await many.store.workers.let_go(many.number, [])
    assert not many.face.shown
    await other.close()


async def test_who_was_only_cut_off_for_a_while_sends_them(many: Many) -> None:
    many.lives = False
    rows = await many.commit(at("a"), said("1"))
    await claimed(many, 1)
    assert not many.face.shown
    many.lives = True
    assert await many.ended(rows[0].key) == ("done", 0)
    assert many.face.shown == [("a", "1")]


async def test_a_lane_that_has_to_wait_is_remembered_by_the_table_alone(many: Many) -> None:
    many.face.answer = raises([SlowDown(100.0), SlowDown(100.0)])
    for person in "ab":
        await many.commit(at(person), said("1"))
    async with asyncio.timeout(60):
        while len([row for row in await many.store.outbox.listing("queued", 9) if row.attempts]) < 2:
            await asyncio.sleep(0.005)
        while many.worker._parked or await many.store.workers.claimed(many.number):
            await asyncio.sleep(0.005)


class Late:
    """Answers of the store that a test lets go."""

    def __init__(self, one: Many, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked, self.answer, self._real = (
            asyncio.Event(),
            asyncio.Event(),
            getattr(one.store.workers, name),
        )
        monkeypatch.setattr(one.store.workers, name, self)

    async def __call__(self, *arguments: object) -> object:
        self.asked.set()
        await self.answer.wait()
        return await self._real(*arguments)


async def idle(one: Worker | Claimed) -> None:
    async with asyncio.timeout(60):
        while not one.idle:
            await asyncio.sleep(0.005)


async def test_who_waits_for_its_rows_is_not_idle(many: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    await idle(many.worker)
    late = Late(many, "claim_effects", monkeypatch)
    rows = await many.commit(at("a"), said("1"))
    await late.asked.wait()
    assert not many.worker.idle
    late.answer.set()
    assert await many.ended(rows[0].key) == ("done", 0)


async def test_who_waits_for_its_events_is_not_idle(many: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    lanes = Claimed(many.store.workers, lambda: many.number, lambda _: None)
    heads = asyncio.create_task(lanes.heads())
    await idle(lanes)
    late = Late(many, "claim_events", monkeypatch)
    (row,) = await many.store.inbox.add([NewEvent(FACE, "1", "a", "[]")], many.now())
    lanes.take(row)
    await late.asked.wait()
    assert not lanes.idle
    late.answer.set()
    assert [one.id for one in await heads] == [row.id]
