"""What a person has to read: whatever is logged as critical is also posted in the staff's chats, once an hour each.

The seam is the log: every room can raise an alarm without knowing who reads it. A post is a row like any other, so
it waits where the platform is away, and several processes that see the same say it once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from hashlib import sha256

from core import config
from core.conversation.model import Address, Send
from core.desk.card import notice
from core.errors import StoreError
from core.runtime import metrics
from core.runtime.staff import post
from core.safety.logs import install
from core.store.rooms import Store
from core.store.rows import Batch, NewEffect

HOUR = 3600.0
MOST = 100
"""Alarms that wait to be posted; more are in the log."""


class Alarm(logging.Handler):
    """Hears what is logged while its `run` runs."""

    def __init__(
        self,
        store: Store,
        settings: config.Desk,
        offer: Callable[[Sequence[NewEffect]], None],
        now: Callable[[], float],
    ) -> None:
        super().__init__(logging.CRITICAL)
        install(self)
        self._store = store
        self._chats = settings.staff
        self._offer = offer
        self._now = now
        self._heard: asyncio.Queue[str] = asyncio.Queue(MOST)
        self._loop = asyncio.get_running_loop()

    def emit(self, record: logging.LogRecord) -> None:
        """From any thread."""
        text = record.getMessage()
        metrics.ALARMS.inc()
        self._loop.call_soon_threadsafe(self._hear, text)

    def _hear(self, text: str) -> None:
        if not self._heard.full():
            self._heard.put_nowait(text)

    async def run(self) -> None:
        """Listen for ever; cancelled at shutdown."""
        root = logging.getLogger()
        root.addHandler(self)
        try:
            while True:
                await self._post(await self._heard.get())
        finally:
            root.removeHandler(self)

    async def _post(self, text: str) -> None:
        """The key names the text and the hour: whoever comes second is refused by the store."""
        mark = sha256(text.encode()).hexdigest()[:16]
        for number, chat in enumerate(self._chats):
            address = Address(chat.channel, chat.chat, "", chat.thread)
            key = f"alarm.{mark}.{int(self._now() // HOUR)}.{number}"
            row = post(key, address, 0, Send(notice(f"⚠️ {text}")), self._now())
            try:
                await self._store.turns.commit(Batch(effects=[row]))
            except StoreError:  # said already, or the store is away: it stands in the log
                continue
            self._offer([row])
