"""The audit as a chain: a seal every few seconds, each an HMAC over the one before and the lines since.

Whoever changes, adds or takes away a sealed line breaks the chain, unless they have the key, which stands in no
row. Whoever cuts off its end does not; that is why its head is posted where staff can see it.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import Conflict
from core.store.staff import Line, SealRow, StaffRoom

START = -(2**62)
"""Before every id: a line that somebody put before the first one is found, too."""
LAG = 5.0
"""Seconds that a line rests before it is sealed: a transaction that began earlier may still end."""
PAGE = 2000
"""Lines in one seal, and in one read."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of checking the whole chain. `broken`: the first seal that does not fit, 0 for none; between
    which ids of the audit it lies. `open`: lines that no seal covers yet. `known`: the head that was asked for is in
    the chain."""

    seals: int
    lines: int
    open: int
    head: str
    broken: int = 0
    between: tuple[int, int] = (0, 0)
    known: bool = True

    @property
    def fine(self) -> bool:
        """Nothing is wrong."""
        return not self.broken and self.known


class Chain:
    """Seals and checks."""

    def __init__(self, room: StaffRoom, key: bytes) -> None:
        self._room = room
        self._key = key

    async def seal(self, now: float) -> SealRow | None:
        """Seal what is not sealed yet, one page of it; the new seal, None when there was nothing to seal."""
        head = await self._room.head()
        lines = await self._room.lines(head.last if head else START, now - LAG, PAGE)
        if not lines:
            return None
        mac = self._mac(head.mac if head else "", lines)
        row = SealRow(head.number + 1 if head else 1, lines[-1].id, len(lines), mac, now)
        try:
            await self._room.seal(row)
        except Conflict:  # another process was quicker
            return None
        return row

    async def verify(self, wanted: str = "") -> Verified:
        """Walk the chain from its beginning. `wanted`: a head (or how it begins) that was once posted."""
        mac, last, number, lines, known = "", START, 0, 0, not wanted
        while seals := await self._room.seals(number, 200):
            for row in seals:
                part = await self._between(last, row.last)
                if row.number != number + 1 or len(part) != row.lines or self._mac(mac, part) != row.mac:
                    return Verified(number, lines, 0, mac, number + 1, (last, row.last), known)
                mac, last, number, lines = row.mac, row.last, row.number, lines + len(part)
                known = known or mac.startswith(wanted)
        rest = await self._room.lines(last, float("inf"), PAGE)
        return Verified(number, lines, len(rest), mac, known=known)

    async def _between(self, after: int, last: int) -> list[Line]:
        """Every line that a seal covers; one more than it can hold is enough to see that it does not fit."""
        lines = await self._room.lines(after, float("inf"), PAGE + 1)
        return [line for line in lines if line.id <= last]

    def _mac(self, before: str, lines: Sequence[Line]) -> str:
        rows = [[one.id, one.at, one.actor, one.action, one.subject, one.detail] for one in lines]
        body = f"{before}\n{json.dumps(rows, ensure_ascii=False)}"
        return hmac.new(self._key, body.encode("utf-8", "surrogatepass"), "sha256").hexdigest()
