"""A stop is held to time: whatever waits between a claim and its request is asked about once more."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from bots.local.telegram import TelegramStandIn
from bots.local.telegram_wire import Params
from bots.settings import Settings
from bots.telegram.request import Limits
from core.config import Runtime
from core.config import Store as StoreSettings
from core.conversation.library import Library
from tests.app.harness import in_process
from tests.app.newsroom import Newsroom, newsroom
from tests.app.processes import PATIENT
from tests.postgres import Server

WORKERS, EACH, PEOPLE = 4, 4, 60
"""So many people that none of the workers can have all of them in hand."""
NARROW = Limits(read=PATIENT, pool_wait=PATIENT, pool=1)
"""Fewer connections than claims: half of what is in hand waits for one, longer than a stop may take."""


@dataclass
class Held:
    """A platform that keeps every message of the broadcast waiting. `begun`: when each request reached it."""

    stand_in: TelegramStandIn
    begun: list[float] = field(default_factory=list)
    free: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._perform, self.stand_in._perform = self.stand_in._perform, self.perform  # type: ignore[method-assign]

    async def perform(self, method: str, params: Params, spoil: Any = None) -> web.Response:
        if method.lower() == "sendmessage" and "公告编号" in params.text("text"):
            self.begun.append(time.time())
            await self.free.wait()
        return await self._perform(method, params, spoil)


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
    async with newsroom(tmp_path, own, library, people=PEOPLE, hold=3600.0, limits=NARROW) as room:
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
            held = Held(room.stand_in)
            await room.service.store.broadcasts.stage("upgrade", kept.version, 3, time.time())
            async with asyncio.timeout(PATIENT):
                while len(held.begun) < WORKERS:
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.6)  # what waits for a connection was claimed longer ago than it is trusted
            await room.office.stop("upgrade", "bob", "wrong date")
            stopped = time.time()
            await asyncio.sleep(1.0)  # connections become free when a stop has to hold already
            held.free.set()
            async with asyncio.timeout(PATIENT):
                while await room.service.store.broadcasts.queued("upgrade", kept.version):
                    await asyncio.sleep(0.05)
        assert max(held.begun) <= stopped + 1.0
        assert len(held.begun) == WORKERS, "each of them had one on the wire"
        assert await room.outcomes() == {"sent": WORKERS, "failed": PEOPLE - WORKERS}
