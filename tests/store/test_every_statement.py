"""Every named statement is run on both engines, here and now: planned, given a value of each type, executed.

On tables that are empty that is no proof that a statement does what its room says. That is the contract of the rooms, in
whose tests (`test_store_*.py`) each statement gets its room's own values, on both engines. Those tests are spread over
processes that know nothing of each other, so none of them can say what all of them left out; this one needs no other. A
statement that one engine cannot execute, or whose values have another type there, fails here, whether or not a room's
test comes by.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from core.store.migrations import SCHEMA
from core.store.postgres_sql import translated
from core.store.queries import SQL
from tests.postgres import Server

OF_TYPE: dict[str, int | float] = {"bigint": 99, "integer": 99, "double precision": 1.0}
"""A value for each type that our columns have, beside text."""
WORDS = {
    ("desk_add", 2): "card",
    ("run_begin", 4): "running",
    ("notice_add", 3): "begin",
    ("notice_add", 5): "day",
    ("watch_add", 6): "credited",
}
"""(Statement, place of a value that may only be one of a few words) -> such a word."""


@pytest.fixture(scope="module")
def connection(postgres: Server) -> Iterator[psycopg.Connection]:
    """Our tables, all of them empty, so no foreign key may ask for anything."""
    with psycopg.connect(
        postgres.ready(), autocommit=True, prepare_threshold=None, cursor_factory=psycopg.RawCursor
    ) as made:
        made.execute("SET session_replication_role = replica")
        yield made


def values_for(connection: psycopg.Connection, name: str) -> tuple[int | float | str, ...]:
    """A value for each `?` of a statement, of the type that PostgreSQL found for it."""
    connection.execute(b"PREPARE one AS " + translated(SQL[name]))
    [kinds] = connection.execute("SELECT parameter_types::text[] FROM pg_prepared_statements").fetchall()
    connection.execute("DEALLOCATE one")
    return tuple(
        WORDS.get((name, place), "99") if kind == "text" else OF_TYPE[kind]
        for place, kind in enumerate(kinds[0])
    )


def test_each_is_run_by_both(connection: psycopg.Connection) -> None:
    failed = []
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as file:
        for script in sorted(SCHEMA.glob("*.sql")):
            file.executescript(script.read_text("utf-8"))
        for name, sql in SQL.items():
            values = values_for(connection, name)
            try:
                file.execute("BEGIN")
                connection.execute("BEGIN")
                file.execute(sql, values).fetchall()
                connection.execute(translated(sql), values)
            except (sqlite3.Error, psycopg.Error) as error:
                failed.append(f"{name}: {error!r}")
            file.execute("ROLLBACK")
            connection.execute("ROLLBACK")
    assert not failed
