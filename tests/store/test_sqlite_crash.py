"""kill -9 in the middle of a commit: after reopening, each group is there as a whole or not at all."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from core.store.rooms import Store
from core.store.sql.store import SqlStore
from core.store.sqlite import open_sqlite
from core.store.sqlite_database import SqliteDatabase

ROOT = Path(__file__).resolve().parents[2]
SIZE = 16

CHILD = """
import asyncio, os, signal, sys
from core.store.rows import Batch, NewEffect, NewEvent, Saved
from core.store.sqlite import open_sqlite

async def main(path: str, at: int, size: int) -> None:
    store = await open_sqlite(path)
    await store.leases.take("lead", str(os.getpid()), 0.0, 0.0)
    number = 0
    while True:
        events = await store.inbox.add([NewEvent("c", f"{number}.{n}", "l", "{}") for n in range(size)], 0.0)
        if at and number == 1:  # die at this instruction of SQLite's machine
            left = [at]
            def die() -> int:
                left[0] -= 1
                if not left[0]:
                    os.kill(os.getpid(), signal.SIGKILL)
                return 0
            await store.database.plain(lambda db: db.set_progress_handler(die, 1))
        address = '["c","1","u",""]'
        await store.turns.commit(Batch(
            [event.id for event in events],
            [Saved(f"{number}|{n}", "x" * 900, 0, 1) for n in range(size)],
            [NewEffect(f"{number}.{n}", f"{number}|{n}", 0, "send", address, "x" * 900, 0.0) for n in range(size)],
        ))
        print(number, flush=True)
        number += 1

asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
"""


def child(path: Path, at: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(path), str(at), str(SIZE)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def counted(db: sqlite3.Connection, sql: str) -> dict[int, int]:
    return dict(db.execute(sql).fetchall())


async def groups(store: Store) -> list[int]:
    """The groups that are there; raises AssertionError when one is there in part."""
    db = cast(SqliteDatabase, cast(SqlStore, store).database)
    turned = "SELECT CAST(event_id AS INTEGER), COUNT(*) FROM event WHERE status = 'turned' GROUP BY 1"
    saved = "SELECT CAST(key AS INTEGER), COUNT(*) FROM conversation GROUP BY 1"
    queued = "SELECT CAST(key AS INTEGER), COUNT(*) FROM effect GROUP BY 1"
    found = [await db.read(partial(counted, sql=sql)) for sql in (turned, saved, queued)]
    assert found[0] == found[1] == found[2]
    assert set(found[0].values()) <= {SIZE}
    assert await db.plain(lambda c: c.execute("PRAGMA integrity_check").fetchone()) == ("ok",)
    return sorted(found[0])


@pytest.mark.parametrize("at", [5, 1500])
async def test_killed_at_an_instruction_of_a_commit(tmp_path: Path, at: int) -> None:
    path = tmp_path / "helpline.db"
    with child(path, at) as process:
        out, _ = process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL
    assert out.split() == ["0"], "it died inside the second commit"
    store = await open_sqlite(path)
    assert await groups(store) == [0]
    assert len(await store.inbox.waiting(0, 99)) == SIZE, (
        "the events of the second group wait to be turned again"
    )
    await store.close()


@pytest.mark.parametrize("lines", [1, 9])
async def test_killed_at_any_moment_nothing_that_was_answered_is_missing(tmp_path: Path, lines: int) -> None:
    path = tmp_path / "helpline.db"
    with child(path, 0) as process:
        assert process.stdout is not None
        answered = [int(process.stdout.readline()) for _ in range(lines)]
        process.kill()
        answered += [int(line) for line in process.stdout.read().split()]
    store = await open_sqlite(path)
    there = await groups(store)
    assert there == list(range(len(there)))
    assert set(answered) <= set(there)
    assert len(there) <= len(answered) + 1
    await store.close()
