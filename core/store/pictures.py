"""The room of pictures: the bytes, once each, and what platforms call them. See `rooms.py` for the rules."""

from __future__ import annotations

from typing import Protocol


class Pictures(Protocol):
    """Pictures by their names, which are the hashes of their bytes."""

    async def put(self, name: str, data: bytes) -> None:
        """Keep a picture; one that is there already stays as it is."""

    async def find(self, name: str) -> bytes | None:
        """The bytes of a picture, None when there is none of this name or they are not what the name says."""

    async def purge(self) -> int:
        """Forget those that only drafts show which were given up, or written anew without them; how many."""

    async def known(self, keeper: str, name: str) -> str:
        """What the platform calls a picture that this account of ours gave to it, "" when it gave none."""

    async def remember(self, keeper: str, name: str, ref: str) -> None:
        """The platform calls it so from now on."""
