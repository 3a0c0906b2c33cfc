"""The second factor of staff: time-based codes (RFC 6238), each used once.

A session that somebody stole can press every button, but it cannot make a code. Secrets are kept sealed, with a key
that stands in no row. After five wrong codes in a row a person is locked out until an admin lets them in again.
"""

from __future__ import annotations

import base64
import hmac
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from core.runtime.seal import Seal
from core.store.rows import AuditLine, NewEffect
from core.store.staff import StaffRoom

STEP = 30
"""Seconds of a time step."""
DIGITS = 6
TRIES = 5
"""Codes in a row that did not count before a person is locked out."""
ISSUER = "Helpline"
FIRST = "(first)"
"""Who confirms the very first enrollment: there is nobody yet who could."""
CODE = re.compile(r"\s*(\d{3})[ -]?(\d{3})\s*")

Verdict = Literal["ok", "wrong", "used", "locked", "unenrolled"]


@dataclass(frozen=True, slots=True)
class Enrollment:
    """What an authenticator app scans, and the same to type."""

    uri: str
    secret: str


class Factors:
    """Enrolls people and checks their codes. `now` is the clock in epoch seconds."""

    def __init__(self, room: StaffRoom, seal: Seal, now: Callable[[], float]) -> None:
        self._room = room
        self._seal = seal
        self._now = now

    async def enroll(self, name: str, by: str) -> Enrollment:
        """A new secret for a person; it counts from its confirmation on, and ends the one before."""
        secret = os.urandom(20)
        text = base64.b32encode(secret).decode()
        line = AuditLine(self._now(), by, "enroll", name)
        await self._room.enroll(name, self._seal.seal(text, name), line)
        return Enrollment(_totp(secret).get_provisioning_uri(name, ISSUER), text)

    async def check(self, name: str, code: str, *, unconfirmed: bool = False) -> Verdict:
        """Whether this is a person's present code; it is used up by asking.

        `unconfirmed`: also of somebody who is only enrolling.
        """
        factor = await self._room.factor(name)
        if factor is None or not (factor.confirmed_by or unconfirmed):
            return "unenrolled"
        # before the code is looked at: a thousand at once are five, too
        tries = await self._room.attempt(name, TRIES)
        if not tries:
            return "locked"
        step = self._step(self._seal.open(factor.sealed, name) or "", code)
        if step is None:
            return "locked" if tries >= TRIES else "wrong"
        return "ok" if await self._room.use(name, step) else "used"

    async def confirm(self, name: str, by: str, posts: Sequence[NewEffect]) -> None:
        """An admin saw a person enroll; `posts` tell it to the staff."""
        await self._room.confirm(name, by, AuditLine(self._now(), by, "confirm", name), posts)

    async def first(self) -> bool:
        """Whether nobody was ever confirmed."""
        return not await self._room.enrolled()

    def _step(self, secret: str, code: str) -> int | None:
        """The time step of a code: this one, or a neighbour, for clocks are never quite the same."""
        found = CODE.fullmatch(code)
        if not secret or found is None:
            return None
        totp, here = _totp(base64.b32decode(secret)), int(self._now()) // STEP
        given = (found[1] + found[2]).encode()
        fits = [n for n in (here, here - 1, here + 1) if hmac.compare_digest(totp.generate(n * STEP), given)]
        return fits[0] if fits else None


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP)  # noqa: S303 - what every authenticator app speaks
