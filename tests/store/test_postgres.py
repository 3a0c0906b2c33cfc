"""What only PostgreSQL's server can do: refuse, restart, die in a commit, drop a LISTEN; and no password anywhere."""

from __future__ import annotations

import asyncio
import logging
import shutil
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import psycopg
import pytest

from core.errors import Conflict, StoreError
from core.store.database import Db
from core.store.migrations import SCHEMA
from core.store.postgres import open_postgres
from core.store.postgres_database import PostgresDatabase
from core.store.queries import SQL
from core.store.rooms import Fenced, Store
from core.store.rows import AuditLine, Batch, NewEvent, Saved
from core.store.sql.store import SqlStore
from tests.postgres import Server


@pytest.fixture
async def url(postgres: Server) -> str:
    """A database of ours that nobody has open."""
    url = postgres.fresh()
    await (await open_postgres(url)).close()
    return url


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    store = await open_postgres(url)
    yield store
    await store.close()


def change(url: str, script: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(script.encode())


def database(store: Store) -> PostgresDatabase:
    return cast(PostgresDatabase, cast(SqlStore, store).database)


# --- opening ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("COMMENT ON TABLE migration IS NULL", "another program"),
        ("INSERT INTO migration VALUES (99, 'later', 'x', 0)", "newer than this program"),
        ("UPDATE migration SET checksum = 'x'", "changed after it was applied"),
    ],
)
async def test_a_database_that_we_do_not_know_is_refused(url: str, script: str, sentence: str) -> None:
    change(url, script)
    with pytest.raises(StoreError, match=sentence):
        await open_postgres(url)


