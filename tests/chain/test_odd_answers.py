"""A source may answer anything: there is always a verdict, and what a stranger wrote is never passed on as a link."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.chain.asking import Answer, Asking
from core.chain.bitcoin import BitcoinNode
from core.chain.evm import EvmNode
from core.chain.facts import quotable
from core.chain.look_up import Client, look_up
from core.chain.network import Source
from tests.chain.cases import BITCOIN, CALL, COINS, EVM, ID, NOW, first, mined

# What protocols are made of, in places where it does not belong.
words = st.sampled_from(["0x1", "0x" + "ab" * 32, "ab" * 32, "0x" + "a1" * 20, "", "latest", "x" * 100])
leaves = st.none() | st.booleans() | st.integers(-2, 2**70) | st.floats(allow_nan=False) | words
KEYS = [
    "hash", "number", "timestamp", "blockNumber", "blockHash", "status", "from", "to", "nonce", "value", "input", "logs",
    "topics", "data", "address", "gasUsed", "baseFeePerGas", "reward", "vin", "vout", "txid", "blockhash", "blocks", "time",
    "initialblockdownload", "txindex", "synced", "fees", "base", "vsize", "depends", "confirmations", "height", "bytes",
    "scriptPubKey", "mempoolminfee", "spendingtxid", "transactions",
]  # fmt: skip
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=8),
    max_leaves=25,
)


class Rambling(Asking):
    """Every call is answered by whatever comes next."""

    def __init__(self, session: Any, results: list[object]) -> None:
        super().__init__(session)
        self.results = results

    async def post(self, url: str, body: object, *, fresh: bool = False) -> Answer:
        assert isinstance(body, list)
        told = [self.results[number % len(self.results)] for number in range(len(body))]
        return Answer(200, json.dumps([{"id": at, "result": one} for at, one in enumerate(told)]).encode())


HEALTHY: Mapping[str, list[object]] = {
    "evm": [None, None, {"number": "0xc8", "timestamp": hex(int(NOW))}, False, "0x1", None, None, None],
    "bitcoin": [None, None, {"blocks": 200, "time": int(NOW), "initialblockdownload": False},
                {"txindex": {"synced": True}}],
}  # fmt: skip


@pytest.mark.parametrize("family", ["evm", "bitcoin"])
@settings(max_examples=150)
@given(st.lists(values, min_size=1, max_size=9), st.data())
async def test_any_answer_ends_in_a_verdict(family: str, told: list[object], data: st.DataObject) -> None:
    results = list(HEALTHY[family])
    for place in data.draw(st.sets(st.integers(0, len(results) - 1), max_size=4)):
        results[place] = told[place % len(told)]
    network, body = (EVM, CALL) if family == "evm" else (BITCOIN, COINS)
    async with aiohttp.ClientSession() as session:
        asking, source = Rambling(session, results), Source("odd", network)
        url = "http://127.0.0.1:1"
        client: Client = EvmNode(url, asking, source) if family == "evm" else BitcoinNode(url, asking, source)
        before = first(body, network, mined(3)) if data.draw(st.booleans()) else None
        verdict = await look_up([client], ID, lambda: NOW, before)
    assert verdict.network == network.name
    assert verdict.evidence
    assert all(isinstance(value, str) for fact in verdict.evidence for value in fact.values.values())


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ERC20: transfer amount exceeds balance", True),
        ("TransferHelper: TRANSFER_FROM_FAILED.", True),
        ("visit evil.example", False),
        ("https://evil", False),
        ("ask @support_agent", False),
        ("t\u200b.me", False),
        ("x" * 81, False),
        ("付款解冻", False),
        ("", False),
    ],
)
def test_only_plain_words_of_a_contract_are_repeated(said: str, told: bool) -> None:
    assert bool(quotable(said)) == told
