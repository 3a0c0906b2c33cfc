"""Rate limits: a bucket per route and major parameter, the limit over all routes, and the ban for bad requests.

The real figures are unpublished and change; a client must read the headers and must not count on these.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from bots.local.discord_wire import Call

_MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token", "interaction_token")
INVALID_STATUSES = (401, 403, 429)
_OUTSIDE = ("/interactions/", "/webhooks/")


@dataclass(frozen=True, slots=True)
class Limits:
    """`buckets` maps operations to (calls, seconds); `others` is for the rest. `per_second` counts all routes but
    those of interactions. `identify` is how many sessions may begin at once, and the seconds until the next may; `invalid` answers 401, 403 and 429 in `invalid_window` seconds end in a ban of
    `ban` seconds. A 0 switches a limit off.
    """

    buckets: Mapping[str, tuple[int, float]] = field(
        default_factory=lambda: {
            "create_message": (5, 5.0),
            "update_message": (5, 5.0),
            "delete_message": (5, 1.0),
            "execute_webhook": (5, 2.0),
            "create_dm": (10, 10.0),
            "create_interaction_response": (0, 0.0),
        }
    )
    others: tuple[int, float] = (50, 1.0)
    per_second: int = 50
    identify: tuple[int, float] = (1, 5.0)
    invalid: int = 10_000
    invalid_window: float = 600.0
    ban: float = 3600.0


STRICT = Limits()
UNLIMITED = Limits(buckets={}, others=(0, 0.0), per_second=0, identify=(0, 0.0), invalid=0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one call finds: the headers of its bucket, and the seconds to wait when it is refused."""

    headers: dict[str, str]
    wait: float = 0.0
    everywhere: bool = False


class RateLimits:
    """Counts the calls. Times are in seconds of one clock, given with each call."""

    def __init__(self, limits: Limits = STRICT) -> None:
        self.limits = limits
        self.invalid: deque[float] = deque()
        self.banned_until = 0.0
        self._all: deque[float] = deque()
        self._buckets: dict[tuple[str, ...], tuple[int, float]] = {}

    def banned(self, now: float) -> bool:
        """Whether the address is shut out."""
        return now < self.banned_until

    def admit(self, call: Call, now: float) -> Verdict:
        """Count one call and say whether it may go."""
        if self.limits.per_second and not call.route.startswith(_OUTSIDE):
            while self._all and now - self._all[0] >= 1.0:
                self._all.popleft()
            if len(self._all) >= self.limits.per_second:
                return Verdict({}, max(0.001, self._all[0] + 1.0 - now), everywhere=True)
            self._all.append(now)
        return self._bucket(call, now)

    def count_invalid(self, status: int, now: float) -> None:
        """Count a refusal; too many of them shut the address out."""
        limits = self.limits
        if not limits.invalid or status not in INVALID_STATUSES:
            return
        self.invalid.append(now)
        while now - self.invalid[0] > limits.invalid_window:
            self.invalid.popleft()
        if len(self.invalid) >= limits.invalid:
            self.banned_until = now + limits.ban
            self.invalid.clear()

    def _bucket(self, call: Call, now: float) -> Verdict:
        most, seconds = self.limits.buckets.get(call.operation, self.limits.others)
        if not most:
            return Verdict({})
        key = (call.operation, *(call.params.get(name, "") for name in _MAJOR))
        used, reset = self._buckets.get(key, (0, 0.0))
        if now >= reset:
            used, reset = 0, now + seconds
        wait = reset - now if used >= most else 0.0
        if not wait:
            used += 1
            self._buckets[key] = (used, reset)
        headers = {
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(most - used),
            "X-RateLimit-Reset": f"{reset:.3f}",
            "X-RateLimit-Reset-After": f"{reset - now:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(call.operation.encode()).hexdigest()[:32],
        }
        return Verdict(headers, wait)
