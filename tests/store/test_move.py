"""From one engine to the other and back: every row, every id to come, and nothing when something is wrong."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

import psycopg
import pytest

from bots.commands.store import backup_store, move_store
from core.conversation.picture import measured
from core.errors import StoreError
from core.store.migrations import migrations
from core.store.move import LEFT, move, prepare, tables
from core.store.open import open_store
from core.store.rooms import Store
from core.store.rows import (
    AuditLine,
    Batch,
    NewEffect,
    NewEvent,
    NewTicket,
    Saved,
    Settled,
    StoredFlow,
    Subscriber,
)
from tests.app.processes import looked_up
from tests.pictures import jpeg
from tests.postgres import Server

NOW = 1000.0
FAR = "2026"


def where(url: str) -> Path | str:
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else url


async def fill(store: Store, seed: int) -> None:
    """Something in most tables, with odd texts and numbers, and ids that were given and are gone."""
    dice = random.Random(seed)
    odd = ["\\N", "a\tb\nc", "原文 🧿", '"quoted"', "", "NULL", "{}"]
    events = await store.inbox.add(
        [NewEvent("c", f"e{n}", f"c|{n % 7}|u", dice.choice(odd)) for n in range(1200)], NOW
    )
    await store.turns.commit(
        Batch(
            [event.id for event in events[:900]],
            [Saved(f"c|{n}|u", dice.choice(odd), 0, n) for n in range(1, 40)],
            [
                NewEffect(
                    f"k{n}", f"c|{n}|u|r", 9 * (n % 2), "send", '["c","1","u",""]', dice.choice(odd), n / 7
                )
                for n in range(50)
            ],
            [Subscriber("c", f"u{n}", f"{n}", "zh", NOW) for n in range(20)],
            [AuditLine(NOW + n, "bot", "turn", dice.choice(odd)) for n in range(30)],
        )
    )
    await store.outbox.settle([Settled(f"k{n}", "done", dice.choice(odd)) for n in range(30)], [], [], NOW)
    for n in range(3):
        await store.tickets.open(NewTicket(f"t{n}", f"c|{n}|u", "account", "normal", "zh", "", "{}", NOW))
        await store.tickets.note(f"n{n}", f"c|{n}|u", dice.choice(odd), "", NOW)
    await store.flows.put([StoredFlow("h", "f", 1, "{}", NOW)])
    await store.slots.claim("daily", FAR, NOW)
    await store.desk.alias("person", "c|1|u")
    await store.upkeep.purge(events_before=NOW + 1, effects_before=NOW + 1, limit=100)
    for width in range(30, 42):  # more than go into memory together
        name = measured(jpeg(width, 30)).name
        await store.pictures.put(name, jpeg(width, 30))
        await store.pictures.remember("c:1", name, dice.choice(odd))
    number = await store.workers.join("somebody", NOW - 10)
    await store.workers.claim_events(number, 9)


def content(url: str) -> dict[str, list[tuple[object, ...]]]:
    found = {}
    for table in tables():
        columns = ", ".join(name for name in _columns()[table.name] if name != "holder")
        rows = looked_up(where(url), f"SELECT {columns} FROM {table.name}")
        found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return found


@cache
def _columns() -> dict[str, list[str]]:
    """Table -> its columns, whatever engine it is on."""
    with closing(sqlite3.connect(":memory:")) as db:
        for step in migrations():
            db.executescript(step.text)
        return {
            table.name: [row[1] for row in db.execute(f"PRAGMA table_info({table.name})")]
            for table in tables()
        }


@pytest.fixture
def address(tmp_path: Path, postgres: Server) -> Callable[[str, str], str]:
    """(engine, name) -> the address of a new store."""
    return lambda engine, name: f"sqlite:///{tmp_path / name}.db" if engine == "sqlite" else postgres.fresh()


@pytest.mark.parametrize(
    ("one", "other"), [("sqlite", "postgres"), ("postgres", "sqlite"), ("sqlite", "sqlite")]
)
async def test_there_and_back_everything_is_the_same(
    address: Callable[[str, str], str], one: str, other: str
) -> None:
    first, second, third = address(one, "a"), address(other, "b"), address(one, "c")
    store = await open_store(first)
    await fill(store, 1)
    await store.close()
    before = content(first)
    for source, target in ((first, second), (second, third)):
        await prepare(source, target)
        seen: list[str] = []
        moved = await asyncio.to_thread(move, source, target, NOW, lambda table, _: seen.append(table))  # noqa: B023
        assert moved.rows == {name: len(rows) for name, rows in before.items()}
        assert "event" in seen
        assert content(target) == before
    moved_store, old = await open_store(third), await open_store(first)
    [here] = await moved_store.inbox.add([NewEvent("c", "new", "l", "{}")], NOW)
    [there] = await old.inbox.add([NewEvent("c", "new", "l", "{}")], NOW)
    assert here.id == there.id, "ids that were given and purged are not given again"
    assert await moved_store.workers.owners() == []
    number = await moved_store.workers.join("me", NOW)
    assert len(await moved_store.workers.claim_events(number, 99)) == 8, "nobody holds anything there"
    await old.close()
    await moved_store.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_a_move_that_may_not_be_leaves_the_target_as_it_was(
    address: Callable[[str, str], str], engine: str
) -> None:
    source, target = address("sqlite", "a"), address(engine, "b")
    await prepare(source, target)
    store = await open_store(source)
    await fill(store, 2)
    await store.leases.take("helpline", "me", NOW, 5.0)
    with pytest.raises(StoreError, match="still works"):
        move(source, target, NOW, lambda *_: None)
    await store.leases.release("helpline", "me")
    await store.close()

    def stop(table: str, _rows: int) -> None:
        if table == "effect":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move(source, target, NOW, stop)
    empty = {table.name: table.seeds for table in tables()}
    assert {name: len(rows) for name, rows in content(target).items()} == empty
    move(source, target, NOW)
    after = content(target)
    with pytest.raises(StoreError, match="not empty"):
        move(source, target, NOW)
    assert content(target) == after


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_a_backup_is_taken_beside_a_running_bot_and_can_be_moved_back(
    address: Callable[[str, str], str],
    tmp_path: Path,
    engine: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source, target, saved = address(engine, "a"), address(engine, "b"), tmp_path / "saved.db"
    store = await open_store(source)
    await fill(store, 3)
    await store.leases.take("helpline", "me", 1e12, 5.0)
    monkeypatch.setenv("HELPLINE_STORE__URL", source)
    assert await asyncio.to_thread(backup_store, None, saved, True) == 0
    assert saved.stat().st_mode & 0o777 == 0o600
    assert json.loads(capsys.readouterr().out)["bytes"] == saved.stat().st_size
    assert [path.name for path in tmp_path.glob("saved*")] == ["saved.db"]
    assert content(f"sqlite:///{saved}") == content(source)
    assert await asyncio.to_thread(backup_store, None, saved, True) == 2, "nothing is overwritten"
    await store.close()
    with closing(sqlite3.connect(saved)) as db, db:
        db.execute("DELETE FROM lease")
    monkeypatch.setenv("HELPLINE_STORE__URL", f"sqlite:///{saved}")
    assert await asyncio.to_thread(move_store, None, target, True) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == sum(map(len, content(target).values()))
    assert content(target) == content(f"sqlite:///{saved}")


async def test_every_table_is_carried_over_and_those_that_stay_are_named(postgres: Server) -> None:
    url = postgres.fresh()
    await (await open_store(url)).close()
    with psycopg.connect(url) as connection:
        there = {
            row[0]
            for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        }
    assert there == {table.name for table in tables()} | LEFT
