"""Work that never ends by itself: begun again after trouble with the store, or ended together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from core.errors import StoreError
from core.runtime.lanes import SHARED_POLL
from core.store.rooms import Fenced

Loop = Coroutine[Any, Any, None]
log = logging.getLogger(__name__)


async def steady(run: Callable[[], Loop]) -> None:
    """Begin again where a store that is away ended it: it ends nothing else."""
    while True:
        try:
            return await run()
        except Fenced:
            raise
        except StoreError as error:
            log.warning("what one process does waits for the store: %s", error)
            await asyncio.sleep(SHARED_POLL)


async def first(loops: Sequence[Loop]) -> None:
    """Run all of them until the first ends, then end the others; raises what it raised."""
    tasks = [asyncio.ensure_future(loop) for loop in loops]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def together(loops: Sequence[Loop]) -> None:
    """All of them; it ends when every one has ended."""
    await asyncio.gather(*loops)
