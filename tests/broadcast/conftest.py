"""A clock, and a school that teaches over the store."""

from __future__ import annotations

import pytest

from core.store.rooms import Store
from tests.broadcast.course import Clock, School


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def school(store: Store, clock: Clock) -> School:
    return School(store, clock)
