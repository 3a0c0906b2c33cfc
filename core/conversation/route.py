"""The signed route in a button: who may press it, at which moment, and which choice it is.

`v1.<visit>.<choice>.<tag>` in at most 64 bytes (the smallest limit of all platforms). The tag binds the
route to its channel, chat and user, so that a forged or foreign press is told from a stale one.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from hashlib import blake2b

from core.conversation.model import Address

ROUTE_LIMIT = 64
"""Bytes that every platform lets a button carry."""
CHOICE_LIMIT = 40
"""Bytes left for a choice's name: 64 - "v1." - 9 digits of visit - 2 dots - 8 characters of tag, rounded down."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _base36(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
        if not number:
            return digits


class Routes:
    """Signs and verifies routes with the first key; earlier keys are still accepted."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or not all(keys):
            raise ValueError("a route key must not be empty")
        # BLAKE2b is a MAC by itself, a third of HMAC's cost; its keys end at 64 bytes, so a longer one is hashed.
        self._macs = [blake2b(key=blake2b(key).digest(), digest_size=6) for key in keys]

    def sign(self, address: Address, visit: int, choice: str) -> str:
        """The route of one button, at most 64 bytes.

        Raises:
            ValueError: when the choice's name is too long for a button (the checker refuses such flows),
                or the visit is negative.
        """
        if visit < 0:
            raise ValueError("a visit is not negative")
        body = f"v1.{_base36(visit)}.{choice}"
        route = f"{body}.{self._tag(self._macs[0], address, body)}"
        if len(route.encode()) > ROUTE_LIMIT:
            raise ValueError(f"the choice {choice!r} is too long for a button")
        return route

    def verify(self, address: Address, route: str) -> tuple[str, int] | None:
        """(choice, visit), or None when the route was not made by us for this person in this chat."""
        body, _, tag = route.rpartition(".")
        parts = body.split(".", 2)
        if len(parts) != 3 or parts[0] != "v1" or not tag.isascii():
            return None
        if not any(hmac.compare_digest(tag, self._tag(mac, address, body)) for mac in self._macs):
            return None
        return parts[2], int(parts[1], 36)

    @staticmethod
    def _tag(keyed: blake2b, address: Address, body: str) -> str:
        bound = f"{address.channel}\0{address.chat}\0{address.user}\0{body}".encode("utf-8", "surrogatepass")
        mac = keyed.copy()
        mac.update(bound)
        return base64.urlsafe_b64encode(mac.digest()).decode()
