"""The configured sources over one HTTP session: what an action asks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from core.chain.evm import EvmNode
from core.chain.look_up import Client, look_up
from core.chain.network import Network, Source
from core.chain.verdict import Verdict
from core.config import Chain as ChainSettings
from core.errors import ConfigError
from core.sentences import told


@dataclass(frozen=True, slots=True)
class Chain:
    """All sources, asked as one."""

    clients: Sequence[Client]
    now: Callable[[], float]

    async def look_up(self, transaction_id: str) -> Verdict:
        """Where a transaction is.

        Raises:
            ConfigError: no source is configured.
            ValueError: the text is no transaction id.
        """
        if not self.clients:
            raise ConfigError(told("chain.no_node"))
        return await look_up(self.clients, transaction_id, self.now)


@asynccontextmanager
async def open_chain(settings: Sequence[ChainSettings], now: Callable[[], float]) -> AsyncIterator[Chain]:
    """The sources of a configuration; their connections are closed at the end."""
    async with aiohttp.ClientSession() as session:
        yield Chain([EvmNode(node.url, session, _source(node)) for node in settings], now)


def _source(node: ChainSettings) -> Source:
    network = Network(
        node.network,
        credit=node.need,
        unlock=node.need,
        block_seconds=node.block_seconds,
        stale_after=node.stale_seconds,
    )
    return Source(node.name, network)
