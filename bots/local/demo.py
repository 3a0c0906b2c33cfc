"""Everything that a demo needs on loopback: stand-ins of the platforms, small chains, a ledger, and the bot between them.

The stand-ins live in this process; the bot is a child of it with the same settings, led to the
stand-ins by its environment. `demo.json` in the data folder tells another terminal where the stand-in of Telegram listens.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path

from pydantic import SecretStr

from bots.local.chains import open_chains
from bots.local.child import Bot
from bots.local.discord import DiscordStandIn
from bots.local.discord_limits import STRICT
from bots.local.exchange import DEMO_KEY, Exchange
from bots.local.node import Node
from bots.local.people import Chat
from bots.local.telegram import TelegramStandIn
from bots.settings import Secrets, Settings

FILE = "demo.json"
AGAIN = replace(STRICT, identify=(0, 0.0))
"""As strict as ever, but a bot that was killed need not wait until it may begin a session again."""
STAFF, STAFF_CHAT = "lin", "Support desk · 客服值班"


@dataclass(frozen=True, slots=True)
class Demo:
    """The running demo. `node` is None where the configuration names nodes of its own."""

    settings: Settings
    telegram: TelegramStandIn
    discord: DiscordStandIn
    staff: Chat
    node: Node | None
    bot: Bot


@asynccontextmanager
async def open_demo(settings: Settings, config: Path | None = None) -> AsyncIterator[Demo]:
    """Stand-ins that listen, and a bot that is ready to be run on them with the settings of `config`."""
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(TelegramStandIn())
        discord = await stack.enter_async_context(DiscordStandIn(limits=AGAIN))
        staff = telegram.world.group(STAFF_CHAT, STAFF, supergroup=True, administrator=True)
        chains = None if settings.transactions.networks else await stack.enter_async_context(open_chains())
        own_ledger = None if settings.exchange.url else await stack.enter_async_context(Exchange())
        own = settings.store.model_copy(update={"url": store_url(settings)})
        settings = settings.model_copy(update={"store": own})
        environment = dict(os.environ) | {
            "HELPLINE_DATA": str(settings.data),
            "HELPLINE_LOG_LEVEL": settings.log_level,
            "HELPLINE_STORE__URL": own.url,
            "HELPLINE_TELEGRAM__API_URL": telegram.url,
            "TELEGRAM_TOKEN": telegram.token,
            "HELPLINE_DISCORD__API_URL": discord.url,
            "HELPLINE_DISCORD__SUPPORT_CHANNELS": json.dumps([str(discord.world.support.id)]),
            "DISCORD_TOKEN": discord.token,
        }
        if not settings.desk.staff:
            cards = {"channel": settings.telegram.name, "chat": str(staff.id)}
            environment["HELPLINE_DESK__STAFF"] = json.dumps([cards])
        if chains is not None:
            networks = [network.model_dump(mode="json") for network in chains.networks]
            environment["HELPLINE_TRANSACTIONS__NETWORKS"] = json.dumps(networks)
        if own_ledger is not None:
            environment["HELPLINE_EXCHANGE__URL"] = own_ledger.url
            environment["HELPLINE_SECRETS__EXCHANGE_KEY"] = DEMO_KEY
        if config is not None:
            environment["HELPLINE_CONFIG"] = str(config)
        # Telegram keeps what is written until a bot asks; Discord tells only a session that has begun.
        bot = Bot(environment, lambda: discord.gateway.until_listening(inf))
        yield Demo(settings, telegram, discord, staff, chains.node if chains else None, bot)


def store_url(settings: Settings) -> str:
    """The configured store, else one of the demo's own, so that trying never touches a real bot's."""
    return settings.store.url or f"sqlite:///{settings.data}/demo.db"


@asynccontextmanager
async def sources(settings: Settings, secrets: Secrets) -> AsyncIterator[tuple[Settings, Secrets]]:
    """The settings with chains and a ledger to ask: the configured ones, else small ones of our own with samples."""
    async with AsyncExitStack() as stack:
        if not settings.transactions.networks:
            chains = await stack.enter_async_context(open_chains())
            tx = settings.transactions.model_copy(update={"networks": chains.networks})
            settings = settings.model_copy(update={"transactions": tx})
        if not settings.exchange.url:
            exchange = await stack.enter_async_context(Exchange())
            ledger = settings.exchange.model_copy(update={"url": exchange.url})
            settings = settings.model_copy(update={"exchange": ledger})
            secrets = secrets.model_copy(update={"exchange_key": SecretStr(DEMO_KEY)})
        yield settings, secrets


@contextmanager
def told(data: Path, url: str) -> Iterator[None]:
    """While it holds, `demo.json` says where the stand-in listens."""
    place = data / FILE
    try:
        place.write_text(json.dumps({"telegram": url}), "utf-8")
        yield
    finally:
        if where(data) == url:  # not that of a demo that was here before us
            place.unlink(missing_ok=True)


def where(data: Path) -> str:
    """The address of the stand-in of a demo that runs on this data folder, "" when none does."""
    try:
        return str(json.loads((data / FILE).read_text("utf-8"))["telegram"])
    except (OSError, ValueError, KeyError):
        return ""
