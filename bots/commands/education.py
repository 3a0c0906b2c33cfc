"""`helpline education`: when the next lessons leave in each zone, who is subscribed, and how far they have got."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from bots.commands.broadcast import library_of
from bots.commands.common import say, settings_of, told
from bots.commands.outbox import with_store
from bots.settings import Settings
from core.broadcast import schedule
from core.broadcast.education import NAME
from core.broadcast.series import approved
from core.conversation.engine import Engine
from core.runtime.house import house_holes
from core.sentences import operator_language, sentence
from core.store.lessons import Count, Run
from core.store.rooms import Store

TIMES = 5
"""Fire times that are shown for each zone."""


@told
def education(config: Path | None, json_wanted: bool) -> int:
    """Nothing is changed by looking."""
    settings = settings_of(config)

    engine = Engine(library_of(settings), {}, house_holes(settings))

    async def read(store: Store) -> tuple[list[Count], list[Run], frozenset[str]]:
        running = await store.lessons.running(NAME)
        return await store.lessons.census(), running, await approved(store.broadcasts, engine)

    census, runs, names = asyncio.run(with_store(config, read))
    report = _report(settings, census, runs, names, time.time())
    if json_wanted:
        say(json.dumps(report, ensure_ascii=False))
    else:
        _show(report, census)
    return 0


def _report(
    settings: Settings, census: Sequence[Count], runs: Sequence[Run], names: frozenset[str], now: float
) -> dict[str, Any]:
    own = settings.education
    zones = sorted({group.zone for group in census}) or [settings.desk.zone]
    return {
        "on": bool(names),
        "approved": sorted(names),
        "schedule": own.schedule,
        "next": {zone: _next(own.schedule, zone, now) for zone in zones},
        "running": [{"slot": run.slot, "made": run.made} for run in runs],
        "subscribers": {
            "all": sum(group.people for group in census),
            "language": _by(census, lambda group: [group.language]),
            "zone": _by(census, lambda group: [group.zone]),
            "topics": _by(census, lambda group: group.topics),
            "given": _by(census, lambda group: [str(group.given)]),
        },
    }


def _next(cron: str, zone: str, now: float) -> list[str]:
    """The next moments as a clock there shows them, with its distance from UTC."""
    slots = schedule.upcoming(cron, zone, now, TIMES)
    return [datetime.fromtimestamp(slot.due, ZoneInfo(zone)).isoformat(timespec="minutes") for slot in slots]


def _by(census: Sequence[Count], names: Callable[[Count], Sequence[str]]) -> dict[str, int]:
    people: Counter[str] = Counter()
    for group in census:
        for name in names(group):
            people[name] += group.people
    return dict(sorted(people.items()))


def _show(report: dict[str, Any], census: Sequence[Count]) -> None:
    language = operator_language()
    state = "education.on" if report["on"] else "education.off"
    say(sentence(state, language, count=len(report["approved"]), schedule=report["schedule"]))
    times = Table(title=sentence("education.next", language))
    times.add_column(sentence("education.zone", language))
    times.add_column(sentence("education.next", language))
    for zone, moments in report["next"].items():
        times.add_row(zone, "\n".join(moments))
    Console().print(times)
    if not census:
        say(sentence("education.nobody", language))
        return
    people = Table(title=sentence("education.people", language))
    for column in ("language", "zone", "topics", "given", "count"):
        people.add_column(sentence(f"education.{column}", language))
    for group in census:
        people.add_row(
            group.language, group.zone, ", ".join(group.topics), str(group.given), str(group.people)
        )
    Console().print(people)
