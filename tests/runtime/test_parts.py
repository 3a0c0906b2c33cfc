"""The parts of a connection: shared evenly, never held twice, taken over from the dead, let go by the living."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.channel import Part
from core.errors import Halted, StoreError
from core.runtime.clock import OurOwn
from core.runtime.member import Member
from core.runtime.parts import Shared, Whole, shares
from core.store.rooms import Store
from core.store.sqlite import open_sqlite

LEASE, SHORT = 60.0, 1.5
"""Seconds: nobody's runs out because this machine stands still, but where a test waits for that."""
PATIENT = 60.0


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 20), min_size=1), st.integers(0, 40))
def test_shares_are_even_and_move_as_little_as_may_be(held: dict[int, int], parts: int) -> None:
    found = shares(held, parts)
    assert sum(found.values()) == parts
    assert max(found.values()) - min(found.values()) <= 1
    if sum(held.values()) == parts and max(held.values()) - min(held.values()) <= 1:
        assert found == held, "who is content is left alone"


async def nothing() -> None: ...


@dataclass
class Process:
    """One that shares: `now` are the parts that it is connected with; `was` what it found left there."""

    store: Store
    member: Member
    share: Shared
    ledger: Ledger
    now: set[int] = field(default_factory=set)
    was: dict[int, str] = field(default_factory=dict)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def hold(self, part: Part) -> None:
        self.ledger.connect(part.number)
        self.now.add(part.number)
        self.was[part.number] = part.session
        try:
            await part.keep(f"left by {self.member.number}")
            await asyncio.get_running_loop().create_future()
        finally:
            await asyncio.sleep(0.01)  # a connection takes its time to close
            self.now.discard(part.number)
            self.ledger.open.discard(part.number)

    async def stop(self) -> None:
        """A clean end."""
        self.freeze()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.member.leave()

    def freeze(self) -> None:
        for task in self.tasks:
            task.cancel()


class Ledger:
    """Which parts are connected now, whoever holds them."""

    def __init__(self) -> None:
        self.open: set[int] = set()
        self.doubled = 0

    def connect(self, number: int) -> None:
        self.doubled += number in self.open
        self.open.add(number)


Start = Callable[..., Awaitable[Process]]


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
async def start(tmp_path: Path, ledger: Ledger) -> AsyncIterator[Start]:
    """Processes on one file: here they may share it, for everything is in this one."""
    all_of_them: list[Process] = []

    async def begin(count: int = 4, *, adopt: bool = False, lease: float = LEASE) -> Process:
        store = await open_sqlite(tmp_path / "helpline.db")
        clock = OurOwn(time.monotonic)
        member = Member(store.workers, lease, clock, lambda: None, nothing)
        await member.join()
        one = Process(store, member, Shared("c", store, member, clock), ledger)
        run = one.share.run(count, one.hold, adopt=adopt)
        one.tasks = [asyncio.create_task(member.keep()), asyncio.create_task(run)]
        all_of_them.append(one)
        return one

    yield begin
    for one in all_of_them:
        one.freeze()
        for task in one.tasks:
            with suppress(asyncio.CancelledError, StoreError):
                await task
        await one.store.close()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENT):
        while not condition():
            await asyncio.sleep(0.005)


async def test_parts_are_shared_taken_over_and_let_go_and_never_held_twice(
    start: Start, ledger: Ledger
) -> None:
    one = await start()
    await until(lambda: one.now == {0, 1, 2, 3})
    two = await start()
    await until(lambda: (len(one.now), len(two.now)) == (2, 2))
    assert set(two.was.values()) == {f"left by {one.member.number}"}, "where one ended the other goes on"
    three = await start()
    await until(lambda: sorted(map(len, (one.now, two.now, three.now))) == [1, 1, 2])
    await three.stop()
    await until(lambda: (len(one.now), len(two.now)) == (2, 2))
    held = sorted((await one.store.parts.owners("c")).values())
    assert len(set(held)) == 2
    assert ledger.doubled == 0


async def test_who_is_dead_loses_everything_and_what_it_still_writes_is_refused(
    start: Start, ledger: Ledger
) -> None:
    dead = await start(lease=SHORT)
    await until(lambda: dead.now == {0, 1, 2, 3})
    dead.tasks[0].cancel()  # its lease is renewed no more
    await until(lambda: not dead.member.lives)
    await asyncio.sleep(2 * dead.member.pause)
    assert dead.now == {0, 1, 2, 3}, "there is nobody who could take over"
    mine, alive = 0, await start(lease=SHORT)
    await until(lambda: alive.now == {0, 1, 2, 3})
    assert dead.now == set()
    with pytest.raises(StoreError):
        await dead.store.parts.keep("c", dead.member.number, mine, "too late")
    assert ledger.doubled == 0


async def test_another_number_waits_until_the_last_of_the_old_has_ended(start: Start, ledger: Ledger) -> None:
    old = await start(2)
    await until(lambda: old.now == {0, 1})
    new, any_number = await start(3), await start(5, adopt=True)
    await until(lambda: len(any_number.now) == 1)
    assert new.now == set()
    await any_number.stop()
    await until(lambda: old.now == {0, 1})
    await old.stop()
    await until(lambda: new.now == {0, 1, 2})
    assert set(new.was.values()) == {""}, "a session of another number is of no use"
    assert ledger.doubled == 0


async def test_what_a_part_raises_ends_the_share(start: Start) -> None:
    one = await start(2)
    await until(lambda: one.now == {0, 1})

    async def refused(_part: Part) -> None:
        raise Halted("no")

    with pytest.raises(Halted):
        await Whole().run(3, refused, adopt=False)
    other = Shared("other", one.store, one.member, time.monotonic)
    with pytest.raises(Halted):
        await other.run(1, refused, adopt=False)
    assert set((await one.store.parts.owners("other")).values()) == {""}


async def test_turns_are_apart_and_what_one_lends_the_others_borrow(start: Start) -> None:
    one, two = await start(1), await start(1)
    loop = asyncio.get_running_loop()
    taken: list[float] = []

    async def turn(who: Shared | Whole) -> None:
        await who.turn("identify 0", 0.05)
        taken.append(loop.time())

    for who in ((one.share, two.share, one.share, two.share), (whole := Whole(),) * 4):
        taken.clear()
        began = loop.time()
        await asyncio.gather(*map(turn, who))
        assert all(at >= began + 0.05 * place - 0.005 for place, at in enumerate(taken)), taken
    await one.share.lend("reply x", "sealed", 60.0)
    await one.share.lend("gone", "sealed", -1.0)
    assert (await two.share.borrow("reply x"), await two.share.borrow("gone")) == ("sealed", "")
    assert await whole.borrow("reply x") == ""
