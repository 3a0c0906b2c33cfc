"""The settings of the faces: core's, and a section and a secret for each platform."""

from __future__ import annotations

from pydantic import SecretStr

from core import config
from core.config import Section


class Rates(Section):
    """Overrides of a platform's own rates; 0 lifts a limit (only for somebody's own API server)."""

    per_second: float = 30
    chat_burst: int = 3
    chat_every: float = 1
    group_per_minute: int = 20


class Telegram(Section):
    """The Telegram channel. Its token is the environment's TELEGRAM_TOKEN."""

    name: str = "telegram-main"
    api_url: str = "https://api.telegram.org"
    proxy: str = ""
    poll_seconds: int = 25
    rates: Rates = Rates()


class Settings(config.Settings):
    """All of it, as in config.yaml."""

    telegram: Telegram = Telegram()


class Secrets(config.Secrets):
    """What never stands in a file of the project."""

    telegram_token: SecretStr = SecretStr("")
