"""What every client of a source has: whom it asks, through what, and a name that gives no key away."""

from __future__ import annotations

import re
from typing import Final

from core.chain.asking import Asking, require_safe
from core.chain.network import Source

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


def digits(transaction_id: str) -> str:
    """The 64 small hex digits of an id, without 0x. Raises ValueError: it is none."""
    found = _ID.fullmatch(transaction_id)
    if not found:
        raise ValueError("a transaction id is 64 small hex digits, with 0x or without")
    return found[1]
