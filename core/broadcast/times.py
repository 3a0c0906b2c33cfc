"""When a broadcast is due in each zone. Pure: a plan, a zone and a moment in, a slot and its moment out.

Quiet hours are on the person's own wall: what would come at night is due when the night is over there, unless it is a
matter of security with a reason that somebody wrote down.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.broadcast import schedule
from core.broadcast.content import Content, Plan
from core.broadcast.words import NOW, WALL


def following(plan: Plan, zone: str, house_zone: str, since: float) -> tuple[str, float] | None:
    """The first slot after `since` as (name, moment); None when there is none any more.

    `zone`: of the people, "" where they told none, who live on the house's wall.
    """
    wall_zone = plan.zone or zone or house_zone
    if plan.cron:
        found = schedule.upcoming(plan.cron, wall_zone, since, 1)
        return (f"{found[0].wall:%Y-%m-%dT%H:%M}", found[0].due) if found else None
    if plan.at == NOW:
        return NOW, since
    wall = datetime.strptime(plan.at, WALL)
    return f"{wall:%Y-%m-%dT%H:%M}", schedule.moment(wall, ZoneInfo(wall_zone))


def planned(
    content: Content, walls: Sequence[str], house_zone: str, quiet: tuple[str, str], since: float
) -> list[tuple[str, str, float]]:
    """The next slot on each wall where it is not over yet: (its name, the wall, when it is due there)."""
    moments = []
    for place in walls:
        found = following(content.plan, wall(place)[0], house_zone, since)
        if found is not None and found[1] >= since - content.plan.hours * 3600:
            moments.append((found[0], place, due_at(content, place, house_zone, quiet, found[1])))
    return moments


def upcoming(plan: Plan, zone: str, house_zone: str, now: float, count: int) -> list[float]:
    """The next moments, for people who are about to agree to them."""
    moments: list[float] = []
    since = now
    while len(moments) < count and (found := following(plan, zone, house_zone, since)):
        moments.append(found[1])
        if not plan.cron:
            break
        since = found[1]
    return moments


def wall(place: str) -> tuple[str, tuple[str, str] | None]:
    """ "Asia/Tokyo 21:00-09:00" as the zone and the quiet hours that people told; None for the house's own."""
    zone, _, quiet = place.partition(" ")
    begins, _, ends = quiet.partition("-")
    return zone, (begins, ends) if ends else None


def due_at(content: Content, place: str, house_zone: str, house_quiet: tuple[str, str], due: float) -> float:
    """When it may come to the people of a wall, as the store names it: see `awake`. Who told no zone or no hours has the
    house's."""
    zone, own = wall(place)
    return awake(content, zone or house_zone, own or house_quiet, due)


def awake(content: Content, zone: str, quiet: tuple[str, str], due: float) -> float:
    """When it may come to people of this zone: `due`, or the end of the night in which that lies."""
    begins, ends = (time.fromisoformat(text) for text in quiet)
    if content.loud or begins == ends:
        return due
    place = ZoneInfo(zone)
    here = datetime.fromtimestamp(due, place)
    clock = here.time().replace(second=0, microsecond=0)
    night = begins <= clock or clock < ends if begins > ends else begins <= clock < ends
    if not night:
        return due
    day = here.date() + timedelta(days=int(begins > ends and clock >= begins))
    return schedule.moment(datetime.combine(day, ends), place)
