"""A real EVM node (anvil) for the tests, contracts written by hand for it, and the test's own hands on it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from core.chain.evm import EvmNode
from core.chain.look_up import look_up
from core.chain.seen import Expected, FirstSeen
from core.chain.snapshot import from_text, remember, to_text
from core.chain.verdict import Verdict
from tests.ports import free_port

TOOLS = Path(__file__).resolve().parents[2] / ".cache" / "tools" / "node_modules" / "@foundry-rs"
GWEI = 10**9


def binary() -> Path:
    found = sorted(TOOLS.glob("anvil-*/bin/anvil"))
    if not found:
        reason = "anvil is not here: run scripts/tools"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found[0]


@contextmanager
def running() -> Iterator[str]:
    """A fresh anvil on a free port of this machine. Finality comes four blocks later."""
    port = free_port()
    process = subprocess.Popen(
        [str(binary()), "--host", "127.0.0.1", "--port", str(port), "--silent", "--slots-in-an-epoch", "2"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def deploying(code: str) -> str:
    """Code that makes a contract of this code: copy what follows, and return it."""
    size = len(code) // 2
    return f"0x60{size:02x}600c60003960{size:02x}6000f3{code}"


def _word(text: str) -> str:
    return text.encode().ljust(32, b"\0").hex()


_SAYS = "08c379a0" + f"{32:064x}{21:064x}" + _word("TRANSFER_AMOUNT_LIMIT")
REFUSES = deploying(f"60{len(_SAYS) // 2:02x}600c60003960{len(_SAYS) // 2:02x}6000fd{_SAYS}")
"""A contract that undoes everything, and says why."""
SPINS = deploying("5b600056")
"""A contract that goes round until the gas is used up."""
_EVENT = "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"


def token(symbol: str) -> str:
    """A token that believes every transfer, and calls itself as it likes."""
    logs = f"36600414603857602435600052600435337f{_EVENT}60206000a300"
    return deploying(f"{logs}5b7f{_word(symbol)}60005260206000f3")


def transfer(to: str, amount: int) -> str:
    return f"0xa9059cbb{to[2:]:0>64}{amount:064x}"


@dataclass
class Chain:
    """The test's own hands on the node."""

    url: str
    session: aiohttp.ClientSession
    node: EvmNode
    accounts: tuple[str, ...] = ()

    async def rpc(self, method: str, *params: object) -> Any:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
        async with self.session.post(self.url, json=body) as answer:
            told = await answer.json()
        assert "error" not in told, told
        return told["result"]

    async def send(self, transaction: dict[str, str], *, mined: bool = True) -> str:
        """Send from the first account; the hash. anvil mines it a moment after it answered."""
        hash_ = str(await self.rpc("eth_sendTransaction", {"from": self.accounts[0], **transaction}))
        for _ in range(6000 if mined else 0):
            if await self.rpc("eth_getTransactionReceipt", hash_) is not None:
                break
            await asyncio.sleep(0.01)
        return hash_

    async def pay(self, *, mined: bool = True, value: int = 1, **more: int | str) -> str:
        """Send some units to the second account."""
        fields = {name: hex(field) if isinstance(field, int) else field for name, field in more.items()}
        return await self.send({"to": self.accounts[1], "value": hex(value), **fields}, mined=mined)

    async def make(self, code: str) -> str:
        hash_ = await self.send({"data": code, "gas": hex(1_000_000)})
        return str((await self.rpc("eth_getTransactionReceipt", hash_))["contractAddress"])

    async def first_seen(self, hash_: str) -> FirstSeen:
        """The snapshot as it would come back from its row."""
        first = remember(await self.node.see(hash_), self.node.source.network.name, hash_, time.time(), None)
        assert first is not None
        return from_text(to_text(first))

    async def ask(
        self,
        hash_: str,
        ahead: float = 0.0,
        before: FirstSeen | None = None,
        expected: Expected | None = None,
    ) -> Verdict:
        now = time.time() + ahead
        return await look_up([self.node], hash_, lambda: now, before, expected or Expected())
