"""Whom a broadcast is for: its rule as the store asks for it, and a dry run that counts.

On a channel where people may not be written to unasked, only those who subscribed are reached, whatever the rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.broadcast.content import Content
from core.channel import Abilities
from core.store.broadcasts import Broadcasts, Group

DAY = 86_400.0
WEEK = 7 * DAY
NO_CAP = 10_000
"""More than anybody is ever sent: only people's own bounds count."""
NOBODY = -1
"""No incident has this number."""
WINDOW = 2000
"""People in one read of a dry run."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A dry run: people by channel and language; `unknown` of them told no zone. `untold`: how many are left out of a
    rule about assets because they told none; nobody knows whether they should be in."""

    people: int = 0
    channels: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    unknown: int = 0
    untold: int = 0


def group(
    content: Content,
    abilities: Mapping[str, Abilities],
    languages: Sequence[str],
    cap: int,
    now: float,
    incident: int = 0,
) -> Group:
    """What the store is asked for. `cap`: broadcasts a week that one person gets at most; 0 for no cap. `incident`: the
    end of that incident is told to those it has affected: they wrote to us, and were told that they would hear."""
    rule = content.rule
    if content.incident is not None:
        names = tuple(abilities)
        return Group(names, names, tuple(languages), incident=incident or NOBODY)
    channels = tuple(name for name in abilities if not rule.channels or name in rule.channels)
    return Group(
        channels,
        tuple(name for name in channels if rule.got or abilities[name].unasked),
        tuple(rule.languages or languages),
        rule.topic,
        now - rule.seen_days * DAY if rule.seen_days else 0.0,
        rule.open_cases,
        rule.attribute,
        0 if content.loud or rule.got or rule.follows else cap or NO_CAP,
        now - WEEK,
        rule.got or rule.follows,
        rule.assets,
        zones=rule.zones,
        anyway=bool(rule.got),  # what they have is put right where it stands, whatever they want now
    )


async def count(room: Broadcasts, wanted: Group) -> Counted:
    """Everybody in a group, a window at a time, so that no reply waits for it."""
    channels: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    unknown = 0
    after: tuple[str, str] | None = ("", "")
    while after is not None:
        page = await room.page(wanted, after, WINDOW)
        for person in page.people:
            channels[person.channel] += 1
            languages[person.language] += 1
            unknown += not person.zone
        after = page.end
    untold = (await count(room, replace(wanted, assets=(), no_assets=True))).people if wanted.assets else 0
    return Counted(channels.total(), dict(channels), dict(languages), unknown, untold)
