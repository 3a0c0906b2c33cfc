"""A bearer secret that has to wait in a row: sealed with a key that stands in no row, bound to whom it belongs."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.config import Secrets
from core.runtime.keys import kept

FILE = "seal.key"
_VERSION = "s1."
_NONCE = 12


class Seal:
    """AES-256-GCM with one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def __repr__(self) -> str:
        return "Seal(...)"

    def seal(self, text: str, bound: str) -> str:
        """The text, readable only by who has the key and only together with `bound`."""
        nonce = os.urandom(_NONCE)
        body = nonce + self._cipher.encrypt(nonce, text.encode(), bound.encode())
        return _VERSION + base64.urlsafe_b64encode(body).decode()

    def open(self, sealed: str, bound: str) -> str | None:
        """The text again; None when it was not sealed with this key for `bound`."""
        if not sealed.startswith(_VERSION):
            return None
        try:
            body = base64.urlsafe_b64decode(sealed[len(_VERSION) :])
            return self._cipher.decrypt(body[:_NONCE], body[_NONCE:], bound.encode()).decode()
        except (ValueError, InvalidTag):
            return None


def seal_of(secrets: Secrets, data: Path) -> Seal:
    """The seal of a data folder, or, where several machines share one key for their buttons, of that key. What it
    seals lives for minutes, so a lost key costs nothing but those."""
    shared = secrets.route_key.get_secret_value().encode()
    return Seal(
        hashlib.blake2b(shared, digest_size=32, person=b"seal").digest() if shared else kept(data / FILE)
    )
