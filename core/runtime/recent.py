"""Rows are mostly read right after they were written: what was written is remembered beside its text.

All values are frozen and equal to what reading the text would make, so this changes nothing but the cost. What it holds
is after the guard like the rows themselves.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from core.conversation import wire
from core.conversation.model import Address, Effect, Event, Incoming
from core.conversation.state import Conversation

RECENT = 1024
T = TypeVar("T")


class Recent(Generic[T]):
    """The values of one kind that were written last, by their text: at least `fewest`, at most twice as many."""

    def __init__(self, fewest: int = RECENT) -> None:
        self._fewest = fewest
        self._values: dict[str, T] = {}
        self._older: dict[str, T] = {}

    def __len__(self) -> int:
        return len(self._values) + len(self._older)

    def note(self, text: str, value: T) -> str:
        """Remember a value; returns its text."""
        self._values[text] = value
        if len(self._values) >= self._fewest:
            self._older, self._values = self._values, {}
        return text

    def get(self, text: str) -> T | None:
        """The value of a text, if it was written lately."""
        return self._values.get(text) or self._older.get(text)


_incomings = Recent[Incoming]()
_states = Recent[Conversation]()
# By the payload alone: its hash is known, that of a longer text is not.
_effects = Recent[tuple[str, Effect]]()


def dump_incoming(incoming: Incoming) -> str:
    """As in wire. What a row does not keep (a handle, here and below) is not remembered either."""
    text = wire.dump_incoming(incoming)
    return text if incoming.reply_handle else _incomings.note(text, incoming)


def load_inbound(text: str) -> Incoming | tuple[Address, Event]:
    """As in wire."""
    return _incomings.get(text) or wire.load_inbound(text)


def dump_conversation(conversation: Conversation) -> str:
    """As in wire."""
    text = wire.dump_conversation(conversation)
    return text if conversation.address.reply else _states.note(text, conversation)


def load_conversation(text: str) -> Conversation:
    """As in wire."""
    return _states.get(text) or wire.load_conversation(text)


def dump_effect(effect: Effect) -> tuple[str, str]:
    """As in wire."""
    kind, payload = wire.dump_effect(effect)
    _effects.note(payload, (kind, effect))
    return kind, payload


def load_effect(kind: str, payload: str) -> Effect:
    """As in wire."""
    written = _effects.get(payload)
    return written[1] if written and written[0] == kind else wire.load_effect(kind, payload)
