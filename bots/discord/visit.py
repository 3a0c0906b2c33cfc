"""A short visit to Discord for an operator's command: logged in by REST, no gateway, and out again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord.http import Route

from bots.api_url import check_api_url
from bots.discord.gateway import intents
from bots.discord.settings import OFFICIAL, WORDS
from bots.sentences import to_operator
from bots.settings import Settings


@asynccontextmanager
async def visiting(settings: Settings, token: str) -> AsyncIterator[discord.Client]:
    """A client that is logged in; the library's errors and the connection's come as they are.

    Raises:
        ConfigError: the API's address is unusable.
    """
    own = settings.discord
    Route.BASE = check_api_url(own.api_url, OFFICIAL, to_operator(WORDS))
    client = discord.Client(intents=intents(servers=False), proxy=own.proxy or None)
    try:
        await client.login(token)
        yield client
    finally:
        await client.close()


async def ask(client: discord.Client, method: str, path: str, body: Any = None, **ids: str) -> Any:
    """One call. `path` is a template, `ids` its values."""
    options = {} if body is None else {"json": body}
    return await client.http.request(Route(method, path, **ids), **options)
