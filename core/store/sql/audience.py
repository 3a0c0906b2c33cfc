"""Whom a broadcast is for, as one statement: every condition is there each time, and asks for nothing when it is empty.

People are looked at in windows, so that a rule that fits nearly nobody holds up no reply. Only the lengths of lists
change the statement; no value is ever part of it.
"""

from __future__ import annotations

import re

from core.store.broadcasts import Group, Page, Reached
from core.store.database import Db
from core.store.queries import SQL

_LIST = re.compile(r"IN \(\?\)")


def page(
    db: Db, group: Group, after: tuple[str, str], limit: int, wall: str | None = None, slot: str = ""
) -> Page:
    """Those of a group among the next `limit` people behind `after`, on one wall (see `times.wall`) or on all of
    them. `slot`: how the keys begin of what nobody gets twice."""
    told = [group.channels or ("",), group.free or ("",), group.languages or ("",)]  # nothing has this name
    assets, zones = group.assets or ("",), group.zones or ("",)
    lists = [*told, assets, zones]
    marks = iter([f"IN ({', '.join('?' * len(values))})" for values in lists])
    sql = _LIST.sub(lambda _: next(marks), SQL["audience_page"])
    attribute, value = group.attribute
    rows = db.execute(
        sql,
        (
            *(*after, limit, group.got, int(wall is not None), wall or ""),
            *(one for values in told for one in values),
            *(int(group.anyway), group.seen_since, group.topic, f"% {group.topic} %", int(group.cases)),
            *(attribute, attribute, value, int(bool(group.assets)), *assets, int(group.no_assets)),
            *(int(bool(group.zones)), *zones),
            *(group.cap, group.cap_since, group.cap, group.cap, group.got, slot),
            *(group.incident, group.incident),
        ),
    )
    people = [Reached(*row) for row in rows.fetchall()]
    end = db.execute(SQL["audience_end"], (*after, limit - 1)).fetchone()
    return Page(people, tuple(end) if end else None)


def walls(db: Db) -> list[str]:
    """Every wall that somebody told, and "" for those who told nothing."""
    told = [row[0] for row in db.execute(SQL["audience_zones"]).fetchall()]
    return ["", *(wall for wall in told if wall)]
