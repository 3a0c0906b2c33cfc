"""`helpline broadcast series`: lessons that everybody gets from their own start on, and the shipped course beside them."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bots.commands.broadcast import TIMES, beside, library_of, source_of, with_office
from bots.commands.common import say, told
from bots.commands.flows import show
from bots.commands.staff import ask_code
from bots.settings import Settings
from core.broadcast import schedule
from core.broadcast.content import digest, dump, load
from core.broadcast.curriculum import Curriculum
from core.broadcast.drip import moments
from core.broadcast.folder import hash_of
from core.broadcast.office import Office
from core.broadcast.papers import Declined
from core.broadcast.series import contents
from core.conversation.document import Fault
from core.conversation.engine import Engine
from core.runtime.house import house_holes
from core.sentences import operator_language, sentence
from core.store.broadcasts import Kept
from core.store.rooms import Store

COURSE = "course"
"""The shipped one, whose lessons are a flow's and whose days are `education.schedule`."""


def _said(code: str, /, **holes: object) -> None:
    say(sentence(f"series.{code}", operator_language(), **holes))


@told
def submit(config: Path | None, folder: Path, by: str) -> int:
    """Hand in a folder; what somebody who begins now would get, and when, is shown with it."""
    name = folder.resolve().name
    files = {path.name: source_of(path) for path in sorted(folder.glob("*.yaml"))}

    async def work(office: Office, store: Store, settings: Settings) -> int:
        handed = await Curriculum(office).submit(
            name, files, by, ask_code(by), beside(folder / "series.yaml")
        )
        faults = [one for one in handed if isinstance(one, Fault)]
        if faults:
            show(faults, operator_language(), json_wanted=False)
            return 1
        _show(name, await _of(office, store, settings, name))
        return 0

    return with_office(config, work)


@told
def approve(config: Path | None, name: str, by: str, seen: str) -> int:
    """Stand behind all of its lessons that are under review."""

    async def work(office: Office, store: Store, settings: Settings) -> int:
        await Curriculum(office).approve(name, seen, by, ask_code(by))
        _show(name, await _of(office, store, settings, name))
        return 0

    return with_office(config, work)


@told
def listing(config: Path | None, name: str, as_json: bool) -> int:
    """Every series, or one: its lessons, how far people are, and the next times."""

    async def work(office: Office, store: Store, settings: Settings) -> int:
        kept = [load(one.content).part for one in await store.broadcasts.beginning("")]
        names = sorted({part.series for part in kept if part})
        if name and name not in (*names, COURSE):
            raise Declined("series.unknown", name=name)
        wanted = [name] if name else [*names, COURSE]
        found = {
            one: await (_course(store, settings) if one == COURSE else _of(office, store, settings, one))
            for one in wanted
        }
        if as_json:
            say(json.dumps(found, ensure_ascii=False))
        else:
            for one, what in found.items():
                _show(one, what)
        return 0

    return with_office(config, work)


async def _of(office: Office, store: Store, settings: Settings, name: str) -> dict[str, Any]:
    lessons = await Curriculum(office).lessons(name)
    progress = await store.drips.progress(name)
    waiting = [kept for kept in lessons if kept.state == "in_review"]
    return {
        "lessons": [_lesson(kept) for kept in lessons],
        "people": {str(given): people for given, people in progress.items()},
        "next": _times(lessons[0], settings) if lessons else [],
        "hash": hash_of(waiting) if waiting else "",
    }


def _lesson(kept: Kept) -> dict[str, str]:
    return {"name": kept.name, "state": kept.state, "author": kept.author, "approver": kept.approver}


def _times(first: Kept, settings: Settings) -> list[str]:
    content, zone = load(first.content), settings.desk.zone
    every = content.part.every if content.part else 1
    return [_iso(one, zone) for one in moments(content.plan.cron, every, zone, time.time(), TIMES)]


async def _course(store: Store, settings: Settings) -> dict[str, Any]:
    """The shipped course in the same form."""
    engine = Engine(library_of(settings), {}, house_holes(settings))
    lessons = []
    for _, content in contents(engine):
        kept = await store.broadcasts.find(content.name)
        same = kept is not None and kept.hash == digest(dump(content))
        lessons.append(
            _lesson(kept)
            if kept and same
            else {"name": content.name, "state": "draft", "author": "", "approver": ""}
        )
    people: dict[str, int] = {}
    for group in await store.lessons.census():
        people[str(group.given)] = people.get(str(group.given), 0) + group.people
    zone = settings.desk.zone
    slots = schedule.upcoming(settings.education.schedule, zone, time.time(), TIMES)
    return {"lessons": lessons, "people": people, "next": [_iso(one.due, zone) for one in slots], "hash": ""}


def _iso(moment: float, zone: str) -> str:
    return datetime.fromtimestamp(moment, ZoneInfo(zone)).isoformat(timespec="minutes")


def _show(name: str, what: dict[str, Any]) -> None:
    _said("title", name=name, count=len(what["lessons"]))
    for lesson in what["lessons"]:
        say(
            f"  {lesson['name']}: {lesson['state']} · {lesson['author'] or '–'} · {lesson['approver'] or '–'}"
        )
    progress = ", ".join(f"{given}: {people}" for given, people in what["people"].items())
    _said("people", progress=progress or "–")
    _said("next", times=", ".join(what["next"]) or "–")
    if what["hash"]:
        _said("hash", name=name, hash=what["hash"])
