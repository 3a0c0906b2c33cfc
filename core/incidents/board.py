"""The open incidents as the engine takes them, looked up every two seconds: any process may open or close one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from core.broadcast.content import load
from core.conversation.news import News
from core.runtime import metrics
from core.store.incidents import Hanging
from core.store.rooms import Store

EVERY = 2.0
"""Seconds until every process knows: well below what a closing waits before it tells anybody (SETTLE, in its store)."""


class Board:
    """What hangs out at present."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.news: Sequence[News] = ()

    async def run(self) -> None:
        """For ever; cancelled at shutdown."""
        while True:
            await asyncio.sleep(EVERY)
            await self.refresh()

    async def refresh(self) -> None:
        """Look once."""
        rows = await self._store.incidents.hanging()
        self.news = tuple(news for row in rows if (news := _news(row)))
        metrics.INCIDENTS.set(len(rows))


def _news(row: Hanging) -> News | None:
    incident = load(row.content).incident
    if incident is None:
        return None
    about = frozenset(incident.about)
    return News(row.number, row.change, row.opened_at, incident.banner, incident.status, about, row.name)
