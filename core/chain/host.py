"""How much one host is asked: a bucket of tokens, and a breaker that leaves it alone while it fails. Pure: `now` is
any clock in seconds that never goes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FAILURES: Final = 3
"""Failures in a row after which a host is left alone."""
SHORTEST_REST: Final = 5.0
LONGEST_REST: Final = 60.0
"""Seconds that it is left alone: the shortest at first, then twice as long each time."""


@dataclass(slots=True)
class Host:
    """One host. `per_second` requests, `burst` of them at once."""

    per_second: float = 10.0
    burst: float = 30.0
    tokens: float = 0.0
    at: float | None = None
    failures: int = 0
    rest: float = 0.0
    closed_until: float = 0.0
    probing: bool = False

    def wait(self, now: float) -> float:
        """Take a token; the seconds until it may be used. Tokens of the future can be taken, too: callers queue."""
        gained = (now - self.at) * self.per_second if self.at is not None else self.burst
        self.tokens, self.at = min(self.burst, self.tokens + gained), now
        self.tokens -= 1
        return max(0.0, -self.tokens / self.per_second)

    def give_back(self) -> None:
        """The token was not used."""
        self.tokens += 1

    def open(self, now: float) -> bool:
        """Whether it may be asked. After its rest one caller may try; the others wait for how that ends."""
        if not self.closed_until:
            return True
        if now < self.closed_until or self.probing:
            return False
        self.probing = True
        return True

    def well(self) -> None:
        """It answered."""
        self.failures, self.rest, self.closed_until, self.probing = 0, 0.0, 0.0, False

    def failed(self, now: float, rest: float = 0.0) -> None:
        """It did not. `rest`: it said itself for how many seconds it wants to be left alone."""
        self.failures += 1
        self.probing = False
        if rest or self.failures >= FAILURES:
            self.rest = min(LONGEST_REST, max(rest, self.rest * 2, SHORTEST_REST))
            self.closed_until = now + self.rest
