"""The keys of a process: from the environment, or made once in the data folder, readable by us only. Those who work on one
database must have the same ones: each is known to the others by its mark, of which nobody learns the key."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from core.config import Secrets
from core.conversation.route import Routes

FILE = "route.key"
NAMES = ("HELPLINE_SECRETS__ROUTE_KEY", "HELPLINE_SECRETS__AUDIT_KEY")


@dataclass(frozen=True, slots=True)
class Marks:
    """Of each key in `NAMES`: the mark of ours, and those of the keys that we accept beside it."""

    ours: tuple[str, ...] = ()
    before: tuple[tuple[str, ...], ...] = ()

    def differs(self, theirs: tuple[str, ...]) -> str:
        """The name of the first key that somebody with these marks does not share with us; "" when there is none."""
        for name, ours, before, mark in zip(NAMES, self.ours, self.before, theirs, strict=False):
            if mark != ours and mark not in before:
                return name
        return ""


UNMARKED = Marks()
"""Of a process that compares no keys."""


def marks(settings: Secrets, data: Path) -> Marks:
    """The marks of a process's keys."""
    route, *before = map(_mark, _route_keys(settings, data))
    return Marks((route, _mark(audit_key(settings, data))), (tuple(before), ()))


def _mark(key: bytes) -> str:
    """32 bits: enough to tell two keys apart, too few to find one by."""
    return blake2b(key, digest_size=4, person=b"mark").hexdigest()


def routes(settings: Secrets, data: Path) -> Routes:
    """Routes signed with the present key; the one before it is still accepted."""
    return Routes(_route_keys(settings, data))


def _route_keys(settings: Secrets, data: Path) -> list[bytes]:
    given = settings.route_key.get_secret_value().encode()
    before = settings.route_key_before.get_secret_value().encode()
    return [given or kept(data / FILE), *([before] if before else [])]


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
