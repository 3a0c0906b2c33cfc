"""The settings of the faces: core's, and a section and a secret for each platform."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from core import config
from core.config import Section


class Rates(Section):
    """Overrides of a platform's own rates; 0 lifts a limit (only for somebody's own API server)."""

    per_second: float = 30
    chat_burst: int = 3
    chat_every: float = 1
    group_per_minute: int = 20


class Webhook(Section):
    """Where Telegram brings updates; without a `url` they are polled. The secret is the environment's
    TELEGRAM_WEBHOOK_SECRET."""

    url: str = ""
    bind: str = "127.0.0.1"
    port: int = Field(8081, ge=1, le=65535)
    connections: int = Field(40, ge=1, le=100)


class Telegram(Section):
    """The Telegram channel. Its token is the environment's TELEGRAM_TOKEN."""

    name: str = "telegram-main"
    api_url: str = "https://api.telegram.org"
    proxy: str = ""
    poll_seconds: int = 25
    webhook: Webhook = Webhook()
    rates: Rates = Rates()


class Sending(Section):
    """Overrides of Discord's own rates; 0 lifts a limit. Its answers' headers are obeyed in any case."""

    per_second: float = 45
    chat_burst: int = 5
    chat_every: float = 1
    identify_every: float = 5.5
    """Seconds between two sessions that begin, for each that Discord lets begin at once."""


Id = Annotated[str, Field(pattern=r"^\d{15,20}$", coerce_numbers_to_str=True)]


class Discord(Section):
    """The Discord channel. Its token is the environment's DISCORD_TOKEN."""

    name: str = "discord-main"
    api_url: str = "https://discord.com/api/v10"
    proxy: str = ""
    support_channels: tuple[Id, ...] = ()
    announcement_channels: dict[Id, str] = Field(default_factory=dict)
    """Channel -> the language that is read there: where a broadcast may be posted for everybody."""
    announcement_roles: tuple[Id, ...] = ()
    """Roles that a broadcast may call there."""
    shards: Annotated[int, Field(ge=1, le=16_000)] | Literal["auto"] = 1
    """How many connections share the servers; "auto" takes what Discord recommends."""
    members_intent: bool = False
    """Watch who joins and who changes their name; switch "Server Members Intent" on in the developer portal first."""
    message_content_intent: bool = False
    """Read what is said in servers without naming the bot, and what AutoMod stopped, to warn of scams; nothing in which
    nothing is wrong is kept. Switch "Message Content Intent" on in the developer portal first."""
    rates: Sending = Sending()


class Settings(config.Settings):
    """All of it, as in config.yaml."""

    telegram: Telegram = Telegram()
    discord: Discord = Discord()


class Secrets(config.Secrets):
    """What never stands in a file of the project."""

    telegram_token: SecretStr = SecretStr("")
    telegram_webhook_secret: SecretStr = SecretStr("")
    discord_token: SecretStr = SecretStr("")
