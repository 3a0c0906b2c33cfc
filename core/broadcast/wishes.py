"""What people tell about themselves in /settings: shown in their own words, changed, and erased.

Nothing here asks for an amount or a secret, and what nobody told stays unknown: it is shown as "–" and never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from core.broadcast.education import Education
from core.conversation.engine import Engine
from core.conversation.lessons import EVERY
from core.conversation.model import Address
from core.conversation.zones import CLOCK, by_clock, shown
from core.store.preferences import UNBOUND, Preferences

FLOW = "settings"
"""The flow whose labels name what was chosen."""
UNKNOWN = "–"
QUIET: Mapping[str, str] = {
    "quiet_house": "",
    "quiet_long": "21:00-09:00",
    "quiet_short": "00:00-07:00",
    "quiet_none": "00:00-00:00",
}
"""Choice -> the hours that are stored. A closed list: each is a group of its own whenever something is sent."""
WEEK: Mapping[str, int] = {"week_any": UNBOUND, "week_three": 3, "week_one": 1, "week_urgent": 0}


class Wishes:
    """Of everybody. `assets`: the names that can be chosen."""

    def __init__(
        self, room: Preferences, education: Education, engine: Callable[[], Engine], assets: Sequence[str]
    ) -> None:
        self._room = room
        self._education = education
        self._engine = engine
        self._assets = assets

    async def told(self, at: Address, now: float) -> tuple[bool, dict[str, str]]:
        """Whether anything was ever told, and all of it in the person's language, with what is chosen already."""
        kept = await self._room.find(at.channel, at.user)
        library = self._engine().library
        language = kept.language if kept.language in library.languages else library.languages[0]
        labels = library.flows[FLOW].words[language].choices
        quiet, week = _name(QUIET, kept.quiet), _name(WEEK, kept.week)
        return kept.told, {
            "my_language": labels.get(language, language),
            "my_zone": _zone(kept.zone, now),
            "my_quiet": labels.get(quiet, kept.quiet),
            "my_topics": ", ".join(labels.get(topic, topic) for topic in kept.topics) or UNKNOWN,
            "my_assets": ", ".join(kept.assets) or UNKNOWN,
            "my_week": labels.get(week, str(kept.week)),
            "quiet_now": quiet,
            "week_now": week,
            "topics_now": " ".join(kept.topics),
            "assets_now": " ".join(kept.assets),
        }

    async def language(self, at: Address, language: str) -> None:
        """In which they are written to, whatever it is about."""
        await self._room.language(at.channel, at.user, language)

    async def place(self, at: Address, place: str, now: float) -> Literal["saved", "unclear", "unknown"]:
        """Where they live: a zone, what a clock shows there ("at 14:30"), or "" when they would rather not say."""
        zone = by_clock(place, now) if place.startswith(CLOCK) else place
        if place and not zone:
            return "unclear"
        await self._room.zone(at.channel, at.user, zone, now)
        return "saved" if zone else "unknown"

    async def quiet(self, at: Address, choice: str, now: float) -> None:
        """When they are not to be disturbed."""
        await self._room.quiet(at.channel, at.user, QUIET[choice], now)

    async def week(self, at: Address, choice: str, now: float) -> None:
        """How many broadcasts a week they want."""
        await self._room.week(at.channel, at.user, WEEK[choice], now)

    async def topic(self, at: Address, topic: str, chosen: str, now: float) -> Literal["saved", "needs_zone"]:
        """One more topic of lessons than were `chosen` when it was asked, or one less; without any there is no
        subscription. Safe to repeat: it does not begin with what is stored."""
        kept = await self._room.find(at.channel, at.user)
        if not kept.zone:
            return "needs_zone"
        topics = _toggled(chosen.split(), topic)
        if topics:
            await self._education.subscribe(at, kept.language, kept.zone, topics, now)
        else:
            await self._education.unsubscribe(at, now)
        return "saved"

    async def assets(self, at: Address, named: str, chosen: str) -> None:
        """One name is one more than were `chosen`, or one less; several, as they are typed, are all meant."""
        names, before = {*named.split()}, {*chosen.split()}
        wanted = before | names if len(names) > 1 else before ^ names
        await self._room.assets(at.channel, at.user, [one for one in self._assets if one in wanted])

    async def forget(self, at: Address) -> None:
        """Erase all of it."""
        await self._room.forget(at.channel, at.user)


def _toggled(topics: Sequence[str], topic: str) -> list[str]:
    """Everything is a choice of its own: it ends the others, and any other ends it."""
    if topic in topics:
        return [one for one in topics if one != topic]
    return [topic] if EVERY in (topic, *topics) else [*topics, topic]


def _name(known: Mapping[str, str] | Mapping[str, int], value: str | int) -> str:
    return next((name for name, one in known.items() if one == value), "")


def _zone(zone: str, now: float) -> str:
    """With the time there: whoever reads it sees at once whether it is right."""
    return f"{shown(zone)} ({datetime.fromtimestamp(now, ZoneInfo(zone)):%H:%M})" if zone else UNKNOWN
