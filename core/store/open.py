"""Which engine a configured address means; the only place that knows both."""

from __future__ import annotations

from pathlib import Path

from core.store.rooms import Store

POSTGRES = ("postgresql://", "postgres://")
SQLITE = "sqlite:///"


def is_shared(url: str) -> bool:
    """Whether many processes may work on the store of this address at once."""
    return url.startswith(POSTGRES)


def file_of(url: str) -> Path | None:
    """The file of a SQLite address, None for any other."""
    return Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None


def is_there(url: str) -> bool:
    """Whether there is a database at this address already; of a server that is taken as given."""
    path = file_of(url)
    return path is None or path.exists()


async def open_store(url: str) -> Store:
    """The store of an address; its schema is brought up to date.

    Raises:
        StoreError: it cannot be opened, or it is foreign, newer, damaged or locked.
        ValueError: the address is of no kind that we know.
    """
    if is_shared(url):
        from core.store.postgres import open_postgres  # not loaded where one file does

        return await open_postgres(url)
    if (path := file_of(url)) is None:
        raise ValueError(url.partition(":")[0])
    from core.store.sqlite import open_sqlite

    path.parent.mkdir(parents=True, exist_ok=True)
    return await open_sqlite(path)
