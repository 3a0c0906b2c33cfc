"""How often a bot may begin a session: once in five seconds a bucket, and so often a day, as GET /gateway/bot tells.

Whoever identifies too soon is told that the session is invalid. Whoever goes on when none are left is shut out: the
real one then resets the token.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from bots.local.discord_limits import Limits
from bots.local.discord_wire import Json

DAY = 86_400.0
Verdict = Literal["welcome", "too soon", "spent"]


class Starts:
    """The session starts of one bot. `shards` is how many it is advised to use, `total` how many starts a day has."""

    def __init__(self, limits: Callable[[], Limits], now: Callable[[], float]) -> None:
        self._limits = limits
        self._now = now
        self.shards = 1
        self.total = 1000
        self.used = 0
        self.refused = 0
        """Identifies that came too soon."""
        self._began = now()
        self._last: dict[int, float] = {}

    def told(self, url: str) -> Json:
        """What GET /gateway/bot answers."""
        limit = {
            "total": self.total,
            "remaining": max(0, self.total - self._used()),
            "reset_after": max(0, round((self._began + DAY - self._now()) * 1000)),
            "max_concurrency": self._limits().identify[0] or 16,
        }
        return {"url": url, "shards": self.shards, "session_start_limit": limit}

    def admit(self, shard: int) -> Verdict:
        """Judge one IDENTIFY."""
        concurrency, seconds = self._limits().identify
        now = self._now()
        if self._used() >= self.total:
            return "spent"
        if concurrency:
            bucket = shard % concurrency
            if now - self._last.get(bucket, float("-inf")) < seconds:
                self.refused += 1
                return "too soon"
            self._last[bucket] = now
        self.used += 1
        return "welcome"

    def _used(self) -> int:
        if self._now() - self._began >= DAY:
            self.used, self._began = 0, self._now()
        return self.used


def shard_of(asked: Any) -> tuple[int, int] | None:
    """(id, count) of an IDENTIFY's `shard`; None when there is no such shard."""
    if asked is None:
        return 0, 1
    if not (isinstance(asked, list) and len(asked) == 2 and all(type(one) is int for one in asked)):
        return None
    number, count = asked
    return (number, count) if 0 <= number < count else None
