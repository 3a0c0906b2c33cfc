"""`helpline doctor`: what each platform needs and what is missing there."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from bots.commands.common import say, settings_of, told
from bots.settings import Secrets
from core.sentences import operator_language


@told
def doctor(config: Path | None, as_json: bool) -> int:
    """Ask both platforms, and say what to do. Exit code 1 when something is missing where there is a token."""
    from bots.discord import doctor as discord
    from bots.telegram import doctor as telegram

    settings, secrets = settings_of(config), Secrets()
    there = asyncio.run(telegram.examine(settings, secrets.telegram_token.get_secret_value()))
    here = asyncio.run(discord.examine(settings, secrets.discord_token.get_secret_value()))
    if as_json:
        say(json.dumps({"telegram": there.as_json(), "discord": here.as_json()}, ensure_ascii=False))
    else:
        languages = [operator_language(), *settings.languages]
        lines = [f"Telegram: {line}" for line in telegram.sentences(there, languages)]
        lines += [f"Discord: {line}" for line in discord.sentences(here, languages)]
        say("\n".join(lines))
    return 0 if all(found.healthy or not found.configured for found in (there, here)) else 1
