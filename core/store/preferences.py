"""The room of preferences: what people told about themselves in /settings. See `rooms.py` for the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

UNBOUND = 1000
"""Broadcasts a week where a person named no bound of their own."""


@dataclass(frozen=True, slots=True)
class Preference:
    """What is stored of one person. `zone` "" is unknown, `quiet` "" the house's hours; `topics` are of their
    subscription, none without one. `told`: whether anything was ever said. `language`: in which they are written to."""

    zone: str = ""
    quiet: str = ""
    week: int = UNBOUND
    topics: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    told: bool = False
    language: str = ""


class Preferences(Protocol):
    """Preferences. A person is a user of a channel."""

    async def find(self, channel: str, user: str) -> Preference:
        """All that is stored of them."""

    async def zone(self, channel: str, user: str, zone: str, at: float) -> None:
        """Where they live, "" for unknown again; their lessons move along."""

    async def quiet(self, channel: str, user: str, hours: str, at: float) -> None:
        """When they are not to be written to."""

    async def week(self, channel: str, user: str, most: int, at: float) -> None:
        """How many broadcasts a week they want."""

    async def language(self, channel: str, user: str, language: str) -> None:
        """The language of their lessons and broadcasts."""

    async def assets(self, channel: str, user: str, names: Sequence[str]) -> None:
        """These, and no others."""

    async def forget(self, channel: str, user: str) -> None:
        """Delete all of it, the subscription and its progress included, and take back what waits to be sent. That
        somebody wants no broadcasts stays."""
