"""A call for a human, and what is written to one, that cannot be passed on: it is tried again, and then the person is told
to ask once more and the staff are alarmed. Nobody is left waiting for somebody who knows nothing of it."""

from __future__ import annotations

import logging

from core.conversation.engine import FAILED
from core.conversation.model import Finished, HandOver
from core.conversation.wire import dump_event, load_address
from core.runtime.ends import Done, Later, dead, later, pause
from core.runtime.recent import load_effect
from core.sentences import told
from core.store.rows import EffectRow, NewEvent

CALLS = frozenset({"hand_over", "note"})
"""Kinds of rows for which a human is wanted."""
TRIES = 3
log = logging.getLogger(__name__)


def broken(row: EffectRow, why: str, now: float) -> Done | Later:
    """How a row goes on that could not be performed, for a reason which nobody foresaw."""
    if row.kind in CALLS and row.attempts + 1 < TRIES:
        return later(row, pause(row.attempts), why, now)
    return dead(row, why)._replace(event=_unheard(row))


def alarm(row: EffectRow) -> None:
    """Say that a row ended without having been performed, where a person counts on it."""
    if row.kind in CALLS:
        log.critical("%s", told(f"call.{row.kind}"))


def _unheard(row: EffectRow) -> NewEvent | None:
    """What tells the person. It is no result: the row may be queued again, and then it has one."""
    effect = load_effect(row.kind, row.payload)
    if not isinstance(effect, HandOver):
        return None
    address = load_address(row.address)
    event = dump_event(address, Finished(effect.visit, FAILED))
    return NewEvent(address.channel, f"unheard:{row.key}", address.key, event)
