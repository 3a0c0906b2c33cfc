"""The configured nodes over one HTTP session: what an action asks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from core.chain.evm import EvmNode
from core.chain.look_up import look_up
from core.chain.verdict import Verdict
from core.config import Chain as ChainSettings
from core.errors import ConfigError
from core.sentences import told


@dataclass(frozen=True, slots=True)
class Chain:
    """All nodes, asked as one."""

    nodes: Sequence[EvmNode]
    now: Callable[[], float]

    async def look_up(self, transaction_id: str) -> Verdict:
        """Where a transaction is.

        Raises:
            ConfigError: no node is configured.
            ValueError: the text is no transaction id.
        """
        if not self.nodes:
            raise ConfigError(told("chain.no_node"))
        return await look_up(self.nodes, transaction_id, None, self.now)


@asynccontextmanager
async def open_chain(settings: Sequence[ChainSettings], now: Callable[[], float]) -> AsyncIterator[Chain]:
    """The nodes of a configuration; their connections are closed at the end."""
    async with aiohttp.ClientSession() as session:
        nodes = [
            EvmNode(
                node.url,
                session,
                node.name,
                node.network,
                need=node.need,
                block_seconds=node.block_seconds,
                stale_after=node.stale_seconds,
            )
            for node in settings
        ]
        yield Chain(nodes, now)
