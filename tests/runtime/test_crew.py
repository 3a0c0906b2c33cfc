"""Who sends what, where many processes share the work."""

from __future__ import annotations

import pytest

from bots.discord.channel import ABILITIES as TIED
from bots.telegram.channel import ABILITIES as FREE
from core.config import Runtime
from core.errors import ConfigError
from core.runtime.crew import crew_of, sends
from core.store.sqlite import open_sqlite

CHANNELS = {"tied": TIED, "free": FREE}


@pytest.mark.parametrize(
    ("works", "leads", "expected"),
    [
        (True, True, ["tied", "free"]),
        (True, False, ["free"]),
        (False, True, ["tied"]),  # or nobody would send what only the leader's connection can
        (False, False, []),
    ],
)
def test_what_is_tied_is_sent_by_the_leader_and_the_rest_by_whoever_works(
    works: bool, leads: bool, expected: list[str]
) -> None:
    assert sends(CHANNELS, works=works, leads=leads) == expected


async def test_a_file_has_one_process_that_does_everything() -> None:
    store = await open_sqlite(":memory:")
    crew_of(store, Runtime(), lambda: 0.0)
    with pytest.raises(ConfigError, match="only with PostgreSQL"):
        crew_of(store, Runtime(roles=("work",)), lambda: 0.0)
    await store.close()
