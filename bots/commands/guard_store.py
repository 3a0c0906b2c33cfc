"""`helpline guard --store`: what is stored, looked through once more."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path

from bots.commands.common import say, settings_of, told
from bots.settings import Settings
from core.runtime.house import store_url
from core.runtime.second_net import leaks
from core.sentences import operator_language, sentence
from core.store.open import open_store


@told
def look_through(config: Path | None, json_wanted: bool) -> int:
    """The second net: a line for each row of the store that holds a secret, without it; exit code 1 if there is one."""
    return asyncio.run(_look_through(settings_of(config), json_wanted=json_wanted))


async def _look_through(settings: Settings, *, json_wanted: bool) -> int:
    store = await open_store(store_url(settings))
    found = 0
    try:
        async for leak in leaks(store.texts):
            found += 1
            say(
                json.dumps(asdict(leak))
                if json_wanted
                else f"{leak.table} {leak.key}: {', '.join(leak.kinds)}"
            )
    finally:
        await store.close()
    if not json_wanted:
        say(sentence("guard.found" if found else "guard.clean", operator_language(), count=found))
    return 1 if found else 0
