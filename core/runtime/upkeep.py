"""What the machine room does by itself, once a day: old rows are deleted. APScheduler is only the timer;
the slot in the store makes a second firing harmless."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from core.config import Store as StoreSettings
from core.errors import StoreError
from core.store.rooms import Store

DAY = 86_400.0
PRICES = 7 * DAY
"""Seconds for which a price may be looked back at."""
SLICE = 500
"""Rows deleted in one transaction, so that a reply never waits long behind it."""
log = logging.getLogger(__name__)


class Upkeep:
    """The daily retention."""

    def __init__(self, store: Store, settings: StoreSettings, now: Callable[[], float]) -> None:
        self._store = store
        self._settings = settings
        self._now = now
        self._timer = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    async def run(self) -> None:
        """Once a day, for ever."""
        self._timer.add_job(self.purge, CronTrigger(hour=3, minute=17, timezone=UTC), id="schedule:retention")
        self._timer.start()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self._timer.shutdown(wait=False)

    async def purge(self) -> int:
        """Delete what is older than config says; returns the rows, 0 when today's slot is used already."""
        now = self._now()
        slot = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")
        effects_before, gone = now - self._settings.keep_effects_days * DAY, 0
        try:
            if not await self._store.slots.claim("retention", slot, now):
                return 0
            gone += await self._store.snapshots.purge(now)
            gone += await self._store.notices.purge(now - PRICES)
            gone += await self._store.pictures.purge()
            while True:
                rows = await self._store.upkeep.purge(
                    events_before=now - self._settings.keep_events_days * DAY,
                    effects_before=effects_before,
                    limit=SLICE,
                ) or await self._store.incidents.purge(effects_before, SLICE)
                gone += rows
                if not rows:
                    return gone
        except StoreError as error:
            log.error("the daily clean-up waits for tomorrow: %s", error)
            return gone
