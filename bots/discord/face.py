"""How a Discord channel comes out of the configuration; nothing when there is no token."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bots.discord.channel import DiscordChannel
from bots.discord.commands import commands
from bots.discord.draw import BUTTONS, body, button, components
from bots.discord.markdown import escape, markdown
from bots.discord.read import OPEN
from bots.discord.settings import ABILITIES
from bots.discord.settings import Settings as ChannelSettings
from bots.settings import Secrets, Settings
from bots.watching import watching
from core.channel import Abilities, Channel, Sign
from core.conversation.flow import Words
from core.conversation.library import Library
from core.conversation.model import Rich
from core.runtime.seal import seal_of

HOUSE = ("press_again", "press_here", "press_thanks", "form_open", "form_title", "form_field")
"""Texts of the house that this face shows by itself."""


def make(settings: Settings, secrets: Secrets, sign: Sign, library: Library) -> Channel | None:
    """The configured channel.

    Raises:
        ConfigError: the token's shape or the API's address is unusable.
    """
    token = secrets.discord_token.get_secret_value()
    if not token:
        return None
    own = settings.discord
    return DiscordChannel(
        own.name,
        token,
        sign,
        seal_of(secrets, settings.data),
        ChannelSettings(
            api_url=own.api_url,
            proxy=own.proxy,
            supports=own.support_channels,
            servers=any(chat.channel == own.name for chat in settings.desk.staff),
            languages=settings.languages,
            commands=commands(library),
            card=card(library, settings.security.official_site),
            house={key: of_house(library, key) for key in HOUSE},
            data=settings.data,
            abilities=abilities(settings),
            look=watching(settings),
            members=own.members_intent,
            content=own.message_content_intent,
            shards=own.shards,
            identify_every=own.rates.identify_every,
        ),
    )


def abilities(settings: Settings) -> Abilities:
    """The platform's abilities, as it is configured."""
    own, rates = settings.discord, settings.discord.rates
    return replace(
        ABILITIES,
        per_second=rates.per_second,
        chat_burst=rates.chat_burst,
        chat_every=rates.chat_every,
        boards=tuple(own.announcement_channels.items()),
        groups=own.announcement_roles,
    )


def of_house(library: Library, key: str) -> dict[str, str]:
    """A text of the house in each language."""
    return {code: _text(library.common[code], key, code).text for code in library.languages}


def card(library: Library, site: str) -> dict[str, Any]:
    """The card of the support channels: the house's own words, and a button for each flow in the menu."""
    texts = [_text(library.common[code], "card", code, site) for code in library.languages]
    ways = [
        (_label(library, {code: _text(flow.words[code], flow.menu, code).text for code in library.languages}),
         f"{OPEN}flow_{flow.command}")
        for flow in library.flows.values()
        if flow.menu and flow.command
    ]  # fmt: skip
    human = {code: library.common[code].choices.get("human", "") for code in library.languages}
    ways = [*ways[: BUTTONS - 1], (_label(library, human), f"{OPEN}human")]
    rows = components([])
    packed = [button(label, route) for label, route in ways]
    rows += [{"type": 1, "components": packed[at : at + 2]} for at in range(0, min(len(packed), 10), 2)]
    return body("\n\n".join(markdown(text) for text in texts) or escape(site), rows)


def _label(library: Library, texts: dict[str, str]) -> str:
    return " / ".join(dict.fromkeys(texts[code] for code in library.languages if texts[code]))


def _text(words: Words, key: str, code: str, site: str = "") -> Rich:
    template = words.texts.get(key)
    return template.fill({"official_site": site}, code) if template else Rich("")
