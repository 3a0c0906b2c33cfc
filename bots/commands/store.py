"""`helpline store move` and `helpline store backup`: everything into another database, or into one file."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from bots.commands.common import say, settings_of, told
from core.errors import ConfigError
from core.runtime.house import store_url
from core.sentences import operator_language, sentence
from core.store.move import Moved, backup, move, prepare, tables
from core.store.open import SQLITE, file_of, is_shared, is_there


def _source(config: Path | None) -> str:
    url = store_url(settings_of(config))
    if not is_there(url):
        raise ConfigError(sentence("outbox.no_store", operator_language(), path=str(file_of(url))))
    return url


class _Progress:
    """A line on standard error that says how far it is; only where somebody looks."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._order = [table.name for table in tables()]

    def __call__(self, table: str, rows: int) -> None:
        if self._shown:
            place = f"{self._order.index(table) + 1}/{len(self._order)}"
            sys.stderr.write(f"\r\x1b[K{place} {table} {rows}")
            sys.stderr.flush()

    def end(self) -> None:
        """Leave a clean line."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")


@told
def move_store(config: Path | None, to: str, json_wanted: bool) -> int:
    """Carry the configured store over into the empty one at `to`."""
    source, language = _source(config), operator_language()
    if not is_shared(to) and file_of(to) is None:
        raise ConfigError(sentence("service.url", language, scheme=to.partition(":")[0]))
    if source == to:
        raise ConfigError(sentence("move.same", language))
    asyncio.run(prepare(source, to))
    progress = _Progress()
    moved = move(source, to, time.time(), progress)
    progress.end()
    if json_wanted:
        say(json.dumps(_as_json(moved)))
    else:
        say(sentence("move.done", language, rows=moved.total, tables=len(moved.rows)))
    return 0


def _as_json(moved: Moved) -> dict[str, object]:
    return {"rows": moved.total, "tables": dict(moved.rows), "audit_head": "equal"}


@told
def backup_store(config: Path | None, to: Path, json_wanted: bool) -> int:
    """One SQLite file with everything, also while the bot runs."""
    source, language = _source(config), operator_language()
    if to.exists():
        raise ConfigError(sentence("backup.exists", language, path=str(to)))
    growing = to.with_name(f"{to.name}.growing")
    growing.unlink(missing_ok=True)
    try:
        if is_shared(source):
            asyncio.run(prepare(source, f"{SQLITE}{growing}"))
        progress = _Progress()
        backup(source, growing, progress)
        progress.end()
        growing.rename(to)  # only a whole one has the name
    finally:
        for left in growing.parent.glob(f"{growing.name}*"):
            left.unlink()
    size = to.stat().st_size
    if json_wanted:
        say(json.dumps({"path": str(to), "bytes": size}))
    else:
        say(sentence("backup.done", language, path=str(to), size=f"{size:,}"))
    return 0
