"""Signed requests to the exchange's ledger: what is signed, and how a server checks it. See docs/exchange-api.md.

The signature covers everything that a proxy could change: method, path with query, time, nonce and body.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

WINDOW: Final = 60.0
"""Seconds that the two clocks may differ; twice as long a nonce is remembered."""
KEY, TIMESTAMP, NONCE, SIGNATURE = (f"Helpline-{name}" for name in ("Key", "Timestamp", "Nonce", "Signature"))


def signature(key: bytes, method: str, path: str, timestamp: str, nonce: str, body: bytes) -> str:
    """Lower-case hex of HMAC-SHA256 over the six lines of version 1. `path` holds the query."""
    lines = ("v1", method, path, timestamp, nonce, sha256(body).hexdigest())
    return hmac.new(key, "\n".join(lines).encode(), sha256).hexdigest()


def signed(
    key: bytes, key_id: str, method: str, path: str, now: float, nonce: str, body: bytes
) -> Mapping[str, str]:
    """The four headers of a request. `now`: epoch seconds; `nonce`: 32 hex digits, never used before."""
    timestamp = str(int(now))
    return {
        KEY: key_id,
        TIMESTAMP: timestamp,
        NONCE: nonce,
        SIGNATURE: signature(key, method, path, timestamp, nonce, body),
    }
