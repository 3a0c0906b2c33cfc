"""`helpline staff`: who may speak for the house, their second factors, and changes that two persons agree to."""

from __future__ import annotations

import asyncio
import getpass
import io
import json
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import segno
from rich.console import Console
from rich.table import Table

from bots.commands.common import say, settings_of, told
from bots.commands.outbox import with_store
from bots.settings import Settings
from core.errors import ConfigError
from core.sentences import operator_language, sentence, teller
from core.staff.personnel import Personnel, personnel_of
from core.staff.roster import Person
from core.store.rooms import Store


def of(settings: Settings, store: Store) -> Personnel:
    """The people behind the house, as this configuration wishes them."""
    return personnel_of(
        store, settings, teller(settings.desk.staff_language or operator_language()), time.time
    )


def ask_code(name: str) -> str:
    """Somebody's code, typed where nobody sees it and no history keeps it; a line of the input elsewhere."""
    prompt = sentence("staff.code", operator_language(), name=name)
    if sys.stdin.isatty():
        return getpass.getpass(prompt + " ")
    return sys.stdin.readline().strip()


def answer(code: str, good: tuple[str, ...], **holes: object) -> int:
    """Say what came of it; 1 when it did not work."""
    say(sentence(f"staff.{code}", operator_language(), **holes))
    return 0 if code in good else 1


def _with(config: Path | None, use: Callable[[Personnel], Awaitable[int]]) -> int:
    settings = settings_of(config)

    async def work(store: Store) -> int:
        return await use(of(settings, store))

    return asyncio.run(with_store(config, work))


@told
def listing(config: Path | None, as_json: bool) -> int:
    """The roster in force, who is enrolled, and what the configuration wishes to be different."""
    settings = settings_of(config)

    async def read(store: Store) -> int:
        personnel = of(settings, store)
        present, enrolled = await personnel.in_force(), await store.staff.enrolled()
        changes = present.changes(personnel.wished)
        if as_json:
            people = [asdict(one) | {"enrolled": one.name in enrolled} for one in present.people.values()]
            say(json.dumps({"people": people, "pending": changes}, ensure_ascii=False))
            return 0
        _show(list(present.people.values()), enrolled)
        if changes:
            say(sentence("staff.pending", operator_language()))
            say("\n".join(changes))
        return 0

    return asyncio.run(with_store(config, read))


def _show(present: Sequence[Person], enrolled: Sequence[str]) -> None:
    language = operator_language()
    if not present:
        say(sentence("staff.nobody", language))
        return
    table = Table(title=sentence("staff.title", language))
    for column in ("name", "roles", "ids", "enrolled"):
        table.add_column(sentence(f"staff.{column}", language))
    for person in present:
        mark = "✓" if person.name in enrolled else "–"
        table.add_row(person.name, ", ".join(person.roles), ", ".join(person.ids), mark)
    Console().print(table)


@told
def enroll(config: Path | None, name: str, by: str) -> int:
    """Show the secret as a QR code, once, and confirm it by a code of the person and one of an admin."""
    language = operator_language()

    async def work(personnel: Personnel) -> int:
        if name not in personnel.wished.people:
            raise ConfigError(sentence("staff.unknown", language, name=name))
        alone = await personnel.factors.first()
        if not alone and not by:
            raise ConfigError(sentence("staff.who_confirms", language))
        if not alone and (verdict := await personnel.witness(by, name, ask_code(by))) != "ok":
            return answer(verdict, (), name=by)
        made = await personnel.enroll(name, by)
        picture = io.StringIO()
        segno.make(made.uri, error="l").terminal(picture, compact=True)
        say(f"{picture.getvalue()}\n{sentence('staff.scan', language, secret=made.secret)}")
        verdict = await personnel.confirm(name, ask_code(name), by)
        return answer("enrolled_now" if verdict == "ok" else verdict, ("enrolled_now",), name=name)

    return _with(config, work)


@told
def accept(config: Path | None, name: str) -> int:
    """Stand behind the roster of the configuration."""

    async def work(personnel: Personnel) -> int:
        changes = (await personnel.in_force()).changes(personnel.wished)
        say("\n".join(changes))
        came = await personnel.accept(name, ask_code(name)) if changes else "same"
        return answer(came, ("same", "proposed", "agreed"), name=name)

    return _with(config, work)


@told
def unlock(config: Path | None, name: str, by: str) -> int:
    """Let somebody try codes again."""

    async def work(personnel: Personnel) -> int:
        came = await personnel.unlock(name, by, ask_code(by))
        return answer("unlocked" if came == "ok" else came, ("unlocked",), name=name)

    return _with(config, work)
