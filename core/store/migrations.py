"""Numbered migrations, each applied once, in one transaction; a database that is not ours is left untouched."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.errors import StoreError
from core.sentences import told
from core.store.queries import SQL
from core.store.sqlite_database import transact

APPLICATION_ID = 0x48454C50
"""Marks a SQLite file as ours ("HELP" in ASCII)."""

SCHEMA = Path(__file__).parent / "schema"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: the file `<number>_<name>.sql`. The checksum does not depend on line ends."""

    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations(folder: Path = SCHEMA) -> list[Migration]:
    """The steps in the folder, by number."""
    paths = sorted(folder.glob("[0-9]*_*.sql"))
    return [_migration(path) for path in paths]


def _migration(path: Path) -> Migration:
    number, _, name = path.stem.partition("_")
    return Migration(int(number), name, path.read_text(encoding="utf-8"))


def migrate(db: sqlite3.Connection, steps: Sequence[Migration], now: float) -> None:
    """Bring the database to the last step. To be called outside a transaction.

    Raises:
        StoreError: the database is foreign, or newer than these steps, or made by different steps.
    """
    refuse_foreign(db)
    for step in steps:
        transact(db, "BEGIN IMMEDIATE", partial(_apply, step=step, steps=steps, now=now))


def refuse_foreign(db: sqlite3.Connection) -> None:
    """Raise StoreError when the file holds tables and is not marked as ours. Changes nothing."""
    # one statement, one picture: another process may be making this very file
    look = "SELECT application_id, (SELECT COUNT(*) FROM sqlite_master) FROM pragma_application_id"
    mark, tables = db.execute(look).fetchone()
    if mark != APPLICATION_ID and (mark or tables):
        raise StoreError(told("store.foreign"))


def _apply(db: sqlite3.Connection, *, step: Migration, steps: Sequence[Migration], now: float) -> None:
    """Apply one step unless it is applied. Looked up inside the transaction: two processes may start at once."""
    applied = _applied(db)
    _refuse_unknown(applied, steps)
    if step.number in applied:
        return
    for statement in statements(step.text):
        db.execute(statement)
    db.execute(SQL["migration_add"], (step.number, step.name, step.checksum, now))
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _applied(db: sqlite3.Connection) -> dict[int, str]:
    """Number -> checksum of the steps that were applied; empty for a new file."""
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'migration'").fetchone() is None:
        return {}
    return dict(db.execute(SQL["migration_all"]).fetchall())


def _refuse_unknown(applied: dict[int, str], steps: Sequence[Migration]) -> None:
    known = {step.number: step for step in steps}
    for number, checksum in applied.items():
        if number not in known:
            raise StoreError(told("store.newer", number=number))
        if known[number].checksum != checksum:
            raise StoreError(told("store.changed", number=number))


def statements(text: str) -> Iterator[str]:
    """The statements of a script, one by one. (`executescript` would commit before it begins.)"""
    rest = ""
    for line in text.splitlines(keepends=True):
        rest += line
        if sqlite3.complete_statement(rest):
            yield rest
            rest = ""
    if rest.strip() and not all(line.startswith("--") for line in rest.split("\n") if line.strip()):
        yield rest
