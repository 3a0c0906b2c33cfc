"""What only SQLite's file can do wrong: foreign, newer, changed, full, locked, damaged; a failure at any point."""

from __future__ import annotations

import asyncio
import itertools
import re
import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from core.errors import StoreError
from core.store.migrations import SCHEMA, statements
from core.store.queries import SQL, parse
from core.store.rooms import Store
from core.store.rows import AuditLine, Batch, NewEffect, NewEvent, Saved, Subscriber
from core.store.sql.store import SqlStore
from core.store.sqlite import open_sqlite
from core.store.sqlite_database import SqliteDatabase


def database(store: Store) -> SqliteDatabase:
    """The connection itself, to break it."""
    return cast(SqliteDatabase, cast(SqlStore, store).database)


def change(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(script)


def content(path: Path) -> bytes:
    return path.read_bytes()


def damage(path: Path) -> None:
    """Everything after the first page is overwritten."""
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))


def permissions(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A database of ours that nobody has open."""
    path = tmp_path / "helpline.db"
    await (await open_sqlite(path)).close()
    return path


# --- opening ---------------------------------------------------------------------------------


async def test_a_new_file_is_private_durable_and_ours(path: Path) -> None:
    assert permissions(path) == 0o600
    store = await open_sqlite(path)
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    found = await database(store).plain(lambda db: [db.execute(f"PRAGMA {n}").fetchone()[0] for n in names])
    assert found == ["wal", 2, 1, 5000]
    await store.close()
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.audit.tail(1)


async def test_two_processes_may_make_the_same_file_at_once(tmp_path: Path) -> None:
    stores = await asyncio.gather(*(open_sqlite(tmp_path / "new.db") for _ in range(4)))
    await stores[0].audit.append(AuditLine(1.0, "bot", "hello", ""))
    assert len(await stores[3].audit.tail(9)) == 1
    for store in stores:
        await store.close()


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("PRAGMA application_id = 7", "another program"),
        ("PRAGMA application_id = 0", "another program"),
        ("INSERT INTO migration VALUES (99, 'later', 'x', 0)", "newer than this program"),
        ("UPDATE migration SET checksum = 'x'", "changed after it was applied"),
    ],
)
async def test_a_database_that_we_do_not_know_is_refused_and_left_alone(
    path: Path, script: str, sentence: str
) -> None:
    change(path, script)
    before = content(path)
    with pytest.raises(StoreError, match=sentence):
        await open_sqlite(path)
    assert content(path) == before


async def test_the_file_of_another_program_keeps_even_its_journal_mode(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    change(path, "CREATE TABLE theirs (x)")
    before = content(path)
    with pytest.raises(StoreError, match="another program"):
        await open_sqlite(path)
    assert content(path) == before


async def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("not a database at all " * 100)
    with pytest.raises(StoreError, match="not a database of Helpline"):
        await open_sqlite(path)
    with pytest.raises(StoreError, match="its folder must exist"):
        await open_sqlite(tmp_path / "nowhere" / "x.db")


async def test_a_later_migration_is_applied_once_and_a_broken_one_not_at_all(
    path: Path, tmp_path: Path
) -> None:
    schema = tmp_path / "schema"
    shutil.copytree(SCHEMA, schema)
    second = schema / "9002_second.sql"
    second.write_text("-- two; steps\nCREATE TABLE extra (x TEXT);\nCREATE TABLE audit (x TEXT);\n")
    with pytest.raises(StoreError):
        await open_sqlite(path, schema=schema)
    await (await open_sqlite(path)).close()  # nothing of it is there
    second.write_text(
        "-- two; steps\nCREATE TABLE extra (x TEXT);\nINSERT INTO extra VALUES ('a;\nb');\n-- end\n"
    )
    for _ in range(2):
        store = await open_sqlite(path, schema=schema, now=lambda: 5.0)
        assert await database(store).plain(lambda db: db.execute("SELECT x FROM extra").fetchall()) == [
            ("a;\nb",)
        ]
        await store.close()
    with pytest.raises(StoreError, match="newer than this program"):
        await open_sqlite(path)


def test_a_script_is_split_into_its_statements() -> None:
    text = "-- a; b\nSELECT 1;\n\nSELECT\n 2;\n-- end\n"
    assert [one.split("\n")[-2].strip() for one in statements(text)] == ["SELECT 1;", "2;"]


def test_every_statement_has_one_name_and_is_used() -> None:
    with pytest.raises(ValueError, match="twice"):
        parse("-- name: a\nSELECT 1\n-- name: a\nSELECT 2\n")
    folder = SCHEMA.parent
    code = "".join(file.read_text() for file in folder.rglob("*.py"))
    assert set(SQL) == set(re.findall(r'"(\w+)"', code)) & set(SQL)


# --- failing ---------------------------------------------------------------------------------


def group(number: int, size: int = 2) -> Batch:
    """One group of turns with something in every table."""
    keys = [f"c|{number}.{n}|u" for n in range(size)]
    return Batch(
        [],
        [Saved(key, "[]", 0, 1) for key in keys],
        [NewEffect(f"{key}.0", key, 0, "send", '["c","1","u",""]', "x" * 500, 0.0) for key in keys],
        [Subscriber("c", key, "1", "zh", 0.0) for key in keys],
        [AuditLine(0.0, "bot", "turn", key) for key in keys],
    )


async def rows(store: Store) -> dict[str, int]:
    tables = ("event", "conversation", "effect", "subscriber", "audit", "lease")
    return await database(store).read(
        lambda db: {name: db.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] for name in tables}
    )


def stop_once(db: sqlite3.Connection, at: int) -> None:
    """SQLite's machine will refuse its instruction number `at` from here, and no other."""
    count = itertools.count(1)
    db.set_progress_handler(lambda: int(next(count) == at), 1)


async def test_a_failure_at_any_instruction_of_a_commit_leaves_all_or_nothing(path: Path) -> None:
    """The failing instruction sweeps over the whole commit."""
    store = await open_sqlite(path)
    await store.leases.take("lead", "me", 0.0, 99.0)
    before, failures, at = await rows(store), 0, 1
    while True:
        await database(store).plain(partial(stop_once, at=at))
        try:
            await store.turns.commit(group(1))
        except StoreError:
            failures += 1
        else:
            break
        finally:
            await database(store).plain(lambda db: db.set_progress_handler(None, 1))
        if await rows(store) != before:  # it stopped behind the commit itself: see below
            break
        at += 3
    after = await rows(store)
    assert failures > 50
    assert {name: after[name] - before[name] for name in after} == {
        "event": 0, "conversation": 2, "effect": 2, "subscriber": 2, "audit": 2, "lease": 0,
    }  # fmt: skip
    await store.close()


def leave(db: sqlite3.Connection, pages: int) -> None:
    """So much room for more rows, however large the schema is."""
    used = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {used + pages}").fetchone()


async def test_a_full_disk_keeps_what_was_acknowledged_and_goes_on_afterwards(path: Path) -> None:
    store = await open_sqlite(path)
    await database(store).plain(partial(leave, pages=12))
    answered: list[int] = []

    async def fill() -> None:
        for number in itertools.count():
            await store.turns.commit(group(number, 8))
            answered.append(number)

    with pytest.raises(StoreError, match="disk of the database is full"):
        await fill()
    done = len(answered)
    assert done > 0
    assert (await rows(store))["effect"] == done * 8
    with pytest.raises(StoreError, match="full"):
        await store.inbox.add([NewEvent("c", f"{n}", "l", "x" * 9000) for n in range(99)], 0.0)
    await database(store).plain(lambda db: db.execute("PRAGMA max_page_count = 9999").fetchone())
    await store.turns.commit(group(done, 8))
    assert (await rows(store))["effect"] == (done + 1) * 8
    await store.close()


async def test_a_locked_file_is_said_and_nothing_is_lost(path: Path) -> None:
    store = await open_sqlite(path)
    await database(store).plain(lambda db: db.execute("PRAGMA busy_timeout = 20").fetchone())
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="keeps the database locked"):
            await store.turns.commit(group(1))
        assert await store.outbox.counts() == {}, "reading goes on"
    await store.turns.commit(group(1))
    await store.close()


async def test_a_write_protected_database_is_said(path: Path) -> None:
    store = await open_sqlite(path)
    await database(store).plain(lambda db: db.execute("PRAGMA query_only = ON").fetchone())
    with pytest.raises(StoreError, match="cannot be written"):
        await store.audit.append(AuditLine(0.0, "bot", "x", ""))
    await store.close()


async def test_a_damaged_file_is_said(path: Path) -> None:
    damage(path)

    async def use() -> None:
        store = await open_sqlite(path)
        try:
            await store.turns.commit(group(1))
        finally:
            await store.close()

    with pytest.raises(StoreError, match="damaged"):
        await use()


async def test_no_error_quotes_what_a_person_wrote(path: Path) -> None:
    store = await open_sqlite(path)
    await store.turns.commit(group(1))
    for batch in (group(1), Batch(conversations=[Saved("secret words \ud800", "secret words \ud800", 0, 1)])):
        with pytest.raises(StoreError) as caught:
            await store.turns.commit(batch)
        assert "secret" not in f"{caught.value!r} {caught.value.__cause__!r}"
        assert "c|1.0" not in f"{caught.value!r} {caught.value.__cause__!r}"
    await store.close()
