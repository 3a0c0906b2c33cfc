"""`helpline incident`: what everybody reads first while something is wrong. What each one does is told in `core/incidents/duty.py`."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from bots.commands import broadcast
from bots.commands.common import say, told
from bots.commands.flows import show
from bots.commands.outbox import with_store
from bots.commands.staff import ask_code
from bots.settings import Settings
from core.broadcast.content import load
from core.broadcast.office import Office
from core.incidents.cases import NEWEST
from core.incidents.duty import Incidents, said_closed
from core.sentences import operator_language, sentence, teller
from core.store.broadcasts import Kept
from core.store.incidents import IncidentRow
from core.store.rooms import Store

PAGE = 50


def _with(config: Path | None, use: Callable[[Incidents], Awaitable[int]]) -> int:
    async def work(office: Office, store: Store, settings: Settings) -> int:
        speak = teller(settings.desk.staff_language or operator_language())
        return await use(Incidents(store, settings, office, speak, time.time))

    return broadcast.with_office(config, work)


def _said(code: str, /, **holes: object) -> None:
    say(sentence(f"incident.{code}", operator_language(), **holes))


@told
def begin(config: Path | None, name: str, file: Path | None, by: str) -> int:
    """Open an approved text; or hand in a new one, which somebody else approves."""

    async def work(incidents: Incidents) -> int:
        if file is None:
            await incidents.open(name, by, ask_code(by))
            _said("opened", name=name)
            return 0
        source = broadcast.source_of(file)
        got = await incidents.propose(str(file), source, by, ask_code(by), broadcast.beside(file))
        if not isinstance(got, Kept):
            show(list(got), operator_language(), json_wanted=False)
            return 1
        incident = load(got.content).incident
        _said("proposed" if incident and incident.at_once else "ready", name=got.name, hash=got.hash)
        return 0

    return _with(config, work)


@told
def update(config: Path | None, name: str, to: str, by: str) -> int:
    """Show another approved text in its place."""

    async def work(incidents: Incidents) -> int:
        await incidents.update(name, to, by, ask_code(by))
        _said("changed", name=name, to=to)
        return 0

    return _with(config, work)


@told
def close(config: Path | None, name: str, by: str) -> int:
    """End it, and tell those who read its banner."""

    async def work(incidents: Incidents) -> int:
        row, closing = await incidents.close(name, by, ask_code(by))
        say(said_closed(row, closing, teller(operator_language())))
        return 0

    return _with(config, work)


@told
def answer(config: Path | None, name: str, file: Path, by: str) -> int:
    """One text, in every language, to everybody whose case is among those of the incident."""

    async def work(incidents: Incidents) -> int:
        texts = texts_of(file)
        if wrong := incidents.fault(texts):
            say(sentence(wrong[0], operator_language(), **wrong[1]))
            return 1
        count = await incidents.answer(name, texts, by, ask_code(by))
        _said("answering", name=name, count=count)
        return 0

    return _with(config, work)


def texts_of(file: Path) -> dict[str, str]:
    """Language -> text of a YAML file; {} when it is no such file."""
    try:
        found = yaml.load(broadcast.source_of(file), Loader=yaml.CBaseLoader)  # noqa: S506 - text only
    except yaml.YAMLError:
        return {}
    rows = found.items() if isinstance(found, dict) else ()
    return {str(language): text.strip() for language, text in rows if isinstance(text, str)}


@told
def listing(config: Path | None, as_json: bool) -> int:
    """Those that are open, and those that were, the newest first."""

    async def work(store: Store) -> int:
        rows = [await with_cases(store, one) for one in await store.incidents.listing(PAGE)]
        say(json.dumps(rows, ensure_ascii=False)) if as_json else _show(rows)
        return 0

    return asyncio.run(with_store(config, work))


def row_of(one: IncidentRow) -> dict[str, Any]:
    """An incident for programs."""
    incident = load(one.content).incident
    return {
        "number": one.number,
        "name": one.name,
        "state": "over" if one.closed_at else "open",
        "change": one.change,
        "since": _at(one.opened_at),
        "until": _at(one.closed_at) if one.closed_at else "",
        "by": one.opened_by,
        "closed_by": one.closed_by,
        "about": list(incident.about) if incident else [],
        "banner": dict(incident.banner) if incident else {},
        "people": one.people,
    }


async def with_cases(store: Store, one: IncidentRow) -> dict[str, Any]:
    """The same with its hand-overs."""
    cases = await store.incidents.cases(one.number, NEWEST)
    return row_of(one) | {"cases": cases.count, "waiting": cases.waiting, "newest": list(cases.newest)}


def _at(moment: float) -> str:
    return datetime.fromtimestamp(moment).astimezone().isoformat("T", "minutes")


def _show(rows: Sequence[dict[str, Any]]) -> None:
    language = operator_language()
    if not rows:
        _said("none")
        return
    table = Table(title=sentence("incident.title", language))
    for column in ("name", "state", "since", "by", "about", "people", "cases"):
        table.add_column(sentence(f"incident.col_{column}", language))
    for row in rows:
        state = sentence(f"incident.state_{row['state']}", language)
        by = " → ".join(filter(None, (row["by"], row["closed_by"])))
        about, people = ", ".join(row["about"]) or "–", str(row["people"])
        table.add_row(row["name"], state, row["since"], by, about, people, f"{row['waiting']}/{row['cases']}")
    Console().print(table)
