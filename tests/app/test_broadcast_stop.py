"""A stop is held to time: whatever waits between a claim and its request is asked about once more."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path

from bots.local.faults import Fault
from bots.settings import Settings
from bots.telegram.request import Limits
from core.config import Runtime
from core.config import Store as StoreSettings
from core.conversation.library import Library
from tests.app.harness import in_process
from tests.app.newsroom import Newsroom, newsroom
from tests.app.processes import PATIENT
from tests.postgres import Server

WORKERS, EACH, SLOW = 4, 4, 2.8
NARROW = Limits(pool=1)
"""Fewer connections than claims: half of what is in hand waits for one, longer than a stop may take."""


def _left(room: Newsroom) -> list[float]:
    """When the requests of the broadcast reached the platform, which took `SLOW` seconds over each."""
    return [
        one.at - SLOW for one in room.stand_in.ledger.sent() if "公告编号" in one.text and one.chat_id > 0
    ]


async def _staff_have_all(room: Newsroom) -> None:
    """The texts as they were written and as they go out, and the card: any of the workers may bring them."""
    async with asyncio.timeout(PATIENT):
        while True:
            shown = [one.text for one in room.group.messages(by_bot=True)]
            if sum("【" in text for text in shown) == 4 and any("：running" in text for text in shown):
                return
            await asyncio.sleep(0.01)


async def test_after_a_stop_no_request_begins_later_than_a_second(
    tmp_path: Path, settings: Settings, library: Library, postgres: Server
) -> None:
    shared = {"store": StoreSettings(url=postgres.ready()), "runtime": Runtime(in_flight=EACH)}
    own = settings.model_copy(update=shared)
    async with newsroom(tmp_path, own, library, people=32, hold=3600.0, limits=NARROW) as room:
        async with AsyncExitStack() as stack:
            only = room.service.settings.model_copy(
                update={"runtime": Runtime(in_flight=EACH, roles=("work",))}
            )
            for _ in range(WORKERS - 1):
                await stack.enter_async_context(
                    in_process(room.stand_in, tmp_path, settings=only, limits=NARROW)  # type: ignore[arg-type]
                )
            kept = await room.approved()
            await room.until("running")
            await _staff_have_all(room)
            room.stand_in.faults.chance("sendMessage", {Fault("delay", seconds=SLOW): 1.0})
            await room.service.store.broadcasts.stage("upgrade", kept.version, 3, time.time())
            async with asyncio.timeout(PATIENT):
                while len(room.stand_in.faults.applied) < WORKERS:
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.6)  # what waits for a connection was claimed longer ago than it is trusted
            await room.office.stop("upgrade", "bob", "wrong date")
            stopped = time.time()
            async with asyncio.timeout(PATIENT):
                while await room.service.store.broadcasts.queued("upgrade", kept.version):
                    await asyncio.sleep(0.05)
            assert time.time() > stopped + 1.0, "connections became free meanwhile"
        left = _left(room)
        assert max(left) <= stopped + 1.0
        assert len(left) == WORKERS, "each of them had one on the wire"
        assert await room.outcomes() == {"sent": len(left), "failed": len(room.people) - len(left)}
