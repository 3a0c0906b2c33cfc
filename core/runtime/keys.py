"""The key that signs buttons: from the environment, or made once in the data folder, readable by us only."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
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
    """A key of 32 bytes from its file, which is made when it is missing: whole, and by one of those who start at once."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        handle, own = tempfile.mkstemp(dir=path.parent)  # for this user alone
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        with suppress(FileExistsError):
            os.link(own, path)
        os.unlink(own)
        return path.read_bytes()


def audit_key(settings: Secrets, data: Path) -> bytes:
    """What seals the audit: from the environment, where it is out of reach of whoever copies the folder, or kept there."""
    return settings.audit_key.get_secret_value().encode() or kept(data / "audit.key")
