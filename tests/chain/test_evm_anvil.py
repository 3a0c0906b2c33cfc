"""Every state of a transaction, made on a real EVM node (anvil) and read back through `EvmNode` and `look_up`."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from core.chain.evm import EvmNode
from core.chain.look_up import look_up
from core.chain.network import Network, Source
from core.chain.verdict import Verdict

TOOLS = Path(__file__).resolve().parents[2] / ".cache" / "tools" / "node_modules" / "@foundry-rs"
UNKNOWN = "0x" + "ab" * 32
NEED = 4
TESTNET = Network("Testnet", credit=NEED, unlock=NEED, chain_id=31337)


def binary() -> Path:
    found = sorted(TOOLS.glob("anvil-*/bin/anvil"))
    if not found:
        reason = "anvil is not here: run scripts/tools"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found[0]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def url() -> Iterator[str]:
    """A fresh anvil on a free port of this machine."""
    port = free_port()
    process = subprocess.Popen(
        [str(binary()), "--host", "127.0.0.1", "--port", str(port), "--silent"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


@dataclass
class Chain:
    """The test's own hands on the node."""

    url: str
    session: aiohttp.ClientSession
    node: EvmNode

    async def rpc(self, method: str, *params: object) -> Any:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
        async with self.session.post(self.url, json=body) as answer:
            told = await answer.json()
        assert "error" not in told, told
        return told["result"]

    async def send(self, transaction: dict[str, str], *, mined: bool = True) -> str:
        """Send from the first account; the hash. anvil mines it a moment after it answered."""
        first, *_ = await self.rpc("eth_accounts")
        hash_ = str(await self.rpc("eth_sendTransaction", {"from": first, **transaction}))
        for _ in range(500 if mined else 0):
            if await self.rpc("eth_getTransactionReceipt", hash_) is not None:
                break
            await asyncio.sleep(0.01)
        return hash_

    async def pay(self, *, mined: bool = True) -> str:
        """Send one unit to the second account."""
        _, second, *_ = await self.rpc("eth_accounts")
        return await self.send({"to": second, "value": "0x1"}, mined=mined)

    async def ask(self, transaction_id: str, ahead: float = 0.0) -> Verdict:
        return await look_up([self.node], transaction_id, lambda: time.time() + ahead)


@pytest.fixture
async def chain(url: str) -> AsyncIterator[Chain]:
    async with aiohttp.ClientSession() as session:
        node = EvmNode(url, session, Source("anvil", TESTNET), deadline=5)
        chain = Chain(url, session, node)
        for _ in range(200):
            try:
                await chain.rpc("eth_chainId")
                break
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
        yield chain


def k(verdict: Verdict) -> int:
    return verdict.progress.k if verdict.progress else 0


async def test_a_hash_that_the_node_does_not_know_is_not_seen_yet_at_its_block(chain: Chain) -> None:
    await chain.rpc("anvil_mine", "0x7")
    verdict = await chain.ask(UNKNOWN)
    assert (verdict.name, verdict.sources, verdict.network) == ("not_seen_yet", 1, "Testnet")
    assert [(fact.name, fact.source, fact.values) for fact in verdict.evidence] == [
        ("synced_to", "anvil", {"block": "7"})
    ]


async def test_pending_until_a_block_then_counted_to_the_end(chain: Chain) -> None:
    await chain.rpc("evm_setAutomine", False)
    hash_ = await chain.pay(mined=False)
    waiting = await chain.ask(hash_)
    assert (waiting.name, k(waiting)) == ("pending", 0)
    for count in range(1, NEED):
        await chain.rpc("evm_mine")
        counted = await chain.ask(hash_)
        assert (counted.name, k(counted)) == ("confirming", count)
        assert counted.low == (NEED - count) * 12.0
    await chain.rpc("evm_mine")
    done = await chain.ask(hash_)
    assert (done.name, k(done), done.high) == ("withdrawable", NEED, 0.0)


async def test_a_transaction_that_ran_and_failed_is_reverted(chain: Chain) -> None:
    # PUSH 0, PUSH 0, REVERT: a contract that refuses to be made. The gas is given, so nothing is tried before.
    hash_ = await chain.send({"data": "0x60006000fd", "gas": hex(100_000)})
    assert (await chain.ask(hash_)).name == "reverted"
    await chain.rpc("anvil_mine", hex(NEED))
    assert (await chain.ask(hash_)).name == "reverted"


async def test_a_reorganised_chain_starts_the_count_again(chain: Chain) -> None:
    await chain.rpc("anvil_mine", "0x5")
    hash_ = await chain.pay()
    raw = await chain.rpc("eth_getRawTransactionByHash", hash_)
    await chain.rpc("anvil_mine", "0x2")
    assert k(await chain.ask(hash_)) == 3
    # The three newest blocks are replaced; in the new ones the transaction comes last.
    await chain.rpc("anvil_reorg", 3, [[raw, 2]])
    again = await chain.ask(hash_)
    assert (again.name, k(again)) == ("confirming", 1)


async def test_a_transaction_that_a_reorganisation_dropped_is_not_called_failed(chain: Chain) -> None:
    await chain.rpc("anvil_mine", "0x5")
    hash_ = await chain.pay()
    assert (await chain.ask(hash_)).name == "confirming"
    await chain.rpc("anvil_reorg", 1, [])
    assert (await chain.ask(hash_)).name in ("not_seen_yet", "pending")


@pytest.mark.parametrize("sent", [True, False])
async def test_a_node_that_is_behind_never_gives_a_verdict(chain: Chain, sent: bool) -> None:
    hash_ = await chain.pay() if sent else UNKNOWN
    assert (await chain.ask(hash_, ahead=3600)).name == "source_down"


async def test_a_node_that_is_gone_is_down_and_another_may_still_know(chain: Chain) -> None:
    hash_ = await chain.pay()
    gone = EvmNode(f"http://127.0.0.1:{free_port()}", chain.session, Source("gone", TESTNET), deadline=2)
    both = [gone, chain.node]
    assert (await look_up([gone], hash_, time.time)).name == "source_down"
    assert (await look_up(both, hash_, time.time)).name == "confirming"
    unsure = await look_up(both, UNKNOWN, time.time)
    assert (unsure.name, unsure.sources) == ("source_down", 2)


async def test_two_healthy_nodes_that_do_not_know_it_agree_on_not_found(chain: Chain) -> None:
    second = EvmNode(chain.url, chain.session, Source("second", TESTNET))
    verdict = await look_up([chain.node, second], UNKNOWN, time.time)
    assert (verdict.name, verdict.sources) == ("not_found", 2)


async def test_a_node_of_another_chain_counts_as_down(chain: Chain) -> None:
    wrong = EvmNode(chain.url, chain.session, Source("wrong", Network("Mainnet", chain_id=1)))
    assert (await look_up([wrong], await chain.pay(), time.time)).name == "source_down"
