"""Many people become rows a slice at a time: short transactions, and never more rows than the outbox should hold."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

SLICE = 200
"""People in one transaction: some 10 ms, so that a reply never waits long behind it."""
BACKLOG = 400
"""Rows that may wait to be sent before more are made: the rest waits in the cursor, and costs nothing."""
AGAIN = 1.0
"""Seconds after which a full outbox, or a store that failed, is looked at again."""


async def to_the_end(
    late: Callable[[], bool], waiting: Callable[[], Awaitable[int]], slice_: Callable[[], Awaitable[bool]]
) -> bool:
    """Slices until there are no more; False when it got too `late` before that. `waiting`: rows in the outbox;
    `slice_`: whether there are more."""
    more = True
    while more:
        if late():
            return False
        if await waiting() >= BACKLOG:
            await asyncio.sleep(AGAIN)
            continue
        more = await slice_()
    return True
