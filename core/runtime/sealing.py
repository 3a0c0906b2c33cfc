"""The audit is sealed every few seconds, and its head is posted to the staff: from there on even a cut is found."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from core import config
from core.errors import StoreError
from core.sentences import sentence
from core.staff.announce import announce, text
from core.staff.chain import PAGE, Chain
from core.store.rooms import Fenced, Store
from core.store.rows import AuditLine, NewEffect
from core.store.staff import SealRow

EVERY = 10.0
"""Seconds between two seals."""
SLOT = "audit head"
SHORT = 16
"""Characters of a head that are enough to ask for it."""
log = logging.getLogger(__name__)


class Sealing:
    """Seals while the service runs. `language`: of the staff."""

    def __init__(
        self,
        store: Store,
        key: bytes,
        settings: config.Settings,
        language: str,
        offer: Callable[[list[NewEffect]], None],
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._chain = Chain(store.staff, key)
        self._desk = settings.desk
        self._span = settings.audit.post_hours * 3600
        self._language = language
        self._offer = offer
        self._now = now

    async def run(self) -> None:
        """For ever; cancelled at shutdown."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.seal()
            except Fenced:
                raise
            except StoreError as error:
                log.warning("the seal of the audit waits for the store: %s", error)

    async def seal(self) -> SealRow | None:
        """Seal all that rests, and post the head when its time has come; the newest seal of this call."""
        newest = None
        while row := await self._chain.seal(self._now()):
            newest = row
            if row.lines < PAGE:
                break
        if newest and self._desk.staff and await self._due():
            await self._post(newest)
        return newest

    async def _due(self) -> bool:
        now = self._now()
        return await self._store.slots.claim(SLOT, f"{now // self._span:.0f}", now)

    async def _post(self, row: SealRow) -> None:
        said = sentence("audit.head", self._language, number=row.number, mac=row.mac, short=row.mac[:SHORT])
        posts = announce(self._desk, f"n:audit:{row.number}", text(said), self._now())
        await self._store.staff.tell(AuditLine(self._now(), "audit", "head", str(row.number)), posts)
        self._offer(posts)
