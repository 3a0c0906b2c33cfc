"""The way in: guard in memory, then the inbox, then (only then) the platform may be told that we have it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from core.conversation.model import Incoming
from core.conversation.wire import dump_incoming
from core.runtime.turns import Turner
from core.safety.guard import Inspected, mask
from core.store.rooms import NewEvent, Store

Inspect = Callable[[str], Inspected]
LANGUAGE = 16
"""Characters of a language's tag; a longer one names no language."""


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
    incoming = replace(incoming, name="", language_hint=incoming.language_hint[:LANGUAGE])
    if not (incoming.text or incoming.quoted):
        return incoming
    if incoming.kind == "unread":
        return replace(incoming, text=_remains(inspect, incoming.text))
    said, quoted = inspect(incoming.text), inspect(incoming.quoted)
    if incoming.kind == "pressed":  # what hides a secret in a button gets no further than a forged one
        return replace(incoming, text="" if said.kinds else said.text, quoted="")
    return replace(incoming, text=said.text, quoted=quoted.text, secrets=(*said.kinds, *quoted.kinds))


def _remains(inspect: Inspect, text: str) -> str:
    """A reason, and the JSON of an update that could not be read: each string in it is masked, then the whole."""
    reason, _, body = text.partition("\n")
    with suppress(ValueError, RecursionError):  # what was cut is masked as a whole below
        body = json.dumps(mask(json.loads(body)), ensure_ascii=False)
    return inspect(f"{reason}\n{body}").text
