"""A store, a clock and a school that teaches over them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.store.rooms import Store
from tests.broadcast.course import Clock, School, opened

DAY = 86_400.0
HOUR = 3600.0


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    one = await opened(tmp_path / "helpline.db")
    yield one
    await one.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def school(store: Store, clock: Clock) -> School:
    return School(store, clock)
