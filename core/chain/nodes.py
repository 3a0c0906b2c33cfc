"""The configured networks and their sources over one session: what an action and a command ask."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp

from core.chain.asking import KEEP, Asking
from core.chain.bitcoin import BitcoinNode
from core.chain.evm import EvmNode
from core.chain.look_up import Client, look_up
from core.chain.network import Family, Network, Source
from core.chain.verdict import Verdict
from core.config import ChainNetwork, ChainSource
from core.errors import ConfigError
from core.sentences import told

_VARIABLE: Final = re.compile(r"\$\{([A-Z_][A-Z0-9_]*)\}")
_USUAL: Final[Mapping[Family, tuple[int, int, float, float]]] = {
    "bitcoin": (2, 3, 600.0, 7200.0),
    "evm": (12, 64, 12.0, 300.0),
    "tron": (19, 19, 3.0, 60.0),
}
"""Family -> confirmations until credit and until withdrawal, seconds a block, seconds after which a source is behind."""


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
async def open_chain(
    networks: Sequence[ChainNetwork], now: Callable[[], float], keep: float = KEEP
) -> AsyncIterator[Chain]:
    """The sources of a configuration; their connections are closed at the end. `keep`: seconds of the answers.

    Raises:
        ConfigError: a url is not safe, or names something that the environment does not hold.
    """
    async with aiohttp.ClientSession() as session:
        yield Chain(list(_clients(networks, Asking(session, keep=keep))), now)


def _clients(networks: Sequence[ChainNetwork], asking: Asking) -> Iterator[Client]:
    for own in networks:
        network = network_of(own)
        for source in own.sources:
            url = _filled(source)
            asking.limit(url, source.per_second)
            yield _client(url, asking, source, network)


def _client(url: str, asking: Asking, source: ChainSource, network: Network) -> Client:
    """Raises ConfigError: the url is not safe, or no such source exists for this family."""
    who = Source(source.name, network, source.own)
    match network.family, source.kind:
        case "evm", "node":
            return EvmNode(url, asking, who)
        case "bitcoin", "node":
            return BitcoinNode(url, asking, who)
    raise ConfigError(told("chain.kind", name=source.name, kind=source.kind, family=network.family))


def network_of(own: ChainNetwork) -> Network:
    """A configured network; what was left out follows from its family."""
    credit, unlock, block_seconds, stale = _USUAL[own.family]
    credit = own.credit or credit
    tokens = {name.lower() if own.family == "evm" else name: symbol for name, symbol in own.tokens.items()}
    return Network(
        own.name,
        own.family,
        credit,
        max(credit, own.unlock or unlock),
        own.block_seconds or block_seconds,
        own.stale_seconds or stale,
        60 * own.stuck_minutes,
        60 * own.grace_minutes,
        own.coin,
        tokens,
        own.chain_id,
    )


def _filled(source: ChainSource) -> str:
    """The url with what it names of the environment. Raises ConfigError: something is not there."""

    def value(found: re.Match[str]) -> str:
        got = os.environ.get(found.group(1))
        if not got:
            raise ConfigError(told("chain.variable", name=source.name, variable=found.group(1)))
        return got

    return _VARIABLE.sub(value, source.url)
