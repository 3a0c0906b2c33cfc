"""The signed route in a button: who may press it, at which moment, and which choice it is.

`v1.<visit>.<choice>.<tag>` in at most 64 bytes (the smallest limit of all platforms). The tag binds the
route to its channel, chat and user, so that a forged or foreign press is told from a stale one.
"""

from __future__ import annotations

import hmac
from binascii import b2a_base64
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

from core.conversation.model import Address

ROUTE_LIMIT = 64
"""Bytes that every platform lets a button carry."""
CHOICE_LIMIT = 40
"""Bytes left for a choice's name: 64 - "v1." - 9 digits of visit - 2 dots - 8 characters of tag, rounded down."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_URLSAFE = bytes.maketrans(b"+/", b"-_")


@lru_cache(maxsize=256)
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
        # A press is verified where it comes in and again where it is turned, a moment later.
        self._verified = lru_cache(maxsize=1024)(self._verify)

    def sign(self, address: Address, visit: int, choice: str) -> str:
        """The route of one button, at most 64 bytes.

        Raises:
            ValueError: when the choice's name is too long for a button (the checker refuses such flows),
                or the visit is negative.
        """
        if visit < 0:
            raise ValueError("a visit is not negative")
        body = f"v1.{_base36(visit)}.{choice}"
        route = f"{body}.{_tag(self._macs[0], _bound(address), body)}"
        if len(route.encode()) > ROUTE_LIMIT:
            raise ValueError(f"the choice {choice!r} is too long for a button")
        return route

    def verify(self, address: Address, route: str) -> tuple[str, int] | None:
        """(choice, visit), or None when the route was not made by us for this person in this chat."""
        return self._verified(_bound(address), route) if len(route) <= ROUTE_LIMIT else None

    def _verify(self, bound: str, route: str) -> tuple[str, int] | None:
        body, _, tag = route.rpartition(".")
        parts = body.split(".", 2)
        if len(parts) != 3 or parts[0] != "v1" or not tag.isascii():
            return None
        for mac in self._macs:
            if hmac.compare_digest(tag, _tag(mac, bound, body)):
                return parts[2], int(parts[1], 36)
        return None


def _bound(address: Address) -> str:
    return f"{address.channel}\0{address.chat}\0{address.user}\0"


def _tag(keyed: blake2b, bound: str, body: str) -> str:
    mac = keyed.copy()
    mac.update(f"{bound}{body}".encode("utf-8", "surrogatepass"))
    return b2a_base64(mac.digest(), newline=False).translate(_URLSAFE).decode()
