"""The staff of the store, and a source of prices."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from core.chain.asking import Asking
from core.notices.price import Prices
from core.store.rooms import Store
from tests.app.processes import PATIENT
from tests.notices.scene import Source
from tests.staff.house import House


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
        yield Prices(Asking(session, keep=0, deadline=PATIENT, clock=lambda: staff.now), lambda: staff.now)
