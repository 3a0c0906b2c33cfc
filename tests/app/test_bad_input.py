"""What goes wrong outside: each time one clear sentence for whoever has to act, and everybody else is served."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any, Self, cast

import pytest

from bots.local.people import Json, Person
from bots.local.telegram import TOKEN, TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Rates
from core.conversation.library import Library
from core.conversation.wire import load_conversation
from core.store.rooms import Store
from core.store.sql.store import SqlStore
from core.store.sqlite_database import SqliteDatabase
from tests.app.harness import CHANNEL, in_process, settled
from tests.app.processes import PATIENT, Nursery, environment
from tests.ports import kept

OTHER_TOKEN = TOKEN[:-35] + "W" * 35


# --- the operator's mistakes -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "told", "not_told"),
    [
        ("telegrm: {}\n", '"telegrm"', ""),
        (f"telegram:\n  name: x\n  token: {OTHER_TOKEN}\n", "environment", "W" * 35),
        ("store:\n  url: postgresql://bot:hunter2@db/helpline\n", "environment", "hunter2"),
        ("store:\n  url: postgresql://bot@db/helpline?password=hunter2\n", "environment", "hunter2"),
        ("languages: [zh\ndata: x\n", "Line 2", ""),
        ("runtime: {in_flight: many}\n", '"runtime.in_flight"', ""),
    ],
)
async def test_a_mistake_in_the_configuration_is_one_sentence(
    tmp_path: Path, nursery: Nursery, config: str, told: str, not_told: str
) -> None:
    (tmp_path / "config.yaml").write_text(config, "utf-8")
    one = await nursery.start(environment(None, tmp_path), tmp_path, "run")
    assert await one.ended() == 2
    assert one.said.count("\n") == 1, one.said
    assert told in one.said
    assert "Traceback" not in one.said
    assert not not_told or not_told not in one.said


async def test_a_wrong_token_ends_the_bot_with_a_sentence(tmp_path: Path, nursery: Nursery) -> None:
    async with TelegramStandIn() as stand_in:
        env = environment(stand_in, tmp_path, TELEGRAM_TOKEN=OTHER_TOKEN)
        one = await nursery.start(env, tmp_path, "run")
        assert await one.ended() == 2
    last = one.said.rstrip("\n").rpartition("\n")[2]
    assert CHANNEL in last
    assert "@BotFather" in last
    assert "Traceback" not in one.said
    assert OTHER_TOKEN not in one.said


async def test_no_network_at_the_start_is_said_once_and_waited_for(tmp_path: Path, nursery: Nursery) -> None:
    stand_in = TelegramStandIn(limits=UNLIMITED)
    await stand_in.start()
    await stand_in.stop()  # the port is known, and nobody listens
    one = await nursery.start(environment(stand_in, tmp_path), tmp_path, "run")
    try:
        with kept(stand_in.port):
            await one.says("WARNING bots.telegram.polling")
            await asyncio.sleep(2.0)  # it tries again meanwhile
            assert one.said.count("WARNING bots.telegram.polling") == 1, one.said
        await stand_in.start()
        stand_in.world.say("alice", "/start")
        await stand_in.world.private("alice").reply(1, PATIENT)
    finally:
        await one.kill()
        await stand_in.stop()


async def test_a_full_disk_stops_the_acknowledgement_and_loses_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept: list[Store] = []

    def keep(store: Store) -> Store:
        kept.append(store)
        return store

    async def pages(most: int | None) -> None:
        database = cast(SqliteDatabase, cast(SqlStore, kept[0]).database)

        def limit(db: sqlite3.Connection) -> None:
            there = db.execute("PRAGMA page_count").fetchone()[0]
            db.execute(f"PRAGMA max_page_count = {most or there}")

        await database.plain(limit)

    async with (
        TelegramStandIn(limits=UNLIMITED) as stand_in,
        in_process(stand_in, tmp_path, wrap=keep) as service,
    ):
        world = stand_in.world
        world.updates.slow_repeats = False
        people = [world.add_person(f"p{n}") for n in range(40)]
        await pages(None)
        for person in people:
            world.say(person, "这是一条很长的消息。" * 100)
        polls = stand_in.faults.calls["getupdates"]
        async with asyncio.timeout(PATIENT):
            while stand_in.faults.calls["getupdates"] < polls + 4:
                await asyncio.sleep(0.01)
        held = len(world.updates)
        assert held, "what could not be stored was not acknowledged"
        told = [one.getMessage() for one in caplog.records if one.name == "bots.telegram.polling"]
        assert told, "the operator is told"
        for sentence in told:
            assert CHANNEL in sentence
            assert "The disk of the database is full: free some space." in sentence
        await pages(1_000_000)
        await settled(stand_in, service)
        for person in people:
            assert len(stand_in.ledger.sent(person.id)) == 1


# --- what people send ------------------------------------------------------------------------


ODD_ONES = (
    ("长", "很长" * 250_000),
    ("spaces", "a " * 500_000),
    ("rtl", "\u202eمرحبا\u202c \u2067שלום\u2069"),
    ("nothing to see", "\u200b\u200c\u200d\u2060\ufeff"),
    ("名" * 5_000, "你好"),
    ("half a pair \ud83d", "half a pair \ud83d and \0"),
    ("zalgo", "z" + "\u0301" * 5_000),
    ("markup", "**[x](tg://user?id=1)** `` <b>&amp; {n} {0} %s \\"),
)
"""(name, text): a megabyte, right to left, invisible, broken."""


async def test_odd_texts_and_names_are_answered(tmp_path: Path) -> None:
    async with TelegramStandIn(limits=UNLIMITED) as stand_in, in_process(stand_in, tmp_path) as service:
        world = stand_in.world
        people = []
        for name, text in ODD_ONES:
            odd, good = world.add_person("odd"), world.add_person("good")
            people += [odd, good]
            for person in (odd, good):
                world.say(person, "/start")
            world.inject(
                {"message": message(odd, text=text) | {"from": odd.as_user() | {"first_name": name}}}
            )
            world.say(good, "菜单")
        await settled(stand_in, service)
        for person in people:
            assert len(stand_in.ledger.sent(person.id)) == 2, person
        assert await service.store.inbox.dead(9) == []


def message(person: Person, **fields: Any) -> Json:
    """A message as the platform would send it."""
    chat = {"id": person.id, "type": "private", "first_name": person.first_name}
    return {"message_id": 900_000, "date": int(time.time()), "chat": chat, "from": person.as_user(), **fields}


async def test_forged_foreign_and_stale_buttons_change_nothing(tmp_path: Path, library: Library) -> None:
    async with TelegramStandIn(limits=UNLIMITED) as stand_in, in_process(stand_in, tmp_path) as service:
        world = stand_in.world
        alice, bob = world.add_person("alice"), world.add_person("bob")
        for person in (alice, bob):
            world.say(person, "/start")
        await settled(stand_in, service)
        menus = {person.id: world.private(person).last() for person in (alice, bob)}
        old = menus[alice.id].buttons[0]["callback_data"]
        world.say(alice, "忘记密码")
        await settled(stand_in, service)
        texts = library.common["zh"].texts
        refused, expired = (texts[key].fill({}, "zh").text for key in ("not_yours", "menu_expired"))

        async def pressed(data: str) -> str:
            before = await frames(service.store, alice)
            world.press(alice, menus[alice.id].id, data, stale=True)
            await settled(stand_in, service)
            assert await frames(service.store, alice) == before
            return stand_in.ledger.sent(alice.id)[-1].text

        foreign = menus[bob.id].buttons[0]["callback_data"]
        for data in (
            foreign,
            old[:-1] + ("A" if old[-1] != "A" else "B"),
            "v1",
            "",
            "v1.zz.@menu.AAAAAAAA",
            "\u202e.\0..",
        ):
            assert (await pressed(data)).startswith(refused), data
        assert (await pressed(old)).startswith(expired)
        assert len(stand_in.ledger.of("answerCallbackQuery")) == 7, "the buttons stopped spinning"


async def frames(store: Store, person: Person) -> object:
    """Where a person stands in their conversation."""
    key = f"{CHANNEL}|{person.id}|{person.id}"
    return load_conversation((await store.turns.load([key]))[key]).frames


ODD: tuple[Json, ...] = (
    {"message": "not an object"},
    {"message": {"message_id": "1", "chat": {"id": 1, "type": "private"}, "from": {"id": 1}, "text": 5}},
    {"message": {"chat": {"id": 1.5, "type": "secret"}, "from": ["x"], "text": {}}},
    {"callback_query": {"id": 5, "from": None, "data": 3, "message": {}}},
    {"my_chat_member": {"chat": {"id": 1, "type": "private"}, "from": {"id": 1}}},
    {"edited_message": None},
)


async def test_updates_that_cannot_be_read_are_put_aside_and_the_others_answered(
    tmp_path: Path, nursery: Nursery
) -> None:
    async with TelegramStandIn(limits=UNLIMITED) as stand_in:
        world = stand_in.world
        people = [world.add_person(f"p{n}") for n in range(len(ODD) + 1)]
        async with in_process(stand_in, tmp_path) as service:
            for person, odd in zip(people, ODD, strict=False):
                world.say(person, "/start")
                world.inject(odd)
            world.say(people[-1], "/start")
            await settled(stand_in, service)
            for person in people:
                assert len(stand_in.ledger.sent(person.id)) == 1
            listing = await nursery.start(environment(None, tmp_path), tmp_path, "outbox", "--json")
            assert await listing.ended() == 0, listing.said
    events = json.loads(listing.said)["events"]
    assert len(events) == len(ODD)
    assert {event["channel"] for event in events} == {CHANNEL}


# --- a flood ---------------------------------------------------------------------------------

FLOOD = 10_000
OTHERS = 30


class Jitter:
    """How late this machine wakes a thread beside a busy one: an answer passes several such hand-overs, and on a
    shared machine each may take half a second. Seconds, the worst so far."""

    def __init__(self) -> None:
        self.worst = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        began = time.perf_counter()
        while not self._over.wait(0.005):
            now = time.perf_counter()
            self.worst, began = max(self.worst, now - began - 0.005), now

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


async def test_ten_thousand_updates_of_one_person_delay_nobody_else(tmp_path: Path) -> None:
    async with (
        TelegramStandIn() as stand_in,  # with its limits, and the bot with its own
        in_process(stand_in, tmp_path, rates=Rates()) as service,
    ):
        world = stand_in.world
        flood = world.add_person("flood")
        waits = list[float]()
        with Jitter() as jitter:
            for number in range(FLOOD):
                world.inject({"message": message(flood, text=f"你好 {number}")})
                if number % (FLOOD // OTHERS) == 0:
                    waits.append(await answered(stand_in, world.add_person(f"other{number}")))
                while len(world.updates) > 300:  # the platform hands over as fast as it is taken
                    await asyncio.sleep(0.001)
        told = len(stand_in.ledger.sent(flood.id))
        assert told < FLOOD / 10, "nobody waited for the flood to be over"
        assert not service.turner.idle, "it was a flood"
        slowest, half = sorted(waits)[int(0.99 * len(waits))], sorted(waits)[len(waits) // 2]
        assert half < 1.0
        assert slowest < 1.0 + 5 * jitter.worst, f"{slowest:.2f} s, the machine's own {jitter.worst:.2f} s"


async def answered(stand_in: TelegramStandIn, person: Person) -> float:
    """Seconds until a message has its answer."""
    chat = stand_in.world.private(person)
    began = time.perf_counter()
    stand_in.world.say(person, "菜单")
    await chat.reply(chat.version, PATIENT)
    return time.perf_counter() - began
