"""A permission to send that grows old: what was claimed is asked about once more, should it leave later than at once.

Between the claim of a delivery and its request a platform's own limits may lie, a full pool, a slow connection, a
repetition. So a stop is not held to rows but to time: no request of a broadcast begins later than `TRUSTED` after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from core.channel import PERMIT
from core.errors import NotSent, StoreError, Unsure
from core.store.broadcasts import Broadcasts

TRUSTED = 0.5
"""Seconds for which what the table said is believed."""


class _Permit:
    """Of one delivery. `_left` counts the requests that it let go."""

    def __init__(self, room: Broadcasts, key: str) -> None:
        self._room = room
        self._key = key
        self._clock = asyncio.get_running_loop().time
        self._asked = self._clock()
        self._left = 0

    async def ask(self) -> None:
        """Let one request go.

        Raises:
            NotSent: it was called back, and nothing has left.
            Unsure: it was called back between one request and its repetition.
        """
        now = self._clock()
        if now - self._asked >= TRUSTED:
            if not await self._stands():
                raise Unsure("called back after a request") if self._left else NotSent("called back")
            self._asked = now
        self._left += 1

    async def _stands(self) -> bool:
        try:
            return await self._room.stands(self._key)
        except StoreError:
            return False  # nobody can say: it is asked again when it is claimed again


@contextmanager
def permit(room: Broadcasts, key: str) -> Iterator[None]:
    """Whatever is sent within asks, right before it leaves, whether this delivery may still be sent. Begin it before
    the claim: an answer is as old as its question."""
    token = PERMIT.set(_Permit(room, key).ask)
    try:
        yield
    finally:
        PERMIT.reset(token)
