"""The platforms: one line each. A face is a module with `make(settings, secrets, sign, library)`.

Modules are imported only when a service starts, and only where the secret `<name>_token` is there: commands that need
no platform stay quick, and a platform's library that nobody uses takes no memory.
"""

from __future__ import annotations

from importlib import import_module

from bots.settings import Secrets, Settings
from core.channel import Abilities, Channel, Sign
from core.conversation.library import Library

FACES = {
    "telegram": "bots.telegram.face",
    "discord": "bots.discord.face",
}


def faces(settings: Settings, secrets: Secrets, sign: Sign, library: Library) -> list[Channel]:
    """Every configured channel.

    Raises:
        ConfigError: one of them is configured badly.
    """
    named = [module for name, module in FACES.items() if getattr(secrets, f"{name}_token").get_secret_value()]
    made = (import_module(module).make(settings, secrets, sign, library) for module in named)
    return [channel for channel in made if channel is not None]


def abilities(settings: Settings) -> dict[str, Abilities]:
    """What each configured channel can do, by its name, without a connection."""
    from bots.discord.face import abilities as discord
    from bots.telegram.channel import ABILITIES as TELEGRAM

    return {settings.telegram.name: TELEGRAM, settings.discord.name: discord(settings)}
