"""Hex that may be a key: held in memory under a random handle, never in a row and never in a log.

A row holds the handle. After a crash the handle opens nothing, and the person is asked again. Whoever proves that it is
a transaction id (a node that knows it, or the person) may write it down from then on.
"""

from __future__ import annotations

import base64
import secrets
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Final

from core.chain.hexes import hide
from core.conversation.model import Incoming

HELD: Final = 10_000
"""Digits of so many people at most; beyond that the oldest go."""
LONGEST: Final = 2 * 3600.0
"""Seconds: as long as we look again for what no node knew."""


@dataclass(frozen=True, slots=True)
class _Held:
    digits: str
    owner: str
    at: float
    is_id: bool = False

    def __repr__(self) -> str:
        return "_Held(…)"


class Vault:
    """What is held. `hosts`: explorers whose links make their digits a transaction id."""

    def __init__(self, hosts: Collection[str], now: Callable[[], float]) -> None:
        self._hosts = hosts
        self._now = now
        self._held: OrderedDict[str, _Held] = OrderedDict()

    def hide(self, incoming: Incoming) -> Incoming:
        """The same update without digits of unknown kind. Only what its own conversation holds can be opened there."""
        if incoming.kind == "pressed":  # what hides digits in a button gets no further than a forged one
            safe = hide(incoming.text, (), lambda digits: "") == incoming.text
            return incoming if safe else incoming._replace(text="")
        if incoming.kind == "unread":  # its texts are masked already
            return incoming
        owner = incoming.address.key

        def keep(digits: str) -> str:
            return self._keep(digits, owner)

        text, quoted = hide(incoming.text, self._hosts, keep), hide(incoming.quoted, self._hosts, keep)
        if (text, quoted) == (incoming.text, incoming.quoted):
            return incoming
        return incoming._replace(text=text, quoted=quoted)

    def open(self, handle: str, owner: str) -> str:
        """The 64 digits behind a handle, for the conversation that sent them; "" when they are gone."""
        held = self._live(handle, owner)
        return held.digits if held else ""

    def is_id(self, handle: str, owner: str) -> bool:
        """Whether the person said that it is a transaction id."""
        held = self._live(handle, owner)
        return held is not None and held.is_id

    def call_id(self, handle: str, owner: str) -> bool:
        """The person says that it is a transaction id. False when it is gone."""
        held = self._live(handle, owner)
        if held is not None:
            self._held[handle] = replace(held, is_id=True)
        return held is not None

    def forget(self, handle: str, owner: str) -> None:
        """Let go of it."""
        if self._live(handle, owner):
            del self._held[handle]

    def _keep(self, digits: str, owner: str) -> str:
        now = self._now()
        while self._held and (len(self._held) >= HELD or self._oldest_is_old(now)):
            self._held.popitem(last=False)
        handle = "hex#" + base64.b32encode(secrets.token_bytes(10)).decode().lower()
        self._held[handle] = _Held(digits, owner, now)
        return handle

    def _oldest_is_old(self, now: float) -> bool:
        return now - next(iter(self._held.values())).at > LONGEST

    def _live(self, handle: str, owner: str) -> _Held | None:
        held = self._held.get(handle)
        if held is None or held.owner != owner or self._now() - held.at > LONGEST:
            return None
        return held
