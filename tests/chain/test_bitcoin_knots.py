"""Every state of a transaction, made on a real Bitcoin node and read back through `BitcoinNode` and `look_up`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace

import aiohttp
import pytest

from core.chain.asking import Asking, Unavailable
from core.chain.bitcoin import BitcoinNode
from core.chain.look_up import look_up
from core.chain.network import Source
from core.chain.seen import Expected
from core.chain.verdict import FactName, Verdict
from tests.chain.knots import REGTEST, Coins, running

UNKNOWN = "0x" + "ab" * 32
pytestmark = pytest.mark.usefixtures("patient")
WEEKS = 15 * 86_400


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("knots")) as url:
        yield url


@pytest.fixture
async def coins(url: str) -> AsyncIterator[Coins]:
    async with aiohttp.ClientSession() as session:
        coins = Coins(url, session, Asking(session, keep=0))
        await coins.ready()
        yield coins
        await coins.mine()


def fact(verdict: Verdict, name: FactName) -> Mapping[str, str]:
    return next(found.values for found in verdict.evidence if found.name == name)


def k(verdict: Verdict) -> int:
    return verdict.progress.k if verdict.progress else 0


async def test_an_id_that_the_node_does_not_know(coins: Coins) -> None:
    alone = await coins.ask(UNKNOWN)
    assert (alone.name, alone.sources) == ("not_seen_yet", 1)
    second = BitcoinNode(coins.url, coins.asking, Source("second", REGTEST))
    now = await coins.now()
    both = await look_up([coins.node, second], UNKNOWN, lambda: now)
    assert (both.name, both.sources) == ("not_found", 2)


async def test_pending_then_counted_to_the_end(coins: Coins) -> None:
    us = await coins.address()
    id_ = await coins.pay(await coins.coin(), us, coins.home)
    waiting = await coins.ask(id_)
    assert (waiting.name, fact(waiting, "queue_place")["block"]) == ("pending", "1")
    assert 0 < waiting.low < 600 < waiting.high
    assert fact(waiting, "pays") == {"to": us, "amount": "100000000", "token": "", "symbol": "BTC"}
    names = []
    for count in range(1, 4):
        await coins.mine()
        counted = await coins.ask(id_)
        names.append(counted.name)
        assert k(counted) == count
    assert names == ["confirming", "confirmed", "withdrawable"]


async def test_a_child_waits_for_its_parent_and_can_pay_for_it(coins: Coins) -> None:
    us = await coins.address()
    parent = await coins.pay(await coins.coin(), us, fee=0.000002)
    alone = (await coins.node.see(parent)).waiting
    assert alone is not None
    out = {"txid": parent[2:], "vout": 0, "amount": 50 - 0.000002}
    child = await coins.pay(out, coins.home, fee=0.001)
    told = await coins.ask(child)
    assert (told.name, fact(told, "parent")["id"]) == ("waits_for_parent", parent[2:])
    helped = (await coins.node.see(parent)).waiting
    assert helped is not None
    assert helped.rate > 100 * alone.rate


async def test_a_replacement_is_named_followed_and_proved_after_it_was_mined(coins: Coins) -> None:
    coin, us = await coins.coin(), await coins.address()
    old = await coins.pay(coin, us, coins.home)
    before = await coins.first_seen(old)
    new = await coins.pay(coin, us, coins.home, fee=10 * 0.0001)
    told = await coins.ask(old, before)
    assert (told.name, told.next_id) == ("replaced", new)
    assert (await coins.ask(new)).name == "pending"
    await coins.mine(2)
    told = await coins.ask(old, before)
    assert (told.name, told.next_id) == ("replaced_final", new)


async def test_a_payment_that_was_taken_back_is_cancelled_and_when_mined_it_is_spent_elsewhere(
    coins: Coins,
) -> None:
    coin, us = await coins.coin(), await coins.address()
    old = await coins.pay(coin, us, coins.home)
    before = await coins.first_seen(old)
    new = await coins.pay(coin, await coins.address(), fee=10 * 0.0001)
    assert ((told := await coins.ask(old, before)).name, told.next_id) == ("cancelled", new)
    await coins.mine()
    assert ((told := await coins.ask(old, before)).name, told.next_id) == ("double_spent", new)
    assert fact(told, "other_transaction")["block"] == str(await coins.rpc("getblockcount"))


async def test_one_that_expired_is_dropped_and_may_come_back(coins: Coins) -> None:
    id_ = await coins.pay(await coins.coin(), await coins.address(), coins.home)
    raw = await coins.rpc("getrawtransaction", id_[2:])
    before = await coins.first_seen(id_)
    coin = await coins.coin()
    await coins.rpc("setmocktime", int(await coins.now()) + WEEKS)
    await coins.pay(coin, coins.home)  # whatever comes in makes the node tidy up
    told = await coins.ask(id_, before)
    await coins.rpc("setmocktime", 0)
    assert (told.name, fact(told, "inputs_unspent")) == ("dropped", {"unspent": "1", "of": "1"})
    await coins.rpc("sendrawtransaction", raw)
    assert (await coins.ask(id_, before)).name == "pending"


async def test_a_block_that_is_replaced_starts_the_count_again(coins: Coins) -> None:
    id_ = await coins.pay(await coins.coin(), await coins.address(), coins.home)
    await coins.mine(2)
    before = await coins.first_seen(id_)
    assert before.block is not None
    assert (await coins.ask(id_, before)).name == "confirmed"
    await coins.rpc("invalidateblock", before.block.hash)
    waits = await coins.ask(id_, before)
    assert (waits.name, k(waits)) == ("reorganised", 0)
    assert fact(waits, "block_gone")["hash"] == before.block.hash
    coins.home = await coins.address()  # or the same block is made again
    await coins.mine()
    again = await coins.ask(id_, before)
    assert (again.name, k(again)) == ("reorganised", 1)
    renewed = await coins.first_seen(id_, before)
    assert renewed.at == before.at
    assert (await coins.ask(id_, renewed)).name == "confirming"


async def test_after_a_replaced_block_the_money_can_go_elsewhere(coins: Coins) -> None:
    coin = await coins.coin()
    id_ = await coins.pay(coin, await coins.address(), coins.home)
    await coins.mine()
    before = await coins.first_seen(id_)
    assert before.block is not None
    await coins.rpc("invalidateblock", before.block.hash)
    new = await coins.pay(coin, await coins.address(), fee=0.01)
    assert (await coins.ask(id_, before)).name == "cancelled"
    coins.home = await coins.address()
    await coins.mine()
    told = await coins.ask(id_, before)
    assert (told.name, told.next_id) == ("double_spent", new)


async def test_whom_it_paid(coins: Coins) -> None:
    us = await coins.address()
    id_ = await coins.pay(await coins.coin(), us, coins.home)
    await coins.mine()
    right, wrong = (Expected(addresses=frozenset({to})) for to in (us, await coins.address()))
    assert (await coins.ask(id_, expected=right)).name == "confirming"
    assert (await coins.ask(id_, expected=wrong)).name == "wrong_recipient"
    assert (await coins.ask(id_, expected=replace(right, minimum=100_000_001))).name == "below_minimum"


async def test_newly_mined_coins_are_not_ripe(coins: Coins) -> None:
    best = await coins.rpc("getblock", await coins.rpc("getbestblockhash"))
    assert (await coins.ask("0x" + best["tx"][0])).name == "immature"


async def test_a_node_that_is_behind_or_refuses_us_says_nothing(coins: Coins) -> None:
    id_ = await coins.pay(await coins.coin(), coins.home)
    assert (await coins.ask(id_, ahead=7300)).name == "source_down"
    stranger = BitcoinNode(coins.url.replace("u:p@", "u:wrong@"), coins.asking, Source("x", REGTEST))
    with pytest.raises(Unavailable):
        await stranger.see(id_)
    assert "wrong" not in repr(stranger)
    with pytest.raises(ValueError, match="transaction id"):
        await coins.node.see(id_[3:])
