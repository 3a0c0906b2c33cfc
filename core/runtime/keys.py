"""The key that signs buttons: from the environment, or made once in the data folder, readable by us only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from core.config import Secrets
from core.conversation.route import Routes

FILE = "route.key"


def routes(settings: Secrets, data: Path) -> Routes:
    """Routes signed with the present key; the one before it is still accepted."""
    given = settings.route_key.get_secret_value().encode()
    before = settings.route_key_before.get_secret_value().encode()
    return Routes([given or kept(data / FILE), *([before] if before else [])])


def kept(path: Path) -> bytes:
    """A key of 32 bytes from its file, which is made when it is missing."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        key = secrets.token_bytes(32)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(key)
        return key


def audit_key(settings: Secrets, data: Path) -> bytes:
    """What seals the audit: from the environment, where it is out of reach of whoever copies the folder, or kept there."""
    return settings.audit_key.get_secret_value().encode() or kept(data / "audit.key")
