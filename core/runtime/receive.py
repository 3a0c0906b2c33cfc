"""The way in: guard in memory, then the inbox, then (only then) the platform may be told that we have it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.conversation.model import Incoming
from core.conversation.wire import dump_incoming
from core.runtime.turns import Turner
from core.safety.guard import Inspected
from core.store.rooms import NewEvent, Store

Inspect = Callable[[str], Inspected]


class Receiver:
    """Takes translated updates from any channel."""

    def __init__(self, store: Store, inspect: Inspect, turner: Turner, now: Callable[[], float]) -> None:
        self._store = store
        self._inspect = inspect
        self._turner = turner
        self._now = now

    async def __call__(self, incomings: Sequence[Incoming]) -> None:
        """Returns when all are durable; repeats are dropped by the inbox.

        Raises:
            StoreError: nothing was stored, so nothing may be acknowledged.
        """
        events = [self._event(guarded(self._inspect, incoming)) for incoming in incomings]
        fresh = await self._store.inbox.add(events, self._now())
        for row in fresh:
            self._turner.take(row)

    @staticmethod
    def _event(incoming: Incoming) -> NewEvent:
        address = incoming.address
        return NewEvent(address.channel, incoming.event_id, address.key, dump_incoming(incoming))


def guarded(inspect: Inspect, incoming: Incoming) -> Incoming:
    """The same update with every secret masked. Nothing before this line is logged or stored."""
    if not (incoming.text or incoming.quoted):
        return replace(incoming, name="") if incoming.name else incoming
    if incoming.kind == "pressed":
        return replace(incoming, quoted="", name="")
    said, quoted = inspect(incoming.text), inspect(incoming.quoted)
    if not (said.kinds or quoted.kinds):
        return incoming if not incoming.name else replace(incoming, name="")
    return replace(
        incoming, text=said.text, quoted=quoted.text, name="", secrets=(*said.kinds, *quoted.kinds)
    )
