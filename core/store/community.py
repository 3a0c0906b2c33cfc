"""What the watch over the groups asks of a store."""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol


class Sighting(NamedTuple):
    """Somebody or something in a group. `person` is the platform's number; `ref` their message, "" for a joining;
    `what` the codes of what was seen; `event` the inbox row."""

    channel: str
    chat: str
    person: str
    ref: str
    what: str
    event: int


class CommunityRoom(Protocol):
    """What was seen, and what staff said about it."""

    async def seen(self, one: Sighting, now: float) -> int | None:
        """Its number, when staff have to hear of it: None while it is open, and for ever once it was cleared."""

    async def settle(self, number: int, state: Literal["erased", "fine"]) -> Sighting | None:
        """The sighting that staff settled; None when there is none."""
