"""`helpline broadcast`: the commands over the office, one each. What each one does is told in `core/broadcast/office.py`."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bots.commands.broadcast_look import preview_of
from bots.commands.common import say, settings_of, told
from bots.commands.flows import show
from bots.commands.outbox import with_store
from bots.commands.staff import ask_code, of
from bots.registry import abilities
from bots.settings import Settings
from core.broadcast.boards import places
from core.broadcast.content import Content
from core.broadcast.curriculum import Curriculum
from core.broadcast.form import House, read_form
from core.broadcast.house import house
from core.broadcast.lint import lint as faults_of
from core.broadcast.office import Office
from core.broadcast.papers import Looked, terms
from core.broadcast.times import upcoming
from core.conversation.engine import Engine
from core.conversation.library import Library
from core.conversation.picture import MOST_BYTES, Fetch
from core.errors import ConfigError
from core.incidents.opening import banners
from core.runtime.house import house_holes
from core.runtime.shelf import build, read_sources
from core.sentences import as_json as written
from core.sentences import operator_language, sentence, teller
from core.store.broadcasts import Kept
from core.store.rooms import Store

TIMES = 5


def library_of(settings: Settings) -> Library:
    """The flows on disk: the texts that stand under each broadcast are theirs."""
    from core.actions import load_actions

    sources = read_sources(settings.flows)
    return build(settings, sources, load_actions(settings.flows), (), 0.0).library


def house_of(settings: Settings) -> House:
    """What a file may refer to on this configuration."""
    networks = [network.name for network in settings.transactions.networks]
    return house(library_of(settings), house_holes(settings), abilities(settings), networks)


def office_of(settings: Settings, store: Store) -> Office:
    """The desk of broadcasts on this configuration."""
    can, own = abilities(settings), house_of(settings)
    speak = teller(settings.desk.staff_language or operator_language())
    return Office(store, settings, can, own, of(settings, store), speak, time.time)


def with_office(config: Path | None, use: Callable[[Office, Store, Settings], Awaitable[int]]) -> int:
    """Do something at the desk of broadcasts; what it returns is the exit status."""
    settings = settings_of(config)

    async def work(store: Store) -> int:
        return await use(office_of(settings, store), store, settings)

    return asyncio.run(with_store(config, work))


def _said(code: str, /, **holes: object) -> None:
    say(sentence(f"broadcast.{code}", operator_language(), **holes))


def source_of(file: Path) -> str:
    """The text of a file, whatever bytes it holds.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        return file.read_text("utf-8", "surrogateescape")
    except OSError as error:
        raise ConfigError(
            sentence("file.unreadable", operator_language(), file=str(file), why=error.strerror)
        ) from None


def beside(file: Path) -> Fetch:
    """Reads files by their paths as they stand in that one; no more of them than a picture may have."""

    def fetch(path: str) -> bytes:
        with (file.parent / path).open("rb") as opened:
            return opened.read(MOST_BYTES + 1)

    return fetch


# --- writing and reading ---------------------------------------------------------------------


@told
def draft(config: Path | None, file: Path, by: str, corrects: str = "") -> int:
    """Keep a file as a draft, or say everything that is wrong with it."""
    source = source_of(file)
    if corrects:
        source = f"{source.rstrip()}\ncorrects: {corrects}\n"  # below it: every fault keeps its line

    async def work(office: Office, store: Store, settings: Settings) -> int:
        if content := office.read(str(file), source, fetch=beside(file)).content:
            _times(settings, content)  # before anything is kept
        got = await office.draft(str(file), source, by, beside(file))
        if not isinstance(got, Kept):
            show(list(got), operator_language(), json_wanted=False)
            return 1
        _said("drafted", name=got.name, version=got.version, code=got.code, hash=got.hash[:16])
        return 0

    return with_office(config, work)


@told
def lint(config: Path | None, file: Path, as_json: bool) -> int:
    """Every fault of a file, before there is any store; nothing is kept."""
    settings = settings_of(config)
    hosts, can = frozenset(settings.security.official_hosts), abilities(settings)
    form = read_form(str(file), source_of(file), "-", house_of(settings), beside(file))
    faults = faults_of(form, hosts, can)
    show(faults, operator_language(), json_wanted=as_json, fine="broadcast.fine")
    return 1 if faults else 0


@told
def preview(config: Path | None, name: str, as_json: bool) -> int:
    """As each platform draws it, whom it reaches, and when."""

    async def work(office: Office, store: Store, settings: Settings) -> int:
        looked = await office.look(name)
        drawn, found = preview_of(settings, looked.content), [written(one) for one in looked.faults]
        if as_json:
            say(json.dumps(drawn | _counts(looked) | {"faults": found}, ensure_ascii=False))
        else:
            _preview(settings, looked, drawn)
            show(list(looked.faults), operator_language(), json_wanted=False) if found else None
        return 1 if looked.faults else 0

    return with_office(config, work)


