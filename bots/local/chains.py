"""The chains of the demo: a small EVM node, an Esplora service and a TRON node on this machine, each with samples."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from bots.local.esplora import SAMPLES as BITCOIN
from bots.local.esplora import Esplora
from bots.local.node import SAMPLES as ETHEREUM
from bots.local.node import Node
from bots.local.tron import SAMPLES as TRX
from bots.local.tron import Tron
from core.config import ChainNetwork, ChainSource

NODE: Final = "demo-node"
BLOCK_SECONDS: Final = 60.0
"""The demo's Bitcoin is ten times as quick as the real one, so that something happens while you look."""
SAMPLES: Final[Mapping[str, str]] = {
    **ETHEREUM,
    "stuck": BITCOIN["stuck"],
    "parent": BITCOIN["child"],
    "energy": TRX["out_of_energy"],
    "expired": TRX["expired"],
    "user": "W10000002",
    "review": "W10000003",
    "memo": "D10000004",
}
"""Name -> what to paste: one of each situation that people ask about most."""


@dataclass(frozen=True, slots=True)
class Chains:
    """`node` is the one that trouble can be made with; `networks` go into the configuration."""

    node: Node
    networks: tuple[ChainNetwork, ...]


@asynccontextmanager
async def open_chains() -> AsyncIterator[Chains]:
    """All of them, listening."""
    node = Node()
    await node.start()
    try:
        async with Esplora(block_seconds=BLOCK_SECONDS) as esplora, Tron() as tron:
            esplora.samples()
            tron.samples()
            yield Chains(node, _networks(node.url, esplora.url, tron.url))
    finally:
        await node.stop()


def _networks(node: str, esplora: str, tron: str) -> tuple[ChainNetwork, ...]:
    """On the first, twelve confirmations are enough for everything."""
    ethereum = ChainSource(name=NODE, url=node, own=True)
    electrs = ChainSource(name="demo-electrs", kind="mempool.space", url=esplora, own=True)
    java = ChainSource(name="demo-tron", url=tron, own=True)
    return (
        ChainNetwork(unlock=12, coin="ETH", sources=(ethereum,)),
        ChainNetwork(
            name="Bitcoin", family="bitcoin", coin="BTC", block_seconds=BLOCK_SECONDS, sources=(electrs,)
        ),
        ChainNetwork(name="TRON", family="tron", coin="TRX", sources=(java,)),
    )
