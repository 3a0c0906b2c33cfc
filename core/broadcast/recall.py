"""Taking back what was sent, where the platform still lets us: each message is erased by a row of its own."""

from __future__ import annotations

from collections.abc import Mapping

from core.channel import Abilities
from core.conversation.model import Address, Erase
from core.conversation.wire import dump_address, dump_effect
from core.runtime.effects import LOW
from core.store.broadcasts import Broadcasts, Delivered
from core.store.rows import NewEffect

PAGE = 500


async def recall(
    room: Broadcasts, name: str, abilities: Mapping[str, Abilities], now: float
) -> tuple[int, int]:
    """Erase every message of a broadcast: (rows made, messages that are too old). Safe to repeat."""
    made = old = 0
    after = ""
    while lines := await room.report(name, after, PAGE):
        sent = [line for line in lines if line.outcome in ("sent", "uncertain") and line.ref]
        rows = [_row(line, now) for line in sent if _fresh(line, abilities, now)]
        await room.queue_once(rows)
        made, old, after = made + len(rows), old + len(sent) - len(rows), lines[-1].key
    return made, old


def _fresh(line: Delivered, abilities: Mapping[str, Abilities], now: float) -> bool:
    can = abilities.get(line.channel)
    hours = can.recall_hours if can else 0.0
    return can is not None and (not hours or now - line.ended_at < hours * 3600)


def _row(line: Delivered, now: float) -> NewEffect:
    address = Address(line.channel, line.chat, line.user)
    kind, payload = dump_effect(Erase(line.ref, True))
    return NewEffect(f"r:{line.key}", f"{address.key}|e", LOW, kind, dump_address(address), payload, now)
