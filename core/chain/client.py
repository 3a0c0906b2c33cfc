"""What every client of a source has: whom it asks, through what, and a name that gives no key away."""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from typing import Final, Generic, TypeVar

from core.chain.asking import Asking, Unavailable, require_safe
from core.chain.mined import Mined
from core.chain.network import Source
from core.chain.seen import FirstSeen, Seen

S = TypeVar("S", bound=Seen)
DEADLINE: Final = 1.9
"""Seconds for the whole of a question, which takes up to three answers one after another."""
_FAULTS: Final = (
    Unavailable, TimeoutError, LookupError, AttributeError, TypeError, ValueError, ArithmeticError, RecursionError,
)  # fmt: skip
"""Whatever asking and reading a foreign answer can raise: each means that this source cannot tell now."""
_ID: Final = re.compile(r"(?:0x)?([0-9a-f]{64})")


class SourceClient:
    """The common part. `url` must be https, or plain http to this machine."""

    def __init__(self, url: str, asking: Asking, source: Source) -> None:
        """Raises ConfigError: the url would send what people ask about unencrypted over a network."""
        require_safe(url, source.name)
        self.source = source
        self._url = url.rstrip("/")
        self._asking = asking

    def __repr__(self) -> str:
        # The url may carry the operator's key.
        return f"{type(self).__name__}({self.source.name!r}, {self.source.network.name!r})"


class WholeClient(SourceClient, ABC, Generic[S]):
    """A client of an interface where one question takes several requests: all of them have one deadline, and whatever
    goes wrong with one of them means that the source cannot tell. `down` says so."""

    def __init__(self, url: str, asking: Asking, source: Source, deadline: float, down: S) -> None:
        """Raises ConfigError: as every client."""
        super().__init__(url, asking, source)
        self._deadline = deadline
        self._down = down

    async def see(self, transaction_id: str, before: FirstSeen | None = None) -> S:
        """What the source says. Its own faults are told in the answer, never raised.

        Raises:
            ValueError: the id is not 64 hex digits.
        """
        wanted = digits(transaction_id)
        try:
            async with asyncio.timeout(self._deadline):
                return await self._see(wanted, before)
        except _FAULTS:
            return self._down

    async def mined(self, number: int | None) -> Mined:
        """The block of this number, the newest for None. Raises Unavailable."""
        try:
            return await self._block_at(number)
        except _FAULTS:
            raise Unavailable from None

    @abstractmethod
    async def _see(self, wanted: str, before: FirstSeen | None) -> S:
        """What the source says of an id of 64 digits; may raise whatever a foreign answer causes."""

    @abstractmethod
    async def _block_at(self, number: int | None) -> Mined:
        """`mined`, in the same way."""


def digits(transaction_id: str) -> str:
    """The 64 small hex digits of an id, without 0x. Raises ValueError: it is none."""
    found = _ID.fullmatch(transaction_id)
    if not found:
        raise ValueError("a transaction id is 64 small hex digits, with 0x or without")
    return found[1]
