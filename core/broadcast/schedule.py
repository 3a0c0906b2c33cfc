"""When a schedule is due in a time zone. Pure: cron text, a zone and a moment in, slots out.

A slot is a time on the wall, and its name is that time, so it can be used only once. On the nights when clocks
change: a time that is there twice is due the first time; a time that is left out is due when the clocks jump over
it. Of several slots that are due at one moment only the last one counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim

AROUND = timedelta(hours=3)
"""No clock is ever put back by more."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A time on the wall of a zone, and the moment (epoch seconds) at which it is due."""

    zone: str
    wall: datetime
    due: float

    @property
    def name(self) -> str:
        """The same in every process, and unique: the zone and the time on its wall."""
        return f"{self.zone} {self.wall:%Y-%m-%dT%H:%M}"


def latest(cron: str, zone: str, now: float) -> Slot | None:
    """The newest slot that is due by now; None when there never was one."""
    place = ZoneInfo(zone)
    for wall in CronSim(cron, _wall(place, now) + AROUND + timedelta(minutes=1), reverse=True):
        due = moment(wall, place)
        if due <= now:
            return Slot(zone, wall, due)
    return None


def upcoming(cron: str, zone: str, now: float, count: int) -> list[Slot]:
    """The next slots after now, in order of their moments."""
    return list(islice(_from(cron, zone, now), count))


def _from(cron: str, zone: str, now: float) -> Iterator[Slot]:
    place = ZoneInfo(zone)
    last: Slot | None = None
    for wall in CronSim(cron, _wall(place, now) - AROUND):
        slot = Slot(zone, wall, moment(wall, place))
        if last is not None and slot.due > last.due:
            yield last
        last = slot if slot.due > now else None
    if last is not None:
        yield last


def _wall(place: ZoneInfo, now: float) -> datetime:
    return datetime.fromtimestamp(now, place).replace(tzinfo=None, second=0, microsecond=0)


def moment(wall: datetime, place: ZoneInfo) -> float:
    """When the clocks there show this time first; when they jump over it, the moment of the jump."""
    first = wall.replace(tzinfo=place).timestamp()
    if datetime.fromtimestamp(first, UTC).astimezone(place).replace(tzinfo=None) == wall:
        return first
    before, after = wall.replace(tzinfo=place, fold=1).timestamp(), first
    while after - before > 1:  # the clocks show an earlier time before the jump, and a later one after it
        middle = (before + after) // 2
        shown = datetime.fromtimestamp(middle, place).replace(tzinfo=None)
        before, after = (middle, after) if shown < wall else (before, middle)
    return after
