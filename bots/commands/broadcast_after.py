"""`helpline broadcast status|report` and `helpline people import`: what became of broadcasts, and whom they can be for."""

from __future__ import annotations

import asyncio
import csv
import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TextIO

from bots.commands.broadcast import source_of, with_office
from bots.commands.broadcast_look import progress, show_status, status_of
from bots.commands.common import say, told
from bots.commands.outbox import with_store
from bots.settings import Settings
from core.broadcast.office import Office
from core.broadcast.papers import Declined
from core.sentences import operator_language, sentence
from core.store.rooms import Store

PAGE = 500


@told
def status(config: Path | None, name: str, as_json: bool, watch: bool) -> int:
    """One broadcast as it goes, or all of them."""

    async def work(office: Office, store: Store, settings: Settings) -> int:
        kept = [await office.find(name)] if name else await store.broadcasts.listing(PAGE)
        rows = [await status_of(store, one, time.time()) for one in kept]
        if as_json:
            say(json.dumps(rows if not name else rows[0], ensure_ascii=False))
        elif watch and name:
            await progress(store, name)
        else:
            show_status(rows)
        return 0

    return with_office(config, work)


@told
def report(config: Path | None, name: str, out: Path | None) -> int:
    """How it went for each person, as CSV."""

    async def work(office: Office, store: Store, settings: Settings) -> int:
        await office.find(name)
        with out.open("w", encoding="utf-8", newline="") if out else _stdout() as file:
            lines = csv.writer(file)
            lines.writerow(("channel", "person", "language", "outcome", "at", "error"))
            after = ""
            while rows := await store.broadcasts.report(name, after, PAGE):
                for row in rows:
                    at = datetime.fromtimestamp(row.ended_at).astimezone().isoformat() if row.ended_at else ""
                    lines.writerow(
                        (row.channel, row.user or row.chat, row.language, row.outcome, at, row.error)
                    )
                after = rows[-1].key
        return 0

    return with_office(config, work)


class _stdout:
    """Standard output, which stays open."""

    def __enter__(self) -> TextIO:
        return sys.stdout

    def __exit__(self, *_: object) -> None: ...


@told
def people(config: Path | None, file: Path) -> int:
    """Import attributes of people: the columns channel, person, and one for each attribute. An empty cell forgets."""
    rows = list(csv.DictReader(source_of(file).splitlines()))
    if not rows or not {"channel", "person"} <= rows[0].keys():
        raise Declined("people.columns", file=str(file))
    found = [
        (row["channel"], row["person"], name, (value or "").strip())
        for row in rows
        for name, value in row.items()
        if name and name not in ("channel", "person")
    ]

    async def write(store: Store) -> int:
        return await store.broadcasts.attributes(found)

    written = asyncio.run(with_store(config, write))
    say(sentence("people.imported", operator_language(), people=len(rows), values=written))
    return 0
