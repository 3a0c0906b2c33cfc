"""From the gateway to core: events are read at once, stored in the order in which they came, in groups.

The gateway acknowledges nothing and replays nothing to a new session, so what the store cannot take now is held
here and tried again; what is lost with this process is found by the catch-up.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from typing import Any

from bots.discord.errors import describe
from bots.discord.read import SUBMIT, read
from bots.sentences import Say
from bots.shapes import ReadError, nameless
from bots.small_files import Fetch, looked_into
from bots.wellformed import wellformed
from core.channel import Receive
from core.conversation.model import Address, Incoming
from core.errors import StoreError

GROUP = 256
HELD = 20_000
"""Events held while the store takes nothing; beyond it the oldest are left to the catch-up."""
AGAIN = 0.5
log = logging.getLogger(__name__)


def translate(event: str, data: Any, channel: str, me: str, say: Say) -> list[Incoming]:
    """What happened. An event that cannot be read becomes `unread` and holds up nothing."""
    try:
        return read(event, data, channel, me)
    except ReadError as error:
        number = data.get("id") if isinstance(data, Mapping) else None
        event_id = f"u{number}" if isinstance(number, str) and number.isdecimal() else "none"
        log.warning(say("unread", event=event_id, reason=error))
        text = f"{error}\n{nameless(_without_secrets(data))}"
        return [Incoming(event_id, Address(channel, "", ""), "unread", text=wellformed(text))]


def _without_secrets(data: Any) -> Any:
    """What answers an interaction is a bearer secret, and in a form there may be a code: both are kept nowhere."""
    if not isinstance(data, Mapping):
        return data
    secret = ("token", "data") if data.get("type") == SUBMIT else ("token",)
    return {key: value for key, value in data.items() if key not in secret}


class Inbound:
    """The line before the store. `run` empties it for ever."""

    def __init__(self, name: str, say: Say, fetch: Fetch) -> None:
        self._name = name
        self._fetch = fetch
        self._say = say
        self._waiting: deque[Incoming] = deque(maxlen=HELD)
        self._awake = asyncio.Event()
        self._put = self._stored = 0
        self._further = asyncio.Event()  # one more group is stored

    def put(self, events: list[Incoming]) -> None:
        """Take these, in this order."""
        self._waiting.extend(events)
        self._put += len(events)
        self._awake.set()

    async def stored(self) -> None:
        """Return when all that was put so far is stored. Never, once events had to be left to the catch-up."""
        until = self._put
        while self._stored < until:
            self._further.clear()
            await self._further.wait()

    async def run(self, receive: Receive) -> None:
        """Hand over what waits, group after group; a group that could not be stored is tried again."""
        while True:
            await self._awake.wait()
            self._awake.clear()
            while self._waiting:
                group = [self._waiting.popleft() for _ in range(min(GROUP, len(self._waiting)))]
                await self._store(await looked_into(group, self._fetch), receive)
                self._stored += len(group)
                self._further.set()

    async def _store(self, group: list[Incoming], receive: Receive) -> None:
        while True:
            try:
                await receive(group)
            except StoreError as error:
                log.warning(self._say("not_stored", name=self._name, reason=describe(error)))
                await asyncio.sleep(AGAIN)
            else:
                return
