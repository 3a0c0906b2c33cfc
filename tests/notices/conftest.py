"""A store, its staff, and a source of prices."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from core.chain.asking import Asking
from core.notices.price import Prices
from core.store.rooms import Store
from core.store.sqlite import open_sqlite
from tests.notices.scene import Source
from tests.staff.house import House


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    one = await open_sqlite(tmp_path / "helpline.db")
    yield one
    await one.close()


@pytest.fixture
def staff(store: Store) -> House:
    return House(store)


@pytest.fixture
async def source() -> AsyncIterator[Source]:
    async with Source() as one:
        yield one


@pytest.fixture
async def prices(staff: House) -> AsyncIterator[Prices]:
    async with aiohttp.ClientSession() as session:
        yield Prices(Asking(session, keep=0, clock=lambda: staff.now), lambda: staff.now)
