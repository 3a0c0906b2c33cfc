"""The engines under the one contract: a fixture that opens the same database again and again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from core.store.postgres import open_postgres
from core.store.rooms import Store
from core.store.sqlite import open_sqlite

Reopen = Callable[[], Awaitable[Store]]


@pytest.fixture(params=["sqlite", "postgres"])
async def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Reopen]:
    """Opens one database, as often as it is called; each call is another process as far as leases go."""
    opened: list[Store] = []
    url = request.getfixturevalue("postgres").ready() if request.param == "postgres" else ""

    async def again() -> Store:
        store = await (open_postgres(url) if url else open_sqlite(tmp_path / "helpline.db"))
        opened.append(store)
        return store

    yield again
    for store in opened:
        await store.close()


@pytest.fixture
async def store(reopen: Reopen) -> Store:
    return await reopen()
