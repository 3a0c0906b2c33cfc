"""The worker over a real store: order, side by side, restarts, and what each class of error means for a row."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from core.actions import Action, Outcome
from core.channel import Abilities, Receipt, Receive
from core.conversation.model import (
    Act,
    Address,
    Choice,
    Edit,
    Effect,
    Erase,
    Finished,
    HandOver,
    Mark,
    Message,
    Remind,
    Rich,
    Send,
    Woke,
)
from core.conversation.texts import join
from core.conversation.wire import load_inbound
from core.errors import (
    Blocked,
    Conflict,
    Halted,
    Malformed,
    Moved,
    NotSent,
    Refused,
    SlowDown,
    StoreError,
    Unsure,
)
from core.runtime import worker as working
from core.runtime.effects import effect_rows
from core.runtime.pace import Pace
from core.runtime.perform import UNSURE, Performer
from core.runtime.worker import Worker
from core.store.rooms import Batch, EventRow, NewEffect, Store, Subscriber
from core.store.sqlite import open_sqlite

FACE = "face"
Perform = Callable[[Address, Send | Edit | Erase], Awaitable[Receipt]]


def at(user: str, chat: str = "") -> Address:
    return Address(FACE, chat or user, user)


def said(text: str) -> Send:
    return Send(Message((Rich(text),)))


@dataclass
class Face:
    """The smallest platform: writes down what it was given; `answer` says how it answers."""

    name: str = FACE
    abilities: Abilities = field(default_factory=Abilities)
    shown: list[tuple[str, str]] = field(default_factory=list)
    busy_in: list[str] = field(default_factory=list)
    answer: Perform | None = None

    async def run(self, receive: Receive) -> None:
        del receive

    async def perform(self, address: Address, effect: Send | Edit | Erase, key: str) -> Receipt:
        receipt = await self.answer(address, effect) if self.answer else Receipt(key)
        text = "" if isinstance(effect, Erase) else join(effect.message.blocks).text
        self.shown.append((address.chat, text))
        return receipt

    async def busy(self, address: Address) -> None:
        self.busy_in.append(address.chat)

    async def close(self) -> None:
        return


class Bench:
    """A store, a worker and a face; time can be moved ahead."""

    def __init__(self, store: Store, face: Face, in_flight: int = 8) -> None:
        self.store = store
        self.face = face
        self.ahead = 0.0
        self.actions: dict[str, Action] = {}
        self.events: list[EventRow] = []
        self.halted: list[Exception] = []
        self._count = 0
        performer = Performer(
            store, {FACE: face}, {FACE: Pace(face.abilities)}, lambda: self.actions, {},
            lambda _, error: self.halted.append(error), self.now,
        )  # fmt: skip
        self.worker = Worker(store, performer, self.events.append, self.now, in_flight)

    def now(self) -> float:
        return time.time() + self.ahead

    async def commit(self, address: Address, *effects: Effect, offer: bool = True) -> list[NewEffect]:
        """What a turn leaves behind."""
        self._count += 1
        rows = effect_rows(f"t{self._count}.{self.now()}", address, effects, Abilities(), self.now())
        await self.store.turns.commit(Batch(effects=rows))
        if offer:
            self.worker.offer(rows)
        return rows

    async def settled(self) -> None:
        async with asyncio.timeout(60):
            quiet = 0
            while quiet < 3:
                await asyncio.sleep(0.005)
                quiet = quiet + 1 if self.worker.idle else 0

    async def ended(self, key: str) -> tuple[str, int]:
        """(status, maybe_sent) of a row that is not queued any more."""
        async with asyncio.timeout(60):
            while True:
                for status in ("done", "dead", "uncertain"):
                    for row in await self.store.outbox.listing(status, 100):
                        if row.key == key:
                            return row.status, row.maybe_sent
                await asyncio.sleep(0.01)

    def came_back(self) -> list[Finished | Woke]:
        """The events that the effects caused."""
        inbound = [load_inbound(row.payload) for row in self.events]
        return [
            what[1] for what in inbound if isinstance(what, tuple) and isinstance(what[1], Finished | Woke)
        ]


@asynccontextmanager
async def bench(path: Path, face: Face | None = None, in_flight: int = 8) -> AsyncIterator[Bench]:
    """A running worker on a file."""
    store = await open_sqlite(path / "helpline.db")
    one = Bench(store, face or Face(), in_flight)
    running = asyncio.create_task(one.worker.run())
    try:
        yield one
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await store.close()


def raises(errors: Sequence[Exception]) -> Perform:
    """A platform that answers with these errors first."""
    left = list(errors)

    async def answer(_address: Address, _effect: Send | Edit | Erase) -> Receipt:
        if left:
            raise left.pop(0)
        return Receipt("1")

    return answer


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


# --- errors ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("errors", "status", "maybe_sent"),
    [
        ([NotSent("no connection")], "done", 0),
        ([SlowDown(0.05)], "done", 0),
        ([Unsure("no answer")] * 2, "done", 2),
        ([Refused("no")], "dead", 0),
        ([Malformed("no")], "done", 0),
        ([Malformed("no")] * 2, "dead", 0),
        ([RuntimeError("a bug of the face")], "dead", 0),
    ],
)
async def test_what_an_error_means_for_its_row(
    tmp_path: Path, errors: list[Exception], status: str, maybe_sent: int
) -> None:
    async with bench(tmp_path, Face(answer=raises(errors))) as one:
        rows = await one.commit(at("a"), said("x"), said("y"))
        assert await one.ended(rows[0].key) == (status, maybe_sent)
        assert await one.ended(rows[1].key) == ("done", 0), "the lane goes on"


async def test_after_five_unclear_answers_a_human_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.runtime.perform._pause", lambda _attempts: 0.0)
    async with bench(tmp_path, Face(answer=raises([Unsure("no answer")] * 9))) as one:
        rows = await one.commit(at("a"), said("x"))
        assert await one.ended(rows[0].key) == ("uncertain", UNSURE)


async def test_a_refused_form_goes_out_once_without_marks_and_links(tmp_path: Path) -> None:
    face, given = Face(), list[Send]()

    async def picky(_address: Address, effect: Send | Edit | Erase) -> Receipt:
        assert isinstance(effect, Send)
        given.append(effect)
        if effect.message.blocks[0].marks:
            raise Malformed("no marks here")
        return Receipt("1")

    face.answer = picky
    rich = Message(
        (Rich("bold", (Mark(0, 4, "bold"),)),), (Choice("a", "A"), Choice("b", "B", "https://x.example")), 3
    )
    async with bench(tmp_path, face) as one:
        rows = await one.commit(at("a"), Send(rich))
        assert await one.ended(rows[0].key) == ("done", 0)
    plain = replace(rich, blocks=(Rich("bold"),), choices=rich.choices[:1])
    assert given == [Send(rich), Send(plain)]


@pytest.mark.parametrize(("chat", "retired"), [("a", True), ("-group", False)])
async def test_blocked_retires_the_person_but_not_for_a_group_that_threw_us_out(
    tmp_path: Path, chat: str, retired: bool
) -> None:
    async with bench(tmp_path, Face(answer=raises([Blocked("blocked")]))) as one:
        await one.store.turns.commit(Batch(people=[Subscriber(FACE, "a", "a", "zh", 1.0)]))
        rows = await one.commit(at("a", chat), said("x"))
        assert await one.ended(rows[0].key) == ("dead", 0)
        person = await one.store.people.find(FACE, "a")
        assert person is not None
        assert bool(person.blocked_at) is retired


async def test_a_chat_that_moved_gets_everything_under_its_new_id_once(tmp_path: Path) -> None:
    face = Face()

    async def moved(address: Address, _effect: Send | Edit | Erase) -> Receipt:
        if address.chat == "-1":
            raise Moved("-1001")
        return Receipt("1")

    face.answer = moved
    async with bench(tmp_path, face) as one:
        await one.commit(at("a", "-1"), said("1"), said("2"))
        await one.commit(at("b", "-1"), said("3"))
        last = await one.commit(at("a", "-1"), said("4"))
        assert await one.ended(last[0].key) == ("done", 0)
        await one.settled()
    assert sorted(face.shown) == [("-1001", text) for text in "1234"]


async def test_a_platform_that_refuses_the_bot_stops_it_and_keeps_the_row(tmp_path: Path) -> None:
    async with bench(tmp_path, Face(answer=raises([Halted("token")]))) as one:
        await one.commit(at("a"), said("x"))
        async with asyncio.timeout(60):
            while not one.halted:
                await asyncio.sleep(0.01)
        assert (await one.store.outbox.counts())["queued"] == 1


async def test_a_row_that_cannot_be_read_is_dead_and_the_lane_goes_on(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        rows = effect_rows("t", at("a"), [said("x"), said("y")], Abilities(), one.now())
        rows[0] = replace(rows[0], payload="[]")
        await one.store.turns.commit(Batch(effects=rows))
        one.worker.offer(rows)
        assert await one.ended(rows[0].key) == ("dead", 0)
        assert await one.ended(rows[1].key) == ("done", 0)


@pytest.mark.parametrize("failures", [1, 3])
async def test_receipts_wait_for_a_store_that_fails_and_nothing_is_sent_again(
    tmp_path: Path, failures: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench(tmp_path) as one:
        settle: Any = one.store.outbox.settle
        left = [StoreError("disk full")] * failures

        async def failing(*values: Any) -> Any:
            if left:
                raise left.pop()
            return await settle(*values)

        monkeypatch.setattr(one.store.outbox, "settle", failing)
        rows = await one.commit(at("a"), said("1"), said("2"))
        assert await one.ended(rows[1].key) == ("done", 0)
        assert one.face.shown == [("a", "1"), ("a", "2")]


# --- actions ---------------------------------------------------------------------------------


def action(name: str, wait: Callable[[], Awaitable[object]], deadline: float = 30.0) -> Action:
    """An action that waits for something and then has found it."""

    async def run(*_: object, **__: str) -> Outcome[Any]:
        await wait()
        return Outcome("found", {"n": "1"})

    return Action(name, run, (), frozenset({"found"}), frozenset({"n"}), deadline)


async def test_an_action_that_takes_too_long_goes_to_a_human(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        one.actions["slow"] = action("slow", lambda: asyncio.sleep(60), deadline=0.05)
        await one.commit(at("a"), Act("slow", {}, 4), Act("unknown", {}, 5))
        await one.settled()
        assert one.came_back() == [Finished(4, "failed"), Finished(5, "failed")]


async def test_an_action_that_raises_is_tried_twice(tmp_path: Path) -> None:
    tries = list[int]()

    async def broken() -> None:
        tries.append(1)
        raise RuntimeError("node down")

    async with bench(tmp_path) as one:
        one.actions["broken"] = action("broken", broken)
        await one.commit(at("a"), Act("broken", {}, 4))
        await one.settled()
        assert (one.came_back(), len(tries)) == ([Finished(4, "failed")], 2)


@pytest.mark.parametrize(("seconds", "shown"), [(0.0, False), (0.7, True)])
async def test_who_waits_is_shown_that_we_are_busy(tmp_path: Path, seconds: float, shown: bool) -> None:
    async with bench(tmp_path) as one:
        one.actions["look"] = action("look", lambda: asyncio.sleep(seconds))
        await one.commit(at("a"), Act("look", {}, 4))
        await one.settled()
        assert bool(one.face.busy_in) is shown
        assert one.came_back() == [Finished(4, "found", {"n": "1"})]


async def test_a_hand_over_opens_one_ticket_however_often_it_is_repeated(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        rows = await one.commit(at("a"), HandOver("trading", "normal", "f", {}, 2))
        await one.settled()
        with pytest.raises(Conflict):
            await one.store.turns.commit(Batch(effects=rows))
        one.worker.offer(rows)
        await one.settled()
        assert [ticket.number for ticket in await one.store.tickets.listing(9)] == [1001]
        assert one.came_back() == [Finished(2, "opened", {"number": "1001"})]
