"""The breaker: Discord shuts an address out for a day after 10,000 refusals in ten minutes, and its wall does so at once.

Every answer of the API is seen here, those that the library repeats by itself, too. At half of that number, or when
the wall in front (a 429 without `Via`) answers, nothing is called for ten minutes, a person is told, and the process
stays: a restart would begin the calls anew. Refusals are counted here, and by `core/runtime/common.py` over all processes:
those of one address are one number for Discord.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from types import SimpleNamespace

import aiohttp

from bots.discord.errors import BANNED
from bots.sentences import Say
from core.errors import SlowDown
from core.runtime import metrics

MOST = 5_000
WINDOW = 600.0
"""Refusals, and the seconds in which they count."""
_REFUSALS = (401, 403, 429)
log = logging.getLogger(__name__)


class Breaker:
    """Of one bot. Time is a monotonic clock, in seconds."""

    def __init__(self, name: str, say: Say, now: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._say = say
        self._now = now
        self.refused = 0
        """Refusals, since this process began."""
        self._lately: deque[float] = deque()
        self._until = float("-inf")

    @property
    def left(self) -> float:
        """Seconds for which nothing may be called; 0 when calls may go."""
        return max(0.0, self._until - self._now())

    def check(self) -> None:
        """Let a call pass.

        Raises:
            SlowDown: nothing may be called now.
        """
        if self.left > 0:
            raise SlowDown(self.left, everywhere=True)

    async def passed(self) -> None:
        """Return when calls may go."""
        while self.left > 0:  # noqa: ASYNC110 - it is known how long
            await asyncio.sleep(min(self.left, 60.0))

    def note(self, status: int, headers: Mapping[str, str]) -> None:
        """One answer of the API. A 429 of a limit that is shared with others does not count against us."""
        if status not in _REFUSALS or headers.get("X-RateLimit-Scope") == "shared":
            return
        now = self._now()
        self.refused += 1
        self._lately.append(now)
        while self._lately[0] <= now - WINDOW:
            self._lately.popleft()
        metrics.INVALID.labels(self._name).set(len(self._lately))
        if status == 429 and "Via" not in headers:
            self.trip("wall")
        elif self.too_many(len(self._lately)):
            self._lately.clear()

    def too_many(self, refused: int) -> bool:
        """Stop, if so many refusals in ten minutes are too many."""
        if refused >= MOST:
            self.trip("refusals")
        return refused >= MOST

    def trip(self, why: str) -> None:
        """Call nothing for ten minutes."""
        if self.left <= 0:
            log.critical("%s", self._say(f"stopped_{why}", name=self._name, minutes=round(BANNED / 60)))
        self.stop(BANNED)

    def stop(self, seconds: float) -> None:
        """Call nothing for so long."""
        self._until = max(self._until, self._now() + seconds)

    def trace(self) -> aiohttp.TraceConfig:
        """What shows a session's answers to the breaker."""
        trace = aiohttp.TraceConfig()

        async def ended(
            _session: aiohttp.ClientSession, _context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
        ) -> None:
            self.note(end.response.status, end.response.headers)

        trace.on_request_end.append(ended)
        return trace
