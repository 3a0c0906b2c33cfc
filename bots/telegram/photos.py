"""Photos: given to Telegram once for each bot, then sent by what Telegram calls them, however many people get them.

Whoever is first uploads while the others wait for its name; a name that Telegram does not know any more is one upload.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

from bots.telegram.draw import PHOTO, Params
from bots.telegram.errors import Forgotten
from core.channel import Album
from core.conversation.picture import mime_of
from core.errors import Malformed, NotSent

FILE = "picture"
"""The part of the request that holds the bytes."""
PATIENCE = 30.0
"""Seconds of waiting for somebody else's upload; with one's own it is less than a delivery is in hand."""


class Call(Protocol):
    """One request to the API, which raises our errors. `files`: field -> (name, bytes, kind)."""

    def __call__(
        self, method: str, params: Params, files: Mapping[str, tuple[str, bytes, str]] | None = None
    ) -> Awaitable[Any]:
        """The call's result."""


class Photos:
    """The photos of one bot; `keeper` is how the store knows this bot."""

    def __init__(self, call: Call, keeper: str) -> None:
        self._call = call
        self._keeper = keeper
        self._first: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.album: Album | None = None

    async def call(self, method: str, params: Params) -> Any:
        """Send or edit a message with a photo, whose name `params` hold.

        Raises:
            DeliveryError: by what really happened.
        """
        if self.album is None:
            raise Malformed("no pictures here")
        name = str(params[PHOTO])
        stale = ""
        while True:
            ref = await self.album.known(self._keeper, name)
            if ref in ("", stale):
                async with self._alone(name):
                    if await self.album.known(self._keeper, name) in ("", stale):
                        return await self._upload(self.album, method, params, name)
                continue
            try:
                return await self._call(method, _shown(method, params, ref))
            except Forgotten:
                stale = ref

    @asynccontextmanager
    async def _alone(self, name: str) -> AsyncIterator[None]:
        """One upload of a picture at a time; who has waited too long has sent nothing."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._first[name].acquire()
        except TimeoutError:
            raise NotSent("others have been uploading this picture for too long") from None
        try:
            yield
        finally:
            self._first[name].release()

    async def _upload(self, album: Album, method: str, params: Params, name: str) -> Any:
        files = {FILE: (name, await album.bytes_of(name), mime_of(name))}
        result = await self._call(method, _shown(method, params, f"attach://{FILE}"), files)
        sizes = result.get("photo") if isinstance(result, dict) else None
        if isinstance(sizes, list) and sizes:  # the last one is the largest
            await album.remember(self._keeper, name, str(sizes[-1]["file_id"]))
        return result


def _shown(method: str, params: Params, ref: str) -> Params:
    """The parameters of the method: an edit has its photo and its caption in one object."""
    if method == "sendPhoto":
        return params | {PHOTO: ref}
    parts = ("caption", "caption_entities")
    media = {"type": "photo", "media": ref} | {part: params[part] for part in parts if part in params}
    rest = {name: value for name, value in params.items() if name not in (*parts, PHOTO)}
    return rest | {"media": media}
