"""Numbered migrations, each applied once, in one transaction. An engine knows its own databases by a mark."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import StoreError
from core.sentences import told
from core.store.database import Db
from core.store.queries import SQL

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


def apply(
    db: Db,
    steps: Sequence[Migration],
    step: Migration,
    applied: Mapping[int, str],
    now: float,
    translate: Callable[[str], str] = str,
) -> bool:
    """Apply one step inside the caller's transaction, unless it is among those that were `applied` (number ->
    checksum); `translate` makes a statement what the engine reads. Returns whether it was applied now.

    Raises:
        StoreError: the database is newer than these steps, or made by different ones.
    """
    _refuse_unknown(applied, steps)
    if step.number in applied:
        return False
    for statement in statements(step.text):
        db.execute(translate(statement))
    db.execute(SQL["migration_add"], (step.number, step.name, step.checksum, now))
    return True


def _refuse_unknown(applied: Mapping[int, str], steps: Sequence[Migration]) -> None:
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
