"""The settings of the faces: core's, and a section and a secret for each platform."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from core import config
from core.config_kinds import ChannelName, Section, twice


class Rates(Section):
    """Overrides of a platform's own rates; 0 lifts a limit (only for somebody's own API server)."""

    per_second: float = Field(30, ge=0)
    chat_burst: int = Field(3, ge=0)
    chat_every: float = Field(1, ge=0)
    group_per_minute: int = Field(20, ge=0)


class Webhook(Section):
    """Where Telegram brings updates; without a `url` they are polled. The secret is the environment's
    TELEGRAM_WEBHOOK_SECRET."""

    url: str = ""
    bind: str = "127.0.0.1"
    port: int = Field(8081, ge=1, le=65535)
    connections: int = Field(40, ge=1, le=100)


class Telegram(Section):
    """The Telegram channel. Its token is the environment's TELEGRAM_TOKEN."""

    name: ChannelName = "telegram-main"
    api_url: str = "https://api.telegram.org"
    proxy: str = ""
    poll_seconds: int = Field(25, ge=1, le=50)
    webhook: Webhook = Webhook()
    rates: Rates = Rates()


class Sending(Section):
    """Overrides of Discord's own rates; 0 lifts a limit. Its answers' headers are obeyed in any case."""

    per_second: float = Field(45, ge=0)
    chat_burst: int = Field(5, ge=0)
    chat_every: float = Field(1, ge=0)
    identify_every: float = Field(5.5, ge=0)
    """Seconds between two sessions that begin, for each that Discord lets begin at once."""


Id = Annotated[str, Field(pattern=r"^\d{15,20}$", coerce_numbers_to_str=True)]


class Discord(Section):
    """The Discord channel. Its token is the environment's DISCORD_TOKEN."""

    name: ChannelName = "discord-main"
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

    @model_validator(mode="after")
    def _each_channel_has_its_name(self) -> Self:
        """Two of one name would share their people's addresses."""
        if self.telegram.name == self.discord.name:
            raise twice(self.telegram.name)
        return self


class Secrets(config.Secrets):
    """What never stands in a file of the project."""

    telegram_token: SecretStr = SecretStr("")
    telegram_webhook_secret: SecretStr = SecretStr("")
    discord_token: SecretStr = SecretStr("")
