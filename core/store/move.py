"""Everything from one store into another, empty one, of either engine: a change of engine, a backup, a restore.

The new store is written in one transaction: all of it or nothing. Before that is committed, every count and the
newest line of the audit are compared. Leases stay behind: whoever worked there does not work here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from core.errors import StoreError
from core.sentences import told
from core.store.migrations import migrations, statements
from core.store.open import SQLITE, file_of, open_store
from core.store.sides import PAGE, Side, copy_file, explained, side

LEFT = frozenset({"migration", "lease", "rate", "tally", "sharer", "part"})
"""Tables whose rows mean something only where they are."""
HEAVY = {"picture": 8}
"""Table -> rows of it that fit into memory together, where one may have a megabyte."""
HOLDER = "holder"
"""The column that says which worker has claimed a row: here nobody has."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its column whose numbers the database makes ("" for none), and how many rows a new store has in it."""

    name: str
    numbered: str
    seeds: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Table -> rows that were carried over."""

    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.rows.values())


Told = Callable[[str, int], None]
"""(table, its rows so far)."""


def tables() -> list[Table]:
    """The tables of this program's schema, each after those that it refers to."""
    with closing(sqlite3.connect(":memory:")) as db:
        for step in migrations():
            for statement in statements(step.text):
                db.execute(statement)
        query = (
            "SELECT name, sql LIKE '%AUTOINCREMENT%' FROM sqlite_master WHERE type = 'table' ORDER BY rowid"
        )
        found = {name: numbered for name, numbered in db.execute(query) if not name.startswith("sqlite_")}
        names: list[str] = []
        while len(names) < len(found):
            for name in found:
                needs = {row[2] for row in db.execute(f"PRAGMA foreign_key_list({name})")} - {name}
                if name not in names and needs <= set(names):
                    names.append(name)
        counts = {name: db.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] for name in names}  # noqa: S608
        keys = {name: _key(db, name) if found[name] else "" for name in names}
    return [Table(name, keys[name], counts[name]) for name in names if name not in LEFT]


def _key(db: sqlite3.Connection, table: str) -> str:
    return next(str(row[1]) for row in db.execute(f"PRAGMA table_info({table})") if row[5])


async def prepare(source: str, target: str) -> None:
    """Bring both schemas up to date.

    Raises:
        StoreError: one of them cannot be used.
    """
    for url in (source, target):
        await (await open_store(url)).close()


def move(source: str, target: str, now: float, told_of: Told = lambda _name, _rows: None) -> Moved:
    """Carry everything over. Both schemas are up to date.

    Raises:
        StoreError: somebody works on one of them, the target is not empty, or something differs at the end:
            then the target is as it was.
    """
    return _between(source, target, lambda old, new: _move(old, new, now, told_of))


def backup(source: str, path: Path, told_of: Told = lambda _name, _rows: None) -> None:
    """A copy of a store as one SQLite file, while others work on it. Both schemas are up to date.

    Raises:
        StoreError: it cannot be read or written.
    """
    file = file_of(source)
    if file is not None:
        copy_file(file, path)
        return
    _between(source, f"{SQLITE}{path}", lambda old, new: _copy(old, new, told_of))


def _between(source: str, target: str, work: Callable[[Side, Side], Moved]) -> Moved:
    try:
        with closing(side(source)) as old, closing(side(target)) as new:
            moved = work(old, new)
            new.commit()
            return moved
    except Exception as error:
        if sentence := explained(error):
            raise sentence from error
        raise


def _move(old: Side, new: Side, now: float, told_of: Told) -> Moved:
    for end in (old, new):
        if any(end.rows(f"SELECT 1 FROM lease WHERE owner <> '' AND until > {now:.3f}")):  # noqa: S608
            raise StoreError(told("move.in_use"))
    return _copy(old, new, told_of)


def _copy(old: Side, new: Side, told_of: Told) -> Moved:
    found = tables()
    for table in found:
        if _count(new, table.name) != table.seeds:
            raise StoreError(told("move.not_empty", table=table.name))
    rows: dict[str, int] = {}
    for table in found:
        rows[table.name] = _copy_table(old, new, table, told_of)
    for table in found:
        if _count(old, table.name) != _count(new, table.name):
            raise StoreError(told("move.differs", table=table.name))
    if _head(old) != _head(new):
        raise StoreError(told("move.differs", table="audit"))
    return Moved(rows)


def _copy_table(old: Side, new: Side, table: Table, told_of: Told) -> int:
    if table.seeds:
        new.clear(table.name)
    names = [name for name in old.columns(table.name) if name != HOLDER]
    size = HEAVY.get(table.name, PAGE)
    rows, done = old.rows(f"SELECT {', '.join(names)} FROM {table.name}", size), 0  # noqa: S608
    while page := list(islice(rows, size)):
        new.put(table.name, names, page)
        done += len(page)
        told_of(table.name, done)
    if table.numbered:
        new.skip_ids(table.name, table.numbered, old.last_id(table.name, table.numbered))
    return done


def _count(end: Side, table: str) -> int:
    return int(next(end.rows(f"SELECT COUNT(*) FROM {table}"))[0])  # noqa: S608


def _head(end: Side) -> list[tuple[object, ...]]:
    names = ", ".join(end.columns("audit"))
    return list(end.rows(f"SELECT {names} FROM audit ORDER BY id DESC LIMIT 1"))  # noqa: S608
