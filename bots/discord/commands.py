"""Slash commands in every language, written to Discord only where they differ from what is there.

Discord allows 200 new commands a day, so the present ones are read first and compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import discord

from bots.discord.draw import cut
from bots.discord.rest import Rest
from core.conversation.flow import Words
from core.conversation.library import Library

HOUSE = ("start", "help", "menu", "language", "human", "ticket", "unsubscribe")
"""Commands of the house, after the flows' own."""
DESCRIPTION = 100
_CHAT_INPUT, _EVERYWHERE = 1, [0, 1]  # servers, and the direct channel with us

Json = dict[str, Any]


def commands(library: Library) -> list[Json]:
    """What Discord should show, the first language as the default."""
    flows = {flow.command: flow for flow in library.flows.values() if flow.command}
    wanted = [(name, {code: _text(flow.words[code], "command", code) for code in library.languages})
              for name, flow in flows.items()]  # fmt: skip
    wanted += [
        (name, {code: _text(library.common[code], f"command.{name}", code) for code in library.languages})
        for name in HOUSE
    ]
    return [_command(name, texts, library.languages[0]) for name, texts in wanted]


def locales(language: str) -> list[str]:
    """Discord's names for a language: one for each country that it knows."""
    base = language.split("-")[0]
    return [str(one.value) for one in discord.Locale if str(one.value).split("-")[0] == base]


async def sync(rest: Rest, app: str, wanted: Sequence[Json]) -> bool:
    """Bring the commands up to date; whether anything had to be written.

    Raises:
        DeliveryError: nothing was changed, or it is not known.
    """
    path = "/applications/{application_id}/commands"
    present = await rest.call("GET", f"{path}?with_localizations=true", application_id=app)
    if sorted(map(_shape, present)) == sorted(map(_shape, wanted)):
        return False
    await rest.call("PUT", path, list(wanted), application_id=app)
    return True


def _command(name: str, texts: Mapping[str, str], first: str) -> Json:
    return {
        "name": name,
        "type": _CHAT_INPUT,
        "description": cut(texts[first] or name, DESCRIPTION),
        "description_localizations": {
            place: cut(text or name, DESCRIPTION) for code, text in texts.items() for place in locales(code)
        },
        "contexts": _EVERYWHERE,
    }


def _shape(command: Mapping[str, Any]) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    told = command.get("description_localizations") or {}
    return str(command["name"]), str(command.get("description", "")), tuple(sorted(told.items()))


def _text(words: Words, key: str, code: str) -> str:
    template = words.texts.get(key)
    return template.fill({}, code).text if template else ""