async def test_the_tables_of_another_program_are_left_alone(postgres: Server) -> None:
    url = postgres.fresh()
    change(url, "CREATE TABLE theirs (x TEXT)")
    with pytest.raises(StoreError, match="another program"):
        await open_postgres(url)
    with psycopg.connect(url) as connection:
        assert connection.execute(
            "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone() == (1,)


async def test_many_processes_may_make_the_same_schema_at_once(postgres: Server) -> None:
    url = postgres.fresh()
    stores = await asyncio.gather(*(open_postgres(url) for _ in range(4)))
    await stores[0].audit.append(AuditLine(1.0, "bot", "hello", ""))
    assert len(await stores[3].audit.tail(9)) == 1
    for store in stores:
        await store.close()


async def test_a_broken_migration_leaves_nothing(url: str, tmp_path: Path) -> None:
    schema = tmp_path / "schema"
    shutil.copytree(SCHEMA, schema)
    (schema / "9002_second.sql").write_text("CREATE TABLE extra (x TEXT);\nCREATE TABLE audit (x TEXT);\n")
    with pytest.raises(StoreError):
        await open_postgres(url, schema=schema)
    await (await open_postgres(url)).close()
    (schema / "9002_second.sql").write_text(
        "CREATE TABLE extra (x TEXT);\nINSERT INTO extra VALUES ('a;\nb');\n"
    )
    for _ in range(2):
        await (await open_postgres(url, schema=schema)).close()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT x FROM extra").fetchall() == [("a;\nb",)]


@pytest.mark.parametrize(
    "last",
    [
        "INSERT INTO broadcast_approval VALUES ('news', 1, 'h', 'ada', 'ada', 1, 0)",
        "INSERT INTO broadcast_approval VALUES ('news', 1, 'other', 'ada', 'bob', 1, 0)",
        "UPDATE broadcast SET state = 'running'",
        "UPDATE broadcast SET was = 'draft', state = 'scheduled'",
    ],
    ids=["own approval", "another text", "no approval", "no such step"],
)
async def test_the_tables_refuse_here_too_what_a_second_person_did_not_approve(
    store: Store, last: str
) -> None:
    def write(db: Db) -> None:
        db.execute("INSERT INTO broadcast_version VALUES ('news', 1, 'h', 'ada', 's', 'c', 0)")
        db.execute("INSERT INTO broadcast (name, code, version, changed_at) VALUES ('news', 'c', 1, 0)")
        db.execute(last)

    with pytest.raises(Conflict):
        await database(store).write(write)


# --- the address -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("postgresql://bot:hunter2@127.0.0.1:1/helpline", "cannot be reached"),
        ("postgresql://bot:hunter2@[::bad/helpline", "no address of a database"),
        ("postgresql://bot:hunter2@/nowhere?host={folder}", "no such database|does not accept"),
    ],
)
async def test_no_sentence_and_no_log_repeats_the_address(
    postgres: Server, caplog: pytest.LogCaptureFixture, address: str, sentence: str
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(StoreError, match=sentence) as caught:
        await open_postgres(address.format(folder=postgres.folder))
    error: BaseException | None = caught.value
    while error is not None:  # nor does what a traceback would print
        assert "hunter2" not in str(error)
        error = error.__cause__
    assert "hunter2" not in caplog.text


async def test_a_server_that_takes_no_more_connections_is_not_told_as_one_that_is_away(
    postgres: Server,
) -> None:
    url = postgres.fresh()
    change(url, "CREATE ROLE few LOGIN CONNECTION LIMIT 0")
    with pytest.raises(StoreError, match="has no room for us"):
        await open_postgres(url.replace("postgres@", "few@"))
    change(url, "DROP ROLE few")


# --- losing the server -----------------------------------------------------------------------


async def end_sessions(url: str) -> None:
    ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    await asyncio.to_thread(change, url, f"{ending} AND datname = current_database()")


async def test_sessions_that_the_server_ends_are_made_anew_and_nobody_notices(store: Store, url: str) -> None:
    for number in range(5):
        await store.audit.append(AuditLine(float(number), "bot", "x", ""))
        await end_sessions(url)
    assert len(await store.audit.tail(9)) == 5


async def test_a_session_that_ends_in_the_middle_of_a_transaction_is_repeated_from_its_beginning(
    store: Store, url: str
) -> None:
    trips: list[int] = []

    def work(db: Db) -> None:
        db.execute(SQL["audit_append"], (1.0, "bot", "once", "", ""))
        if not trips:
            trips.append(1)
            me = db.execute("SELECT pg_backend_pid()").fetchone()[0]
            change(url, f"SELECT pg_terminate_backend({me})")
        db.execute(SQL["audit_append"], (2.0, "bot", "twice", "", ""))

    await database(store).write(work)
    assert trips == [1]
    assert [line.action for line in await store.audit.tail(9)] == ["twice", "once"]


async def test_who_died_in_the_middle_of_a_transaction_keeps_nobody_out(store: Store, url: str) -> None:
    """A machine without power closes no connection: to the server its transaction goes on."""
    died = SqlStore(PostgresDatabase(url, still=0.2))
    await died.workers.join("died", 1.0)
    locked, over = threading.Event(), threading.Event()

    def work(db: Db) -> None:
        db.execute(SQL["rate_hold"], ("bot", 1.0))
        locked.set()
        over.wait(60)
        db.execute(SQL["rate_hold"], ("bot", 9.0))

    writing = asyncio.create_task(died.database.write(work))
    async with asyncio.timeout(60):
        await asyncio.to_thread(locked.wait, 60)
        while not await store.workers.sweep(await store.workers.late(2.0), 2.0):
            await asyncio.sleep(0.01)
        assert await store.rates.reserve("bot", 1.0, 5.0) == (True, 5.0)
    over.set()
    with pytest.raises(Fenced):  # if it was only asleep
        await writing
    await died.close()


async def test_a_dead_server_is_said_at_once_and_found_again_by_itself() -> None:
    server = await asyncio.to_thread(Server)
    try:
        store = await open_postgres(server.fresh())
        await store.turns.commit(Batch(conversations=[Saved("k", "before", 0, 1)]))
        server.kill()
        for _ in range(3):
            with pytest.raises(StoreError, match="cannot be reached"):
                await store.turns.load(["k"])
        await asyncio.to_thread(server.start)
        while True:
            try:
                assert await store.turns.load(["k"]) == {"k": "before"}
            except StoreError:
                await asyncio.sleep(0.05)
            else:
                break
        await store.close()
    finally:
        await asyncio.to_thread(server.stop)


# --- the bell --------------------------------------------------------------------------------


async def test_the_bell_rings_in_every_process_and_again_after_a_lost_connection(url: str) -> None:
    one, two = await open_postgres(url), await open_postgres(url)
    assert one.bell is not None
    assert two.bell is not None
    heard = asyncio.Event()
    listening = asyncio.create_task(two.bell.hear(heard.set))
    try:
        for _ in range(2):
            heard.clear()
            while not heard.is_set():
                await one.bell.ring()
                await asyncio.sleep(0.02)
            await end_sessions(url)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await one.close()
        await two.close()


async def test_events_of_transactions_that_run_side_by_side_are_told_to_those_who_made_them(url: str) -> None:
    stores = [await open_postgres(url) for _ in range(3)]
    adding = [
        store.inbox.add([NewEvent("c", f"{number}.{n}", "l", "{}") for n in range(5)], 0.0)
        for number, store in enumerate(stores * 8)
    ]
    told = await asyncio.gather(*adding)
    for number, rows in enumerate(told):
        assert [row.event_id for row in rows] == [f"{number}.{n}" for n in range(5)]
    for store in stores:
        await store.close()
