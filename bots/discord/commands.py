"""Slash commands in every language, written to Discord only where they differ from what is there.

Discord allows 200 new commands a day, so the present ones are read first and compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import discord

from bots.discord.draw import cut
from bots.discord.read import CHAT_INPUT, ON_MESSAGE, ON_PERSON
from bots.discord.rest import Rest
from bots.sentences import sayer
from core.conversation.flow import Ask, Flow, Say, Words
from core.conversation.library import Library

HOUSE = ("start", "help", "menu", "language", "human", "ticket", "unsubscribe")
"""Commands of the house, after the flows' own."""
DESCRIPTION = 100
WORDS = Path(__file__).parent / "words"
PERSONAL = ("verify",)
"""Commands that a person may also install for themselves, and then use anywhere, even where we are not."""
MENUS = ((ON_PERSON, "menu_verify"), (ON_MESSAGE, "menu_report"))
"""What stands in the menu of a person and of a message."""
GIVEN = "text"
"""The option of a command whose flow begins with a question that takes words."""
_TEXT = 3
_HERE: Any = {"contexts": [0, 1]}  # servers, and the direct channel with us
_ANYWHERE: Any = {
    "contexts": [0, 1, 2],
    "integration_types": [0, 1],
}  # and everybody's own; also installed by a person

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
    made = [_command(name, texts, library.languages[0]) for name, texts in wanted]
    for one in made:
        if one["name"] in flows and _takes_words(flows[one["name"]]):
            said = ("description", "description_localizations")
            one["options"] = [{"type": _TEXT, "name": GIVEN, **{field: one[field] for field in said}}]
    return [*made, *(_menu(kind, key, library.languages) for kind, key in MENUS)]


def _takes_words(flow: Flow) -> bool:
    """Whether the first question of a flow can be answered in words, so that they may come with the command."""
    step = flow.steps.get(flow.first)
    while isinstance(step, Say):
        step = flow.steps.get(step.next)
    return isinstance(step, Ask) and bool(step.reads)


def _menu(kind: int, key: str, languages: Sequence[str]) -> Json:
    names = {code: sayer(WORDS, [code])(key) for code in languages}
    localized = {place: name for code, name in names.items() for place in locales(code)}
    return {"name": names[languages[0]], "type": kind, "name_localizations": localized, **_ANYWHERE}


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
        "type": CHAT_INPUT,
        "description": cut(texts[first] or name, DESCRIPTION),
        "description_localizations": {
            place: cut(text or name, DESCRIPTION) for code, text in texts.items() for place in locales(code)
        },
        **(_ANYWHERE if name in PERSONAL else _HERE),
    }


def _shape(command: Mapping[str, Any]) -> tuple[Any, ...]:
    """What is compared: of a command that is there Discord tells more than was written."""
    told = [sorted((command.get(f"{part}_localizations") or {}).items()) for part in ("name", "description")]
    options = [str(one["name"]) for one in command.get("options") or []]
    places = sorted(command.get("contexts") or []), sorted(command.get("integration_types") or [0])
    return (
        command.get("type", 1),
        str(command["name"]),
        str(command.get("description", "")),
        told,
        options,
        places,
    )


def _text(words: Words, key: str, code: str) -> str:
    template = words.texts.get(key)
    return template.fill({}, code).text if template else ""
