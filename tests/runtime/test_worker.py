"""The worker over a real store: order, lanes side by side, what is beyond memory, restarts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.channel import Receipt
from core.conversation.model import (
    Act,
    Address,
    Edit,
    Erase,
    Remind,
    Send,
    Woke,
)
from core.conversation.texts import join
from core.errors import (
    SlowDown,
)
from core.runtime import worker as working
from core.runtime.pace import Pace
from core.store.sqlite import open_sqlite
from tests.runtime.bench import Bench, Face, action, at, bench, raises, said

# --- order -----------------------------------------------------------------------------------


async def test_a_lane_keeps_its_order_even_where_the_platform_is_slow_at_times(tmp_path: Path) -> None:
    face = Face()

    async def uneven(_address: Address, effect: Send | Edit | Erase) -> Receipt:
        assert isinstance(effect, Send)
        await asyncio.sleep(0.01 if int(join(effect.message.blocks).text) % 3 else 0)
        return Receipt("1")

    face.answer = uneven
    async with bench(tmp_path, face) as one:
        for number in range(12):
            await one.commit(at("a"), said(str(number)))
        await one.settled()
    assert [text for _, text in face.shown] == [str(n) for n in range(12)]


async def test_a_lane_longer_than_memory_keeps_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "LANE", 4)
    async with bench(tmp_path) as one:
        for number in range(0, 60, 2):
            await one.commit(at("a"), said(str(number)), said(str(number + 1)))
        await one.settled()
        assert [text for _, text in one.face.shown] == [str(n) for n in range(60)]


async def test_more_lanes_than_memory_are_all_performed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "LANES", 6)
    async with bench(tmp_path) as one:
        for number in range(40):
            await one.commit(at(str(number)), said("1"), said("2"))
        await one.settled()
        assert sorted(one.face.shown) == sorted((str(n), text) for n in range(40) for text in "12")


async def test_an_end_that_the_store_refuses_for_good_holds_up_no_other(tmp_path: Path) -> None:
    face = Face()

    async def answer(address: Address, _effect: Send | Edit | Erase) -> Receipt:
        return Receipt("\ud800" if address.chat == "odd" else "1")

    face.answer = answer
    async with bench(tmp_path, face) as one:
        odd = await one.commit(at("odd"), said("1"), said("2"))
        others = [row for name in "abc" for row in await one.commit(at(name), said("3"))]
        assert {await one.ended(row.key) for row in others} == {("done", 0)}
        assert {await one.ended(row.key) for row in odd} == {("dead", 0)}
    assert len(face.shown) == 5


async def test_a_lane_that_fails_for_no_known_reason_is_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "AGAIN", 0.01)
    admit, failing = Pace.admit, [RuntimeError("a bug of the pace")]

    async def odd(self: Pace, chat: str, *, group: bool, rank: int) -> None:
        if failing:
            raise failing.pop()
        await admit(self, chat, group=group, rank=rank)

    monkeypatch.setattr(Pace, "admit", odd)
    async with bench(tmp_path) as one:
        rows = await one.commit(at("a"), said("1"), said("2"))
        assert [await one.ended(row.key) for row in rows] == [("done", 0)] * 2
    assert [text for _, text in one.face.shown] == ["1", "2"]


async def test_a_chat_that_hangs_holds_up_no_other(tmp_path: Path) -> None:
    face, free = Face(), asyncio.Event()

    async def stuck(address: Address, _effect: Send | Edit | Erase) -> Receipt:
        if address.chat == "slow":
            await free.wait()
        return Receipt("1")

    face.answer = stuck
    async with bench(tmp_path, face) as one:
        await one.commit(at("slow"), said("s"))
        rows = await one.commit(at("quick"), said("q"))
        assert await one.ended(rows[0].key) == ("done", 0)
        assert face.shown == [("quick", "q")]
        free.set()
        await one.settled()
    assert len(face.shown) == 2


async def test_slow_look_ups_take_no_place_from_a_reply(tmp_path: Path) -> None:
    free = asyncio.Event()
    async with bench(tmp_path, in_flight=2) as one:
        one.actions["wait"] = action("wait", lambda: free.wait())
        for number in range(6):
            await one.commit(at(f"asks{number}"), Act("wait", {}, 1))
        await asyncio.sleep(0.02)
        rows = await one.commit(at("b"), said("hello"))
        assert await one.ended(rows[0].key) == ("done", 0)
        free.set()
        await one.settled()
        assert len(one.came_back()) == 6


async def test_one_endless_lane_hides_no_other_in_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "LANES", 10)
    face, free = Face(), asyncio.Event()

    async def stuck(address: Address, _effect: Send | Edit | Erase) -> Receipt:
        if address.chat == "flood":
            await free.wait()
        return Receipt("1")

    face.answer = stuck
    store = await open_sqlite(tmp_path / "helpline.db")
    before = Bench(store, face)
    await before.commit(at("flood"), *(said(str(n)) for n in range(50)), offer=False)
    rows = await before.commit(at("other"), said("hello"), offer=False)
    await store.close()
    async with bench(tmp_path, face) as one:
        assert await one.ended(rows[0].key) == ("done", 0)
        free.set()
        await one.settled()
    assert face.shown == [("other", "hello"), *(("flood", str(n)) for n in range(50))]


async def test_a_lane_that_was_told_to_wait_long_is_not_overtaken_by_its_own_later_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pace, "hold", lambda *_: None)  # the order must not rest on the pace
    async with bench(tmp_path, Face(answer=raises([SlowDown(300)]))) as one:
        await one.commit(at("a"), said("1"))
        await one.settled()
        await one.commit(at("a"), said("2"))
        await one.settled()
        assert one.face.shown == []
        one.ahead = 301
        one.worker.poke()
        await one.settled()
        assert one.face.shown == [("a", "1"), ("a", "2")]


async def test_reading_the_table_while_rows_end_performs_none_twice(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        for number in range(150):
            await one.commit(at(str(number % 5)), said(str(number)))
            one.worker.poke()
        await one.settled()
        assert sorted(int(text) for _, text in one.face.shown) == list(range(150))


# --- time and restarts -----------------------------------------------------------------------


async def test_what_only_the_table_holds_is_performed_at_the_next_start(tmp_path: Path) -> None:
    store = await open_sqlite(tmp_path / "helpline.db")
    one = Bench(store, Face())
    await one.commit(at("a"), said("1"), said("2"), offer=False)
    await store.close()
    async with bench(tmp_path) as again:
        await again.settled()
        assert again.face.shown == [("a", "1"), ("a", "2")]


async def test_a_reminder_comes_at_its_time_and_survives_a_restart(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        await one.commit(at("a"), Remind(1800, 7))
        await one.settled()
        assert one.came_back() == []
    async with bench(tmp_path) as one:
        await one.settled()
        assert one.came_back() == []
        one.ahead = 1801
        one.worker.poke()
        await one.settled()
        assert one.came_back() == [Woke(7)]
    async with bench(tmp_path) as one:
        one.ahead = 7200
        one.worker.poke()
        await one.settled()
        assert one.came_back() == [], "it woke somebody once"


async def test_a_reminder_for_later_does_not_hold_up_one_for_sooner(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        await one.commit(at("a"), Remind(1800, 1))
        await one.commit(at("a"), Remind(600, 2))
        one.ahead = 601
        one.worker.poke()
        await one.settled()
        assert one.came_back() == [Woke(2)]
        one.ahead = 1801
        one.worker.poke()
        await one.settled()
        assert one.came_back() == [Woke(2), Woke(1)]
