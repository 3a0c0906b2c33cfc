"""The configured networks and their sources over one session: what an action and a command ask."""

from __future__ import annotations

import os
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final, Protocol

import aiohttp

from core.chain.asking import KEEP, Asking
from core.chain.bitcoin import BitcoinNode
from core.chain.client import digits
from core.chain.esplora import EsploraSource
from core.chain.evm import EvmNode
from core.chain.judge import NOTHING_EXPECTED
from core.chain.look_up import BUDGET, Client, hear
from core.chain.meanings import MEANINGS
from core.chain.network import Family, Network, Source
from core.chain.seen import Expected
from core.chain.snapshot import from_text, to_text
from core.chain.tron import TronNode
from core.chain.verdict import Verdict
from core.config import ChainNetwork, ChainSource
from core.errors import ConfigError
from core.sentences import told
from core.store.snapshots import Snapshot

_VARIABLE: Final = re.compile(r"\$\{([A-Z_][A-Z0-9_]*)\}")
_USUAL: Final[Mapping[Family, tuple[int, int, float, float]]] = {
    "bitcoin": (2, 3, 600.0, 7200.0),
    "evm": (12, 64, 12.0, 300.0),
    "tron": (19, 19, 3.0, 60.0),
}
"""Family -> confirmations until credit and until withdrawal, seconds a block, seconds after which a source is behind."""

REMEMBERED: Final = 3 * 3600.0
"""Seconds that a transaction is remembered after somebody asked: as long as we look again by ourselves."""

_SHORTEST: Final = 0.2
"""Seconds below which nobody can answer: then what follows is left for the next time."""


class Memory(Protocol):
    """Where snapshots are kept (core/store/snapshots.py)."""

    async def recall(self, transaction_id: str, now: float) -> list[str]:
        """The snapshots of an id."""

    async def keep(self, snapshots: Sequence[Snapshot], until: float, now: float) -> None:
        """Keep each at least until then."""

    async def forget(self, transaction_id: str) -> None:
        """Nothing needs this one any more."""


@dataclass(slots=True)
class Chain:
    """All sources, asked as one. Without a `memory` nothing is remembered from one question to the next."""

    clients: Sequence[Client]
    now: Callable[[], float]
    memory: Memory | None = None

    async def look_up(
        self, transaction_id: str, expected: Expected = NOTHING_EXPECTED, remember_for: float = REMEMBERED
    ) -> Verdict:
        """Where a transaction is; one that took its place is looked up, too.

        What is known of it is kept for `remember_for` seconds, or until it came to an end: then it is forgotten at once.

        Raises:
            ConfigError: no source is configured.
            ValueError: the text is no transaction id.
        """
        if not self.clients:
            raise ConfigError(told("chain.no_node"))
        transaction_id = f"0x{digits(transaction_id.lower())}"  # some chains write it bare
        began = time.monotonic()
        verdict = await self._hear(self.clients, transaction_id, expected, remember_for, BUDGET)
        left = BUDGET - (time.monotonic() - began)
        if not verdict.next_id or left < _SHORTEST:
            return verdict
        same = [client for client in self.clients if client.source.network.name == verdict.network]
        return replace(verdict, follows=await self._hear(same, verdict.next_id, expected, remember_for, left))

    async def _hear(
        self,
        clients: Sequence[Client],
        transaction_id: str,
        expected: Expected,
        remember_for: float,
        budget: float,
    ) -> Verdict:
        memory, before = self.memory, {}
        if memory is not None:
            texts = await memory.recall(transaction_id, self.now())
            before = {first.network: first for first in map(from_text, texts)}
        heard = await hear(clients, transaction_id, self.now, before, expected, budget)
        if memory is not None:
            if not MEANINGS[heard.verdict.name].again:
                await memory.forget(transaction_id)
            elif heard.snapshots:
                kept = [Snapshot(one.id, one.network, to_text(one)) for one in heard.snapshots.values()]
                await memory.keep(kept, self.now() + remember_for, self.now())
        return heard.verdict


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
            url = filled(source.url, source.name)
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
        case "tron", "node":
            return TronNode(url, asking, who, complete=not source.recent_only)
        case "bitcoin", "esplora" | "mempool.space" as kind:
            return EsploraSource(url, asking, who, mempool_space=kind == "mempool.space")
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


def filled(url: str, name: str) -> str:
    """The url of whoever is called `name`, with what it takes from the environment.

    Raises:
        ConfigError: something is not there.
    """

    def value(found: re.Match[str]) -> str:
        got = os.environ.get(found.group(1))
        if not got:
            raise ConfigError(told("chain.variable", name=name, variable=found.group(1)))
        return got

    return _VARIABLE.sub(value, url)
