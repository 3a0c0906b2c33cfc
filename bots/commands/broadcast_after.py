"""`helpline broadcast status|report` and `helpline people import`: what became of broadcasts, and whom they can be for."""

from __future__ import annotations

import asyncio
import csv
import json
import re
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import TextIO

from bots.commands.broadcast import source_of, with_office
from bots.commands.broadcast_look import progress, show_status, status_of
from bots.commands.common import say, told
from bots.commands.outbox import with_store
from bots.settings import Settings
from bots.wellformed import wellformed
from core.broadcast.office import Office
from core.broadcast.papers import Declined
from core.sentences import operator_language, sentence
from core.store.rooms import Store

PAGE = 500
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet may take for a formula."""


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
                    cells = (row.channel, row.user or row.chat, row.language, row.outcome, at, row.error)
                    lines.writerow(map(_cell, cells))
                after = rows[-1].key
        return 0

    return with_office(config, work)


def _cell(text: str) -> str:
    """As a spreadsheet shows it and never reckons it, whoever wrote it; a chat's number may begin with a minus."""
    return f"'{text}" if text.startswith(FORMULA) and not re.fullmatch("-[0-9]+", text) else text


class _stdout:
    """Standard output, which stays open."""

    def __enter__(self) -> TextIO:
        return sys.stdout

    def __exit__(self, *_: object) -> None: ...


@told
def people(config: Path | None, file: Path) -> int:
    """Import attributes of people: the columns channel, person, and one for each attribute. An empty cell forgets. Safe to
    repeat."""
    count, found = _attributes(file)

    async def write(store: Store) -> int:
        return sum(
            [await store.broadcasts.attributes(found[at : at + PAGE]) for at in range(0, len(found), PAGE)]
        )

    written = asyncio.run(with_store(config, write))
    say(sentence("people.imported", operator_language(), people=count, values=written))
    return 0


def _attributes(file: Path) -> tuple[int, list[tuple[str, str, str, str]]]:
    """(people, what is said of them) of a table, with or without the mark that spreadsheets put before it.

    Raises:
        ConfigError: the file cannot be read.
        Declined: it is no such table; nothing of it was written.
    """
    text = source_of(file).removeprefix("\ufeff")
    if wellformed(text) != text:
        raise Declined("people.encoding", file=str(file))
    table = csv.DictReader(StringIO(text, newline=""), strict=True)
    try:
        if not {"channel", "person"} <= set(table.fieldnames or ()):
            raise Declined("people.columns", file=str(file))
        found = list(_whole(table))
    except csv.Error:
        raise Declined("people.row", file=str(file), line=table.line_num) from None
    said = [
        (row["channel"], row["person"], name, value.strip())
        for row in found
        for name, value in row.items()
        if name and name not in ("channel", "person")
    ]
    return len(found), said


def _whole(table: csv.DictReader[str]) -> Iterator[dict[str, str]]:
    """The rows, each with a cell under each name.

    Raises:
        csv.Error: one is not like this.
    """
    for row in table:
        if None in row or None in row.values() or not (row["channel"] and row["person"]):
            raise csv.Error
        yield row
