"""Taking back what was sent, where the platform still lets us: each message is erased by a row of its own.

With a broadcast go those that correct it, for they stand where it stood. What was on the wire at that moment is waited
for: it would stay otherwise.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from core.broadcast.content import load
from core.channel import Abilities
from core.conversation.model import Address, Erase
from core.runtime.effects import low_row
from core.store.broadcasts import Broadcasts, Delivered, Kept
from core.store.rows import NewEffect

PAGE = 500
AGAIN, PATIENCE = 0.1, 10.0
"""Seconds between looks at what is on the wire, and how long that is waited for."""


async def with_corrections(room: Broadcasts, kept: Kept) -> list[Kept]:
    """A broadcast, what corrects it, what corrects that, and so on."""
    found, known = [kept], await room.listing(PAGE)
    for one in found:
        found += [other for other in known if load(other.content).rule.got == one.name and other not in found]
    return found


async def recall(
    room: Broadcasts, kept: Kept, abilities: Mapping[str, Abilities], now: float, gone: set[int]
) -> tuple[int, int]:
    """Erase every message of a broadcast that has ended: (rows made, messages that are too old). Safe to repeat.
    `gone`: those that another broadcast had in the same place, and that go with it.
    """
    for _ in range(int(PATIENCE / AGAIN)):
        if not await room.queued(kept.name, kept.version):
            break
        await asyncio.sleep(AGAIN)
    made = old = 0
    after = ""
    while lines := await room.report(kept.name, after, PAGE):
        sent = [line for line in lines if line.outcome in ("sent", "uncertain") and line.ref]
        sent = [line for line in sent if _message(line) not in gone]
        rows = [_row(line, now) for line in sent if _fresh(line, abilities, now)]
        await room.queue_once(rows)
        gone.update(map(_message, sent))
        made, old, after = made + len(rows), old + len(sent) - len(rows), lines[-1].key
    return made, old


def _message(line: Delivered) -> int:
    return hash((line.channel, line.chat, line.ref))


def _fresh(line: Delivered, abilities: Mapping[str, Abilities], now: float) -> bool:
    can = abilities.get(line.channel)
    hours = can.recall_hours if can else 0.0
    return can is not None and (not hours or now - line.ended_at < hours * 3600)


def _row(line: Delivered, now: float) -> NewEffect:
    address = Address(line.channel, line.chat, line.user)
    return low_row(f"r:{line.key}", address, Erase(line.ref, True), now)
