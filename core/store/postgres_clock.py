"""The server's clock, by which many workers go: read now and then, and carried on between by our own that never jumps.
So nothing depends on what the clocks of the workers' machines say.
"""

from __future__ import annotations

import time

import psycopg

from core.store.postgres_database import PostgresDatabase

LOOKS = 5
DRIFT = 1.0
"""Seconds by which clocks may go apart between two looks; beyond that one of them was set."""


class PostgresClock:
    """Epoch seconds of the server. `look` before the first question. `era` rises when the clock was found to be set."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._offset = 0.0
        self.era = 0

    def __call__(self) -> float:
        """Now, in epoch seconds."""
        return time.monotonic() + self._offset

    async def look(self) -> None:
        """Look at the server again, whose clock may have drifted from ours, or was set.

        Raises:
            StoreError: it cannot be reached.
        """
        looks = await self._database.plain(lambda connection: [_looked(connection) for _ in range(LOOKS)])
        took, offset = min(looks)
        moved = abs(offset - self._offset)
        if moved > took:  # less than that is how long the answer was on its way
            self._offset = offset
            self.era += moved > DRIFT


def _looked(connection: psycopg.Connection) -> tuple[float, float]:
    """(how long the look took, the difference between the clocks), in seconds."""
    before = time.monotonic()
    row = connection.execute(b"SELECT EXTRACT(EPOCH FROM clock_timestamp())::DOUBLE PRECISION").fetchone()
    after = time.monotonic()
    assert row is not None
    return after - before, float(row[0]) - (before + after) / 2
