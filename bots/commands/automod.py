"""`helpline discord automod apply`: AutoMod's rules compared with what we know, and with --yes brought up to date."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from bots.commands.common import say, settings_of, told
from bots.commands.official import believed
from bots.sentences import sayer
from bots.settings import Secrets
from core.sentences import operator_language
from core.sentences import told as sentence_told


@told
def apply(config: Path | None, as_json: bool, write: bool) -> int:
    """A dry run unless `write`. Exit code 1 when something stood in the way; without a believed list nothing runs."""
    from bots.discord import automod
    from bots.discord.settings import WORDS

    settings, token = settings_of(config), Secrets().discord_token.get_secret_value()
    languages = [operator_language(), *settings.languages]
    official = believed(settings).official
    if not token:
        say(sayer(WORDS, languages)("doctor_token"))
        return 1
    if official.demo:
        sys.stderr.write(sentence_told("official.demo") + "\n")
    outcome = asyncio.run(automod.apply(settings, token, official, write=write))
    if as_json:
        say(json.dumps(outcome.as_json(), ensure_ascii=False))
    else:
        say("\n".join(automod.sentences(outcome, languages, write=write)))
    return 0 if outcome.healthy else 1
