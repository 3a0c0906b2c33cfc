"""Single faults of the table, from end to end: a database that is away, a poisonous text, a
message in parts of which one gets lost, one chat that the platform slows down, and state that is no pickle.
"""

from __future__ import annotations

import ast
import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Settings
from core.channel import Receipt
from core.config import Store as StoreSettings
from core.conversation.engine import Engine
from core.conversation.library import Library
from core.conversation.model import Address, Edit, Erase, Event, Message, Rich, Said, Send
from core.conversation.news import News
from core.conversation.state import Conversation, Turn
from core.errors import DeliveryError, StoreError, Unsure
from core.runtime import worker
from core.runtime.turns import TRIES
from core.store import sqlite_database
from core.store.rows import Batch, EventRow
from core.store.sql.turns import SqlInbox, SqlTurns
from tests.app.harness import ROOT, History, converse, expected, in_process, settled
from tests.app.processes import PATIENT
from tests.conversation.chat import house_text
from tests.runtime.bench import Face, at, bench

OTHERS = 20
AWAY = 1.2
"""Seconds without a database; the real thing lasts thirty, and nothing here counts them."""


async def test_row_22_a_database_that_is_away_is_waited_for(
    tmp_path: Path, library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_database, "BUSY_SECONDS", 0.05)
    monkeypatch.setattr(worker, "AGAIN", 0.05)
    async with TelegramStandIn(limits=UNLIMITED, seed=1) as stand_in:
        stand_in.world.updates.slow_repeats = False
        people = [stand_in.world.add_person(f"p{n}") for n in range(4)]
        history = History(stand_in, tmp_path / "helpline.db", await expected(library, settings), people)
        async with in_process(stand_in, tmp_path) as service:
            talks = [asyncio.create_task(converse(history, person)) for person in people]
            await people_are_answered(stand_in, 3)
            with closing(sqlite3.connect(history.database, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                await asyncio.sleep(AWAY)
                other.execute("ROLLBACK")
            await asyncio.gather(*talks)
            await settled(stand_in, service)
        history.check(0)


async def people_are_answered(stand_in: TelegramStandIn, count: int) -> None:
    async with asyncio.timeout(PATIENT):
        while len(stand_in.ledger) < count:
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_row_24_a_poisonous_text_is_put_aside_with_an_apology_and_the_lane_goes_on(
    tmp_path: Path,
    library: Library,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    engine: str,
    request: pytest.FixtureRequest,
) -> None:
    if engine == "postgres":
        url = request.getfixturevalue("postgres").ready()
        settings = settings.model_copy(update={"store": StoreSettings(url=url)})
    advance, tried = Engine.advance, 0

    def poisoned(self: Engine, conversation: Conversation, event: Event, news: Sequence[News] = ()) -> Turn:
        nonlocal tried
        if isinstance(event, Said) and event.text == "毒":
            tried += 1
            raise RuntimeError("poison")
        return advance(self, conversation, event, news)

    monkeypatch.setattr(Engine, "advance", poisoned)
    commit, failed = SqlTurns.commit, list[Batch]()

    async def away_once(self: SqlTurns, batch: Batch) -> list[EventRow]:
        """The store is away at the very moment at which the poison is put aside, and the count of its tries runs on."""
        if batch.aside and not failed:
            failed.append(batch)
            for _ in range(TRIES):
                await SqlInbox(self._database).failed(batch.aside[0][0], "again", dead=False)
            raise StoreError("away")
        return await commit(self, batch)

    monkeypatch.setattr(SqlTurns, "commit", away_once)
    async with (
        TelegramStandIn(limits=UNLIMITED, seed=1) as stand_in,
        in_process(stand_in, tmp_path, settings=settings) as service,
    ):
        world = stand_in.world
        person, other = world.add_person("p"), world.add_person("other")
        for who, text in ((person, "/start"), (person, "毒"), (person, "菜单"), (other, "菜单")):
            world.say(who, text)
        await settled(stand_in, service)
        texts = [row.text for row in stand_in.ledger.sent(person.id)]
        assert failed
        assert tried == {"sqlite": 2 * (1 + 3), "postgres": 1 + 3 + 1 + 1}[engine], (
            "once in its group, then three times alone; and again, where the table knows of the first two"
        )
        assert house_text(library, "poison_apology") in texts
        assert len(texts) >= 3, "what came after it is answered"
        assert len(stand_in.ledger.sent(other.id)) == 1
        assert [event.attempts for event in await service.store.inbox.dead(10)] == [
            {"sqlite": 8, "postgres": 6}[engine]
        ]
        assert len(await service.store.tickets.listing(10)) == 1


async def test_where_everything_is_poison_a_person_is_told_once_and_what_was_written_beside_it_is_not_done_again(
    tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def poisoned(*_: object) -> Turn:
        raise RuntimeError("poison")

    monkeypatch.setattr(Engine, "advance", poisoned)
    async with TelegramStandIn(limits=UNLIMITED, seed=1) as stand_in:
        world = stand_in.world
        gone = world.add_person("gone")
        world.private(gone)
        world.block(gone)
        person = world.add_person("p")
        world.say(person, "毒")
        async with in_process(
            stand_in, tmp_path
        ) as service:  # both come with the first poll, and make one group
            await settled(stand_in, service)
            assert len(await service.store.inbox.dead(10)) == 2, "what they said, and that a human was called"
            assert len(await service.store.tickets.listing(10)) == 1
            audit = [line.action for line in await service.store.audit.tail(10)]
            assert (audit.count("blocked"), audit.count("turn")) == (1, 1)
        [told] = [row.text for row in stand_in.ledger.sent(person.id)]
        assert told == house_text(library, "poison_apology")
    assert len([line for line in caplog.records if "of 3)" in line.getMessage()]) == 2 * TRIES


@pytest.mark.parametrize("lost", [0, 1, 2])
async def test_row_21_a_long_message_arrives_whole_and_in_order_whichever_part_gets_lost(
    tmp_path: Path, lost: int
) -> None:
    face, calls = Face(), 0

    async def answer(_address: Address, _effect: Send | Edit | Erase) -> Receipt:
        nonlocal calls
        calls += 1
        if calls == lost + 1:  # it arrives, and its answer does not
            face.shown.append(("part", "?"))
            raise Unsure("no answer in time")
        return Receipt(str(calls))

    face.answer = answer
    long = Send(Message(tuple(Rich(f"{n}" * 1500) for n in range(5))))
    async with bench(tmp_path, face) as one:
        rows = await one.commit(at("a"), long)
        assert len(rows) >= 2
        await one.settled()
        shown = [text for _, text in face.shown if text != "?"]
    assert "".join(shown).replace("\n", "") == "".join(f"{n}" * 1500 for n in range(5))
    assert calls == len(rows) + (lost < len(rows))


async def test_row_5_one_slowed_chat_delays_no_other(tmp_path: Path, settings: Settings) -> None:
    async with (
        TelegramStandIn(limits=UNLIMITED, seed=1) as stand_in,
        in_process(stand_in, tmp_path) as service,
    ):
        world, slowed = stand_in.world, stand_in.world.add_person("slow")
        admit, refused = stand_in.flood.admit, list[int]()

        def flooded(chat: int, is_group: bool, now: float) -> int:
            if chat == slowed.id and len(stand_in.ledger) < OTHERS:
                refused.append(chat)
                return 1
            return admit(chat, is_group, now)

        stand_in.flood.admit = flooded  # type: ignore[method-assign, assignment]
        world.say(slowed, "菜单")
        async with asyncio.timeout(PATIENT):
            while not refused:
                await asyncio.sleep(0.005)
        others = [world.add_person(f"o{n}") for n in range(OTHERS)]
        for other in others:
            world.say(other, "菜单")
        await people_are_answered(stand_in, len(others))
        first = {row.chat_id for row in stand_in.ledger.sent()[:OTHERS]}
        assert first == {other.id for other in others}, "everybody else was answered meanwhile"
        await settled(stand_in, service)
        assert len(stand_in.ledger.sent(slowed.id)) == 1


def test_row_9_no_state_is_ever_a_pickle() -> None:
    for folder in ("bots", "core", "flows"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                names = _imported(node)
                assert not {"pickle", "shelve", "dill", "marshal"} & set(names), path


def _imported(node: ast.AST) -> Sequence[str]:
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    return [node.module.split(".")[0]] if isinstance(node, ast.ImportFrom) and node.module else []


def test_every_error_of_a_delivery_is_one_that_the_worker_knows() -> None:
    known = {kind.__name__ for kind in DeliveryError.__subclasses__()}
    assert known >= {"NotSent", "Unsure", "SlowDown", "Refused", "Malformed", "Moved", "Halted", "Displaced"}
