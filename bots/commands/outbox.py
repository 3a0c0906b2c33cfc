"""`helpline outbox` and `helpline tickets`: what was not delivered, and who waits for a human."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from bots.commands.common import say, settings_of, told
from core.errors import ConfigError
from core.runtime.house import store_url
from core.sentences import operator_language, sentence
from core.store.open import SQLITE, file_of, is_there, open_store
from core.store.rooms import Store
from core.store.rows import EffectRow, EventRow, Ticket

T = TypeVar("T")
ROWS = 100


async def with_store(config: Path | None, use: Callable[[Store], Awaitable[T]]) -> T:
    """Use the store of a configuration (or of the demo) and close it.

    Raises:
        ConfigError: there is none yet.
    """
    settings = settings_of(config)
    url = store_url(settings)
    if not is_there(url) and not settings.store.url:
        url = f"{SQLITE}{settings.data / 'demo.db'}"
    if not is_there(url):
        raise ConfigError(sentence("outbox.no_store", operator_language(), path=str(file_of(url))))
    store = await open_store(url)
    try:
        return await use(store)
    finally:
        await store.close()


@told
def listing(config: Path | None, json_wanted: bool) -> int:
    """Effects that are dead or uncertain, and inbound events that were put aside. What people wrote is not shown."""

    async def read(store: Store) -> tuple[dict[str, int], list[EffectRow], list[EventRow]]:
        rows = [*await store.outbox.listing("dead", ROWS), *await store.outbox.listing("uncertain", ROWS)]
        return await store.outbox.counts(), rows, await store.inbox.dead(ROWS)

    counts, rows, events = asyncio.run(with_store(config, read))
    if json_wanted:
        say(
            json.dumps(
                {
                    "counts": counts,
                    "effects": [_effect(r) for r in rows],
                    "events": [_event(e) for e in events],
                }
            )
        )
        return 0
    language = operator_language()
    table = Table(title=sentence("outbox.title", language))
    for column in ("key", "kind", "status", "attempts", "error"):
        table.add_column(column)
    for row in rows:
        table.add_row(row.key, row.kind, row.status, str(row.attempts), row.error)
    for event in events:
        table.add_row(f"event:{event.id}", "event", "dead", str(event.attempts), "")
    Console().print(table)
    say(
        sentence(
            "outbox.counts", language, counts=", ".join(f"{k} {v}" for k, v in sorted(counts.items())) or "0"
        )
    )
    return 0


def _effect(row: EffectRow) -> dict[str, object]:
    names = ("key", "kind", "status", "attempts", "maybe_sent", "error", "due")
    return {name: getattr(row, name) for name in names}


def _event(row: EventRow) -> dict[str, object]:
    return {"key": f"event:{row.id}", "channel": row.channel, "attempts": row.attempts}


@told
def retry(config: Path | None, key: str) -> int:
    """Queue a dead or uncertain effect, or an event that was put aside, once more."""

    async def again(store: Store) -> bool:
        if key.startswith("event:") and key[6:].isdigit():
            return await store.inbox.revive(int(key[6:]))
        return await store.outbox.retry(key, time.time())

    found = asyncio.run(with_store(config, again))
    say(sentence("outbox.retried" if found else "outbox.unknown", operator_language(), key=key))
    return 0 if found else 1


@told
def tickets(config: Path | None, json_wanted: bool) -> int:
    """Who waits for a human, newest first."""

    async def read(store: Store) -> list[Ticket]:
        return await store.tickets.listing(ROWS)

    rows = asyncio.run(with_store(config, read))
    names = ("number", "status", "urgency", "skill", "flow", "language", "opened_at")
    if json_wanted:
        say(json.dumps([{name: getattr(row, name) for name in names} for row in rows]))
        return 0
    table = Table(title=sentence("tickets.title", operator_language()))
    for column in names:
        table.add_column(column)
    for row in rows:
        opened = time.strftime("%Y-%m-%d %H:%M", time.localtime(row.opened_at))
        table.add_row(*(str(getattr(row, name)) for name in names[:-1]), opened)
    Console().print(table)
    return 0
