"""The words in the file of a broadcast that mean a time, a place or a rhythm. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from core.conversation.document import Many, Node, Text

WALL = "%Y-%m-%d %H:%M"
NOW = "now"
DRIP = "series"
"""When a lesson of a series is sent: at its place in everybody's own course."""


def daily(clock: str) -> str:
    """ "10:00" as cron text; "" for anything else."""
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", clock)
    return f"{int(found[2])} {int(found[1])} * * *" if found else ""


def words_of(node: Node) -> Iterator[str]:
    """Every text in a node, in order."""
    if isinstance(node, Text):
        yield node.value.strip()
    elif isinstance(node, Many):
        for item in node.items:
            yield from words_of(item)


def is_cron(text: str) -> bool:
    """Whether it is cron text of five fields."""
    try:
        CronSim(text, datetime(2000, 1, 1))
    except CronSimError:
        return False
    return len(text.split()) == 5


def is_zone(name: str) -> bool:
    """Whether there is such a time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def is_wall(text: str) -> bool:
    """Whether it is a time on a wall."""
    try:
        datetime.strptime(text, WALL)
    except ValueError:
        return False
    return True
