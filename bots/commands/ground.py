"""What would keep this configuration from starting, found without starting it: the roles, the database, the flows, and what
each platform's settings say without a call to it."""

from __future__ import annotations

import asyncio
import logging
import time

from bots.registry import faces
from bots.settings import Secrets, Settings
from core.actions import load_actions
from core.errors import ConfigError, HelplineError
from core.runtime import shelf
from core.runtime.crew import Alone
from core.runtime.house import store_url
from core.sentences import operator_language, sentence
from core.store.open import is_shared, is_there, open_store


async def obstacles(settings: Settings, secrets: Secrets) -> list[str]:
    """A sentence for each; empty where nothing stands in the way."""
    found: list[str] = []
    for look in (_roles, _database, _faces):
        try:
            await look(settings, secrets)
        except HelplineError as error:
            found.append(str(error))
    return found


async def _roles(settings: Settings, _secrets: Secrets) -> None:
    if not is_shared(settings.store.url) and set(settings.runtime.roles) != Alone.roles:
        raise ConfigError(sentence("service.roles", operator_language()))


async def _database(settings: Settings, _secrets: Secrets) -> None:
    """Where there is one: a file that is missing is made at the start."""
    url = store_url(settings)
    if is_there(url):
        await (await open_store(url)).close()


async def _faces(settings: Settings, secrets: Secrets) -> None:
    sources = shelf.read_sources(settings.flows)
    library = shelf.build(settings, sources, load_actions(settings.flows), (), time.time()).library
    warning = logging.getLogger("bots.api_url")
    level = warning.level
    warning.setLevel(logging.ERROR)  # whoever asks the platform says it
    try:
        made = faces(settings, secrets, lambda *_: "", library)
    finally:
        warning.setLevel(level)
    await asyncio.gather(*(channel.close() for channel in made))
