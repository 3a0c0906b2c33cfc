"""`helpline doctor`: what would keep the bot from starting, and what each platform needs and what is missing there."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from bots.commands.common import say, settings_of, told
from bots.commands.ground import obstacles
from bots.commands.incident import row_of
from bots.commands.outbox import with_store
from bots.settings import Secrets
from core.errors import HelplineError
from core.sentences import operator_language, sentence
from core.store.rooms import Store


@told
def doctor(config: Path | None, as_json: bool) -> int:
    """Look at the configuration, ask both platforms, and say what to do. Exit code 1 when it could not start, or something
    is missing where there is a token."""
    from bots.discord import doctor as discord
    from bots.telegram import doctor as telegram

    settings, secrets = settings_of(config), Secrets()
    ground = asyncio.run(obstacles(settings, secrets))
    there = asyncio.run(telegram.examine(settings, secrets.telegram_token.get_secret_value()))
    here = asyncio.run(discord.examine(settings, secrets.discord_token.get_secret_value()))
    open_ = open_incidents(config)
    if as_json:
        found = {"telegram": there.as_json(), "discord": here.as_json(), "incidents": open_, "start": ground}
        say(json.dumps(found, ensure_ascii=False))
    else:
        languages = [operator_language(), *settings.languages]
        lines = [f"Helpline: {line}" for line in ground]
        lines += [f"Telegram: {line}" for line in telegram.sentences(there, languages)]
        lines += [f"Discord: {line}" for line in discord.sentences(here, languages)]
        lines += [sentence("incident.doctor", languages[0], **one) for one in open_]
        say("\n".join(lines))
    return 0 if not ground and all(found.healthy or not found.configured for found in (there, here)) else 1


def open_incidents(config: Path | None) -> list[dict[str, Any]]:
    """What everybody reads first at present; nothing where the bot has never run, or its database is away."""
    rows: list[dict[str, Any]] = []

    async def work(store: Store) -> int:
        rows.extend(row_of(one) for one in await store.incidents.open())
        return 0

    with suppress(HelplineError):
        asyncio.run(with_store(config, work))
    return rows