def _counts(looked: Looked) -> dict[str, Any]:
    counted = looked.counted
    return {
        "terms": _terms(looked),
        "people": counted.people,
        "zones_unknown": counted.unknown,
        "assets_untold": counted.untold,
        "hash": looked.kept.hash,
    }


def _terms(looked: Looked) -> list[str]:
    """What is approved beside the texts, in lines, as the card in the staff's chats says it."""
    speak, content = teller(operator_language()), looked.content
    shown = banners(looked.kept, speak)
    return shown if content.waits else terms(content, looked.counted.people, speak)


def _times(settings: Settings, content: Content) -> None:
    """The next five moments, on the wall that it names or on the house's; a lesson's and an incident's come otherwise."""
    if content.waits:
        return
    plan, zone = content.plan, content.plan.zone or settings.desk.zone
    moments = upcoming(plan, "", settings.desk.zone, time.time(), TIMES)
    shown = [datetime.fromtimestamp(one, ZoneInfo(zone)).isoformat(timespec="minutes") for one in moments]
    _said("times", times=", ".join(shown) or "–", zone=zone)


def _preview(settings: Settings, looked: Looked, drawn: dict[str, dict[str, str]]) -> None:
    from rich.columns import Columns
    from rich.console import Console
    from rich.panel import Panel
    from rich.text import Text

    console = Console()
    for platform, languages in drawn.items():
        panels = [  # as text: brackets are the author's, and hide nothing from whoever approves
            Panel(Text(shown, overflow="fold"), title=f"{platform} · {language}", width=44)
            for language, shown in languages.items()
        ]
        console.print(Columns(panels))
    if not looked.content.waits:  # a lesson of the course and an incident's text find their people later
        _reach(looked)
    for line in _terms(looked):
        say(line)
    if where := places(looked.content):
        _said("posts", places=where)
    _times(settings, looked.content)
    _said("hash", hash=looked.kept.hash, state=looked.kept.state, author=looked.kept.author)


def _reach(looked: Looked) -> None:
    counted = looked.counted
    parts = [f"{name} {people}" for name, people in {**counted.channels, **counted.languages}.items()]
    _said("counted", people=counted.people, parts=", ".join(parts) or "–", unknown=counted.unknown)
    if looked.content.rule.assets:
        _said("untold", count=counted.untold)


@told
def test(config: Path | None, name: str, by: str) -> int:
    """Send it to one's own chats, marked; it counts nowhere."""

    async def work(office: Office, store: Store, settings: Settings) -> int:
        sent = await office.test(name, by)
        _said("tested", count=sent)
        return 0 if sent else 1

    return with_office(config, work)


# --- deciding --------------------------------------------------------------------------------


def _deed(config: Path | None, name: str, deed: Callable[[Office], Awaitable[Kept]]) -> int:
    async def work(office: Office, store: Store, settings: Settings) -> int:
        kept = await deed(office)
        _said("now", name=name, state=kept.state, hash=kept.hash[:16])
        return 0

    return with_office(config, work)


@told
def submit(config: Path | None, name: str, by: str) -> int:
    """Hand it in for approval."""
    return _deed(config, name, lambda office: office.submit(name, by, ask_code(by)))


@told
def lessons(config: Path | None, by: str) -> int:
    """Hand in the lessons; each is then approved like any broadcast."""

    async def work(office: Office, store: Store, settings: Settings) -> int:
        engine = Engine(library_of(settings), {}, house_holes(settings))
        handed = await Curriculum(office).course(engine, by, ask_code(by))
        for kept in handed:
            _said("now", name=kept.name, state=kept.state, hash=kept.hash[:16])
        return 0

    return with_office(config, work)


@told
def approve(config: Path | None, name: str, by: str, seen: str) -> int:
    """Stand behind it. `seen` is the hash that `preview` showed."""
    return _deed(config, name, lambda office: office.approve(name, seen, by, ask_code(by)))


@told
def give_back(config: Path | None, name: str, by: str, why: str) -> int:
    """Return it to its author."""
    return _deed(config, name, lambda office: office.give_back(name, by, why))


@told
def pause(config: Path | None, name: str, by: str, why: str) -> int:
    """Hold it."""
    return _deed(config, name, lambda office: office.pause(name, by, why))


@told
def resume(config: Path | None, name: str, by: str) -> int:
    """Go on."""
    return _deed(config, name, lambda office: office.resume(name, by, ask_code(by)))


@told
def stop(config: Path | None, name: str, by: str, why: str) -> int:
    """End it."""
    return _deed(config, name, lambda office: office.stop(name, by, why))


@told
def recall(config: Path | None, name: str, by: str) -> int:
    """End it, and delete what was sent."""

    async def work(office: Office, store: Store, settings: Settings) -> int:
        made, old = await office.recall(name, by, ask_code(by))
        _said("recalling", count=made, old=old)
        return 0

    return with_office(config, work)
