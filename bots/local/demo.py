"""Everything that a demo needs on loopback: a stand-in of Telegram, a small node, and where they are.

`demo.json` in the data folder tells another terminal where the stand-in listens.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from bots.local.node import Node
from bots.local.telegram import TelegramStandIn
from bots.settings import Secrets, Settings
from core.config import Chain

FILE = "demo.json"


@asynccontextmanager
async def node(settings: Settings) -> AsyncIterator[Settings]:
    """The settings with a node to ask: the configured ones, else a small one of our own with sample hashes."""
    if settings.transactions.nodes:
        yield settings
        return
    own = Node()
    await own.start()
    try:
        chain = Chain(name="demo-node", url=own.url)
        tx = settings.transactions.model_copy(update={"nodes": (chain,)})
        yield settings.model_copy(update={"transactions": tx})
    finally:
        await own.stop()


@asynccontextmanager
async def telegram(settings: Settings, secrets: Secrets) -> AsyncIterator[tuple[Settings, Secrets, str]]:
    """Settings and secrets that lead the real adapter to a stand-in on loopback, and its address."""
    stand_in = TelegramStandIn()
    await stand_in.start()
    place = settings.data / FILE
    try:
        place.write_text(json.dumps({"telegram": stand_in.url}), "utf-8")
        own = settings.telegram.model_copy(update={"api_url": stand_in.url})
        yield (
            settings.model_copy(update={"telegram": own}),
            secrets.model_copy(update={"telegram_token": SecretStr(stand_in.token)}),
            stand_in.url,
        )
    finally:
        if where(settings.data) == stand_in.url:  # not that of a demo that was here before us
            place.unlink(missing_ok=True)
        await stand_in.stop()


def where(data: Path) -> str:
    """The address of the stand-in of a demo that runs on this data folder, "" when none does."""
    try:
        return str(json.loads((data / FILE).read_text("utf-8"))["telegram"])
    except (OSError, ValueError, KeyError):
        return ""
