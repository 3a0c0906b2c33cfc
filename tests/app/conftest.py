"""The nursery of processes: imported once, used by every test that needs the bot as a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.processes import Nursery


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Forks `helpline` processes."""
    one = Nursery(tmp_path_factory.mktemp("pycache"))
    yield one
    one.close()
