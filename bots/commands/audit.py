"""`helpline audit`: the record of what was done, and whether anybody changed it afterwards."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bots.commands.common import say, settings_of, told
from bots.commands.outbox import with_store
from bots.settings import Secrets
from core.runtime.keys import audit_key
from core.sentences import operator_language, sentence
from core.staff.chain import Chain
from core.store.rooms import Store
from core.store.rows import AuditLine

LINES = 50


@told
def tail(config: Path | None, as_json: bool) -> int:
    """The newest lines, the newest first. What people wrote is in none of them."""

    async def read(store: Store) -> list[AuditLine]:
        return await store.audit.tail(LINES)

    lines = asyncio.run(with_store(config, read))
    if as_json:
        say(json.dumps([line._asdict() for line in lines], ensure_ascii=False))
        return 0
    table = Table(title=sentence("audit.title", operator_language()))
    for column in ("at", "actor", "action", "subject", "detail"):
        table.add_column(column)
    for line in lines:
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(line.at))
        table.add_row(at, line.actor, line.action, line.subject, line.detail)
    Console().print(table)
    return 0


@told
def verify(config: Path | None, head: str, as_json: bool) -> int:
    """Walk the whole chain; `head` is one that was posted to the staff. Exit code 1 when something does not fit."""
    settings = settings_of(config)
    key = audit_key(Secrets(), settings.data)

    async def walk(store: Store) -> int:
        found = await Chain(store.staff, key).verify(head.strip().lower())
        if as_json:
            say(json.dumps(asdict(found) | {"fine": found.fine}))
            return 0 if found.fine else 1
        code = "broken" if found.broken else "fine" if found.known else "cut"
        low, high = found.between
        holes = {"seals": found.seals, "lines": found.lines, "open": found.open, "head": found.head or "–"}
        say(sentence(f"audit.{code}", operator_language(), low=low + 1, high=high, **holes))
        return 0 if found.fine else 1

    return asyncio.run(with_store(config, walk))
