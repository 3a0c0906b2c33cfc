"""What every room is written over: a transaction is a plain function of a `Db`, and an engine runs it as a whole.

`Db` is the part of a connection that `sqlite3` and `psycopg` share, so an engine is a thread, a connection and its
errors; the rooms know neither. SQL has `?` for each value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from core.sentences import told
from core.store.queries import SQL
from core.store.rooms import Fenced

T = TypeVar("T")
Values = Sequence[Any]


class Rows(Protocol):
    """What a statement gives back."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""

    def fetchone(self) -> Any:
        """The next row as a tuple, None at the end."""

    def fetchall(self) -> list[Any]:
        """All further rows."""

    def __iter__(self) -> Iterator[Any]:
        """The rows, one by one."""


class Db(Protocol):
    """An open transaction."""

    def execute(self, sql: str, parameters: Values = (), /) -> Rows:
        """Run one statement."""

    def executemany(self, sql: str, rows: Iterable[Values], /) -> Rows:
        """Run one statement for many rows; its rowcount is the sum."""


Work = Callable[[Db], T]
"""The statements of one transaction; what it returns is the transaction's result. It may be run again from its
beginning, so it changes nothing but the database."""


class Database(Protocol):
    """One database. `fence` holds the epoch of each lease that this process took."""

    fence: dict[str, int]

    async def read(self, work: Work[T]) -> T:
        """Run `work` on one unchanging picture of the database."""

    async def write(self, work: Work[T]) -> T:
        """Run `work` and commit it, or nothing of it.

        Raises:
            Fenced: another process took a lease that this one held.
            Conflict: the database will never accept these rows.
            StoreError: the database refused, and nothing was saved; or a server did not answer to COMMIT, and all
                of it may be saved.
        """

    async def write_unfenced(self, work: Work[T]) -> T:
        """As `write`, for those who are about to ask who leads."""

    async def close(self) -> None:
        """Let go of the database; harmless to repeat."""


def check(db: Db, fence: dict[str, int]) -> None:
    """Raise Fenced unless every lease is still in the epoch in which it was taken."""
    for name, epoch in fence.copy().items():  # a lease may be taken meanwhile: transactions run in threads
        if db.execute(SQL["lease_epoch"], (name,)).fetchone() != (epoch,):
            raise Fenced(told("lead.lost"))
