"""The pictures of one store, for the channels that show them: the newest few in memory, as a million people may get one.

A store that fails is a delay here, never a lost message: before anything was sent it is asked again, and after that
what the platform called a picture is only forgotten.
"""

from __future__ import annotations

import logging
from collections import OrderedDict

from core.errors import Malformed, NotSent, StoreError
from core.store.pictures import Pictures

NEWEST = 8
"""Pictures in memory: at most so many megabytes."""
log = logging.getLogger(__name__)


class StoredAlbum:
    """What a channel asks of the store about pictures."""

    def __init__(self, room: Pictures) -> None:
        self._room = room
        self._newest: OrderedDict[str, bytes] = OrderedDict()
        self._refs: dict[tuple[str, str], str] = {}

    async def bytes_of(self, name: str) -> bytes:
        """A picture's bytes.

        Raises:
            NotSent: the store cannot be asked now.
            Malformed: there is no such picture; the words are sent without it.
        """
        if name not in self._newest:
            try:
                data = await self._room.find(name)
            except StoreError as error:
                raise NotSent(f"the store: {error}") from None
            if data is None:
                raise Malformed("the picture is not in the store")
            self._newest[name] = data
        self._newest.move_to_end(name)
        while len(self._newest) > NEWEST:
            self._newest.popitem(last=False)
        return self._newest[name]

    async def known(self, keeper: str, name: str) -> str:
        """What the platform calls it, "" when that is not known."""
        if (keeper, name) not in self._refs:
            try:
                ref = await self._room.known(keeper, name)
            except StoreError as error:
                raise NotSent(f"the store: {error}") from None
            if not ref:
                return ""
            self._refs[keeper, name] = ref
        return self._refs[keeper, name]

    async def remember(self, keeper: str, name: str, ref: str) -> None:
        """The platform calls it so from now on."""
        self._refs[keeper, name] = ref
        try:
            await self._room.remember(keeper, name, ref)
        except StoreError as error:
            log.warning("what a platform calls a picture was not kept: %s", error)
