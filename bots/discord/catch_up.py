"""What happened while there was no session: Discord replays nothing to a new one, so the history is read.

Support channels first, then the direct channels of people who wrote in the last day, the newest first, at a gentle
rate. A message has the same id in the history as on the gateway, so the inbox drops what was handled before.
Whoever writes before their turn has come is read at once, and what they write waits for that: their order stays.
A person who wrote for the very first time meanwhile is in no list of ours: Discord does not tell of them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from bots.discord.answers import EPOCH
from bots.discord.errors import describe
from bots.discord.rest import Rest
from core.channel import Receive, Remembers
from core.errors import DeliveryError, NotSent, SlowDown, StoreError, Unsure

DAY = 24 * 3600.0
PEOPLE, MESSAGES, PAGES, TRIES = 2_000, 100, 20, 4
"""The most people whose channels are read, messages of one call, calls for one channel, and attempts at it."""
Json = Mapping[str, Any]
Heard = Callable[[str, Json], None]
log = logging.getLogger(__name__)


class CatchUp:
    """Reads what one bot missed and hands it to `heard`. `every` is the least time between two calls, in seconds."""

    def __init__(
        self,
        name: str,
        rest: Rest,
        now: Callable[[], float],
        every: float,
        heard: Heard,
    ) -> None:
        self._name = name
        self._rest = rest
        self._now = now
        self._every = every
        self._heard = heard
        self._knows = True  # who is owed
        self._owed: dict[str, None] = {}  # people whose history is still to be read, the newest first
        self._held: dict[str, list[tuple[str, Json]]] = {}  # what they said meanwhile
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self) -> None:
        """A new session: until it is known who is owed a look at what they said, everybody may be."""
        self._knows = False

    def holds(self, event: str, data: Json) -> bool:
        """Whether this has to wait, because what its writer said before is still to be read."""
        person = _author(data)
        if "guild_id" in data or (self._knows and person not in self._held and person not in self._owed):
            return False
        held = self._held.setdefault(person, [])
        if len(held) >= MESSAGES or len(self._held) > PEOPLE:
            return False  # memory has a bound; the order of who floods has none
        held.append((event, data))
        if self._knows and person in self._owed:
            self._at_once(person, str(data.get("channel_id", "")))
        return True

    async def learn(self, receive: Receive) -> None:
        """Ask who wrote in the last day: they are owed. Whoever is not waits no longer."""
        people: list[str] = []
        if isinstance(receive, Remembers):
            try:
                people = await receive.recent(self._name, self._now() - DAY, PEOPLE)
            except StoreError as error:
                log.warning("the catch-up cannot ask who wrote: %s", describe(error))
        self._owed, self._knows = dict.fromkeys(people), True
        for person, held in list(self._held.items()):
            if person in self._owed:
                self._at_once(person, str(held[0][1].get("channel_id", "")) if held else "")
            else:
                self._release(person)

    @property
    def done(self) -> bool:
        """Whether nobody waits for what they said before to be read."""
        return self._knows and not (self._owed or self._held or self._tasks)

    async def servers(self, supports: Sequence[str]) -> None:
        """Read these support channels once. What fails again and again is skipped."""
        since = self._now() - DAY
        for channel in supports:
            await self._quietly(partial(self._server, channel, since))
            await asyncio.sleep(self._every)

    async def people(self) -> None:
        """Read the direct channels once, likewise."""
        for person in list(self._owed):
            if person in self._owed:  # not read at once meanwhile
                del self._owed[person]
                self._held.setdefault(person, [])
                await self._direct(person)
                await asyncio.sleep(self._every)

    def close(self) -> None:
        """Read nothing any more."""
        for task in self._tasks:
            task.cancel()

    def _at_once(self, person: str, place: str) -> None:
        del self._owed[person]
        task = asyncio.create_task(self._direct(person, place))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _release(self, person: str) -> None:
        for event, data in self._held.pop(person, ()):
            self._heard(event, data)

    async def _server(self, channel: str, since: float) -> None:
        place = await self._rest.call("GET", "/channels/{channel_id}", channel_id=channel)
        for message in await self._history(channel, since):
            self._heard("MESSAGE_CREATE", {**message, "guild_id": place["guild_id"]})

    async def _direct(self, person: str, place: str = "") -> None:
        """What a person said, then what they said while it was read; `place` is our channel, where it is known."""
        await self._quietly(partial(self._private, person, place, self._now() - DAY))
        self._release(person)

    async def _private(self, person: str, place: str, since: float) -> None:
        if not place:
            made = await self._rest.call("POST", "/users/@me/channels", {"recipient_id": person})
            place = str(made["id"])
        for message in await self._history(place, since):
            self._heard("MESSAGE_CREATE", message)

    async def _history(self, channel: str, since: float) -> list[Json]:
        """The messages since then, the oldest first, as they were said: page after page while there are more."""
        found: list[Json] = []
        path = f"/channels/{{channel_id}}/messages?limit={MESSAGES}"
        for _ in range(PAGES):
            before = f"&before={found[-1]['id']}" if found else ""
            page = await self._rest.call("GET", path + before, channel_id=channel)
            fresh = [one for one in page if EPOCH + (int(one["id"]) >> 22) / 1000 >= since]
            found += fresh
            if len(fresh) < MESSAGES:
                break
            await asyncio.sleep(self._every)
        else:
            log.warning("a channel holds more than was read of it: %d messages", len(found))
        return found[::-1]

    async def _quietly(self, read: Callable[[], Awaitable[None]]) -> None:
        """Read it, whatever fails; what may go better the next time is tried again: it must cost nobody's words."""
        for number in range(1, TRIES + 1):
            wait: float | None
            try:
                await read()
            except (NotSent, Unsure) as error:
                failure, wait = describe(error), number * self._every
            except SlowDown as error:
                failure, wait = describe(error), error.after
            except (DeliveryError, LookupError, TypeError, ValueError) as error:
                failure, wait = describe(error), None
            else:
                return
            if wait is None or number == TRIES:
                log.warning("a channel could not be caught up with: %s", failure)
                return
            await asyncio.sleep(wait)


def _author(data: Json) -> str:
    author = data.get("author")
    return str(author.get("id", "")) if isinstance(author, Mapping) else ""
