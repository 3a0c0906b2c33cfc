"""`helpline notices`: the rules that draft broadcasts by themselves, what is open, and what they wrote lately."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bots.commands.broadcast import office_of
from bots.commands.common import say, settings_of, told
from bots.commands.outbox import with_store
from bots.settings import Settings
from core.config_notices import Rule
from core.notices.faults import faults_of
from core.sentences import operator_language, sentence
from core.store.notices import Notice, Occasion
from core.store.rooms import Store

DAY = 86_400.0
PAGE = 500


@told
def notices(config: Path | None, as_json: bool) -> int:
    """Every rule; exit code 1 when one of them could not draft as it stands."""
    settings = settings_of(config)

    async def work(store: Store) -> int:
        since = time.time() - DAY
        office = office_of(settings, store)
        open_ = {one.rule: one for one in await store.notices.open()}
        lately = await store.notices.lately(since, PAGE)
        rows = [
            _row(rule, open_.get(rule.name), lately, faults_of(rule, settings, office))
            for rule in settings.notices.rules
        ]
        count = sum(bool(one.name) and one.deed in ("begin", "again") for one in lately)
        if as_json:
            say(
                json.dumps(
                    {"rules": rows, "written": count, "most": settings.notices.a_day}, ensure_ascii=False
                )
            )
        else:
            _show(rows, count, settings)
        return 1 if any(row["faults"] for row in rows) else 0

    return asyncio.run(with_store(config, work))


def _row(
    rule: Rule, occasion: Occasion | None, lately: Sequence[Notice], faults: Sequence[str]
) -> dict[str, Any]:
    own = [one for one in lately if one.rule == rule.name]
    since = (
        datetime.fromtimestamp(occasion.begun_at).astimezone().isoformat("T", "minutes") if occasion else ""
    )
    return {
        "rule": rule.name,
        "kind": rule.kind,
        "open": since,
        "drafts": [one.name for one in own if one.name],
        "held": sum(bool(one.held) for one in own),
        "faults": list(faults),
    }


def _show(rows: Sequence[dict[str, Any]], count: int, settings: Settings) -> None:
    language = operator_language()
    if not rows:
        say(sentence("notices.none", language))
        return
    table = Table(title=sentence("notices.title", language))
    for column in ("rule", "kind", "open", "drafts", "held", "faults"):
        table.add_column(sentence(f"notices.col_{column}", language))
    for row in rows:
        drafts, faults = ("\n".join(row[name]) for name in ("drafts", "faults"))
        table.add_row(row["rule"], row["kind"], row["open"], drafts, str(row["held"]), faults)
    Console().print(table)
    say(sentence("notices.day", language, count=count, most=settings.notices.a_day))
