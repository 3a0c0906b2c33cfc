"""Networks as an operator writes them, and the sources that they become."""

from __future__ import annotations

import pytest

from core.chain.network import Network
from core.chain.nodes import network_of, open_chain
from core.config import ChainNetwork, ChainSource
from core.errors import ConfigError

USDT = "0xDAC17F958D2ee523a2206206994597C13D831ec7"


def test_what_is_left_out_follows_from_the_family() -> None:
    source = ChainSource(url="https://node.example")
    bitcoin = network_of(ChainNetwork(name="Bitcoin", family="bitcoin", sources=(source,)))
    assert bitcoin == Network("Bitcoin", "bitcoin", 2, 3, 600.0, 7200.0)
    own = network_of(ChainNetwork(credit=80, grace_minutes=1, tokens={USDT: "USDT"}, sources=(source,)))
    assert (own.credit, own.unlock, own.grace) == (80, 80, 60)
    assert own.tokens == {USDT.lower(): "USDT"}


async def test_a_key_in_a_url_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    network = ChainNetwork(sources=(ChainSource(name="rented", url="https://rpc.example/${RPC_KEY}"),))
    with pytest.raises(ConfigError, match="RPC_KEY"):
        async with open_chain([network], lambda: 0.0):
            pass
    monkeypatch.setenv("RPC_KEY", "secret-of-ours")
    async with open_chain([network], lambda: 0.0) as chain:
        assert "secret-of-ours" not in repr(chain)
        assert [client.source.name for client in chain.clients] == ["rented"]


async def test_without_a_network_nobody_is_asked() -> None:
    async with open_chain([], lambda: 0.0) as chain:
        with pytest.raises(ConfigError):
            await chain.look_up("0x" + "ab" * 32)
