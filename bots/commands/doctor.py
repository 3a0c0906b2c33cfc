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
    """Ask Discord, and say what to do. Exit code 1 when something is missing."""
    from bots.discord.doctor import examine, sentences

    settings = settings_of(config)
    found = asyncio.run(examine(settings, Secrets().discord_token.get_secret_value()))
    if as_json:
        say(json.dumps({"discord": found.as_json()}, ensure_ascii=False))
    else:
        say("\n".join(sentences(found, [operator_language(), *settings.languages])))
    return 0 if found.healthy or not found.configured else 1
