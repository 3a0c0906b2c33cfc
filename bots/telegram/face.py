"""How a Telegram channel comes out of the configuration; nothing when there is no token."""

from __future__ import annotations

from dataclasses import replace

from bots.settings import Secrets, Settings
from bots.telegram.channel import ABILITIES, TelegramChannel
from bots.telegram.channel import Settings as ChannelSettings
from bots.telegram.polling import Patience
from bots.telegram.profile import Card, Profile
from bots.telegram.request import Limits
from bots.telegram.webhook import Hook
from bots.watching import watching
from core.channel import Abilities, Channel, Sign
from core.conversation.flow import Words
from core.conversation.library import Library

COMMANDS = ("start", "help", "menu", "language", "human", "ticket", "unsubscribe")
"""Commands of the house, in the order in which Telegram lists them after the flows' own."""


def make(settings: Settings, secrets: Secrets, sign: Sign, library: Library) -> Channel | None:
    """The configured channel.

    Raises:
        ConfigError: the token's shape, an address, the webhook's secret or the proxy is unusable.
    """
    token = secrets.telegram_token.get_secret_value()
    if not token:
        return None
    own = settings.telegram
    return TelegramChannel(
        own.name,
        token,
        sign,
        ChannelSettings(
            api_url=own.api_url,
            limits=Limits(proxy=own.proxy, pool=settings.runtime.in_flight),
            patience=Patience(hold=own.poll_seconds),
            profile=profile(library),
            abilities=abilities(settings),
            look=watching(settings),
            hook=Hook(
                own.webhook.url,
                secrets.telegram_webhook_secret.get_secret_value(),
                own.webhook.bind,
                own.webhook.port,
                own.webhook.connections,
            ),
        ),
    )


def abilities(settings: Settings) -> Abilities:
    """The platform's abilities under the configured rates."""
    rates = settings.telegram.rates
    return replace(
        ABILITIES,
        per_second=rates.per_second,
        chat_burst=rates.chat_burst,
        chat_every=rates.chat_every,
        group_per_minute=rates.group_per_minute,
    )


def profile(library: Library) -> Profile:
    """The bot's card in every language, from the texts of the flows and the house."""
    return Profile({code: _card(library, code) for code in library.languages})


def _card(library: Library, code: str) -> Card:
    house = library.common[code]
    commands = [
        (flow.command, _text(flow.words[code], "command", code))
        for flow in library.flows.values()
        if flow.command
    ]
    commands += [(name, _text(house, f"command.{name}", code)) for name in COMMANDS]
    texts = [_text(house, f"profile.{part}", code) for part in ("name", "short", "description")]
    return Card(tuple(commands), *texts)


def _text(words: Words, key: str, code: str) -> str:
    template = words.texts.get(key)
    return template.fill({}, code).text if template else ""
