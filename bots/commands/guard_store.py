"""`helpline guard --store`: what is stored, looked through once more."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path

from bots.commands.common import say, told
from bots.commands.outbox import with_store
from core.runtime.second_net import leaks
from core.sentences import operator_language, sentence
from core.store.rooms import Store


@told
def look_through(config: Path | None, json_wanted: bool) -> int:
    """The second net: a line for each row of the store that holds a secret, without it; exit code 1 if there is one."""
    return asyncio.run(with_store(config, lambda store: _look_through(store, json_wanted=json_wanted)))


async def _look_through(store: Store, *, json_wanted: bool) -> int:
    found = 0
    async for leak in leaks(store.texts):
        found += 1
        plain = f"{leak.table} {leak.key}: {', '.join(leak.kinds)}"
        say(json.dumps(asdict(leak)) if json_wanted else plain)
    if not json_wanted:
        say(sentence("guard.found" if found else "guard.clean", operator_language(), count=found))
    return 1 if found else 0
