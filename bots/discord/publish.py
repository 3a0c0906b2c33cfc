"""Boards: announcement channels, whose messages go on to every server that follows them.

A message that stands but could not be published is not sent again, for people have read it: it is logged.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from bots.discord.rest import Rest
from core.errors import DeliveryError, Refused

PUBLISHED = 5
"""The kind of a channel that others can follow."""
PATIENCE = 10.0
"""Seconds for publishing; with the message before it, less than a delivery is in hand."""
log = logging.getLogger(__name__)


class Boards:
    """The configured ones of one bot."""

    def __init__(self, name: str, rest: Rest, boards: Sequence[str]) -> None:
        self._name = name
        self._rest = rest
        self._known: dict[str, tuple[int, str]] = {}  # board -> (kind, server)
        self._boards = frozenset(boards)

    async def check(self, place: str, mention: str) -> None:
        """Whether this may be called here: a role, in a board, and never the one that everybody has.

        Raises:
            DeliveryError: it may not, or the platform could not be asked.
        """
        if mention and (place not in self._boards or mention == (await self._look(place))[1]):
            raise Refused("everybody is never called, and a role only in an announcement channel")

    async def publish(self, place: str, ref: str) -> None:
        """Send a message of ours on to whoever follows; a plain channel has nobody who does."""
        if place not in self._boards:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                if (await self._look(place))[0] == PUBLISHED:
                    path = "/channels/{channel_id}/messages/{message_id}/crosspost"
                    await self._rest.call("POST", path, channel_id=place, message_id=ref)
        except (DeliveryError, TimeoutError) as error:
            log.warning("%s: %s stands in %s, but was not published: %s", self._name, ref, place, error)

    async def _look(self, place: str) -> tuple[int, str]:
        if place not in self._known:
            found = await self._rest.call("GET", "/channels/{channel_id}", channel_id=place)
            self._known[place] = (int(found["type"]), str(found.get("guild_id", "")))
        return self._known[place]
