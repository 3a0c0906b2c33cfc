"""Every state of a transaction, made on a real EVM node (anvil) and read back through `EvmNode` and `look_up`."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace

import aiohttp
import pytest

from core.chain.asking import Answer, Asking
from core.chain.evm import EvmNode
from core.chain.look_up import look_up
from core.chain.network import Network, Source
from core.chain.seen import EvmBody, Expected
from core.chain.verdict import FactName, Verdict
from tests.chain.anvil import GWEI, REFUSES, SPINS, Chain, running, token, transfer
from tests.ports import free_port

pytestmark = pytest.mark.usefixtures("patient")
UNKNOWN = "0x" + "ab" * 32
NEED = 3
TESTNET = Network("Testnet", credit=NEED, unlock=NEED + 1, chain_id=31337, coin="ETH", stale_after=3600)


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    with running() as url:
        yield url


@pytest.fixture
async def chain(url: str) -> AsyncIterator[Chain]:
    async with aiohttp.ClientSession() as session:
        chain = Chain(url, session, EvmNode(url, Asking(session, keep=0), Source("anvil", TESTNET)))
        for _ in range(2000):
            try:
                chain.accounts = tuple(await chain.rpc("eth_accounts"))
                break
            except aiohttp.ClientError:
                time.sleep(0.05)
        start = await chain.rpc("evm_snapshot")
        yield chain
        await chain.rpc("evm_setAutomine", True)
        await chain.rpc("anvil_dropAllTransactions")
        await chain.rpc("evm_revert", start)


def k(verdict: Verdict) -> int:
    return verdict.progress.k if verdict.progress else 0


def fact(verdict: Verdict, name: FactName) -> Mapping[str, str]:
    return next(found.values for found in verdict.evidence if found.name == name)


async def test_a_hash_that_the_node_does_not_know_is_not_seen_yet_at_its_block(chain: Chain) -> None:
    before = int(await chain.rpc("eth_blockNumber"), 16)
    await chain.rpc("anvil_mine", "0x7")
    verdict = await chain.ask(UNKNOWN)
    assert (verdict.name, verdict.sources, verdict.network) == ("not_seen_yet", 1, "Testnet")
    assert [(found.name, found.source, found.values) for found in verdict.evidence] == [
        ("synced_to", "anvil", {"block": str(before + 7)})
    ]


async def test_pending_until_a_block_then_counted_until_it_is_final(chain: Chain) -> None:
    await chain.rpc("evm_setAutomine", False)
    hash_ = await chain.pay(mined=False)
    waiting = await chain.ask(hash_)
    assert (waiting.name, k(waiting)) == ("pending", 0)
    assert fact(waiting, "nonce_waits")["next"] == fact(waiting, "nonce_waits")["nonce"]
    names = []
    for count in range(1, 7):
        await chain.rpc("evm_mine")
        counted = await chain.ask(hash_)
        names.append(counted.name)
        assert k(counted) == count
    assert names == ["confirming", "confirming", "confirmed", "withdrawable", "final", "final"]
    assert fact(counted, "pays")["to"] == chain.accounts[1]


async def test_a_tip_below_what_one_in_ten_offers_is_stuck(chain: Chain) -> None:
    for _ in range(3):
        await chain.pay(maxPriorityFeePerGas=3 * GWEI, maxFeePerGas=30 * GWEI)
    await chain.rpc("evm_setAutomine", False)
    poor = await chain.pay(mined=False, maxPriorityFeePerGas=0, maxFeePerGas=30 * GWEI)
    assert (await chain.ask(poor)).name == "stuck_low_fee"
    assert fact(await chain.ask(poor), "fee_market")["low_tip"] == str(3 * GWEI)


async def test_a_missing_number_and_an_older_one_that_waits(chain: Chain) -> None:
    await chain.rpc("evm_setAutomine", False)
    nonce = int(await chain.rpc("eth_getTransactionCount", chain.accounts[0], "latest"), 16)
    late = await chain.pay(mined=False, nonce=nonce + 1)
    gap = await chain.ask(late)
    assert (gap.name, fact(gap, "missing_nonce")["nonce"]) == ("nonce_gap", str(nonce))
    await chain.pay(mined=False, nonce=nonce)
    assert (await chain.ask(late)).name == "blocked_by_older"


@pytest.mark.parametrize(
    ("to", "value", "waiting", "mined"),
    [
        (1, 1, "replaced", "replaced_final"),
        (0, 0, "cancelled", "cancelled"),
        (2, 1, "cancelled", "double_spent"),
    ],
)
async def test_what_took_its_number_is_found_and_told_apart(
    chain: Chain, to: int, value: int, waiting: str, mined: str
) -> None:
    await chain.rpc("evm_setAutomine", False)
    nonce = int(await chain.rpc("eth_getTransactionCount", chain.accounts[0], "latest"), 16)
    fees = {"nonce": nonce, "maxPriorityFeePerGas": GWEI, "maxFeePerGas": 30 * GWEI}
    old = await chain.pay(mined=False, **fees)
    before = await chain.first_seen(old)
    dearer = {**fees, "maxPriorityFeePerGas": 2 * GWEI, "maxFeePerGas": 60 * GWEI}
    new = await chain.pay(mined=False, value=value, to=chain.accounts[to], **dearer)
    told = await chain.ask(old, before=before)
    assert (told.name, told.next_id) == (waiting, new)
    await chain.rpc("evm_mine")
    told = await chain.ask(old, before=before)
    assert (told.name, told.next_id) == (mined, new)
    # A node without an index of senders: the block is found by the sender's count.
    await chain.rpc("anvil_mine", "0x28")
    plain = EvmNode(chain.url, NoIndex(chain.session, keep=0), chain.node.source)
    found = await look_up([plain], old, time.time, before)
    assert (found.name, found.next_id) == (mined, new)


class NoIndex(Asking):
    """Asks a node that knows no transaction by its sender and number."""

    async def post(self, url: str, body: object, *, fresh: bool = False) -> Answer:
        assert isinstance(body, list)
        hidden = [
            {**call, "method": call["method"].replace("eth_getTransactionBySenderAndNonce", "eth_unknown")}
            for call in body
        ]
        return await super().post(url, hidden, fresh=fresh)


async def test_one_that_left_the_queue_is_dropped_after_a_while_and_not_failed(chain: Chain) -> None:
    await chain.rpc("evm_setAutomine", False)
    hash_ = await chain.pay(mined=False)
    before = await chain.first_seen(hash_)
    await chain.rpc("anvil_dropTransaction", hash_)
    assert (await chain.ask(hash_, before=before)).name == "vanished"
    long_ago = replace(before, at=before.at - 601)
    dropped = await chain.ask(hash_, before=long_ago)
    assert dropped.name == "dropped"
    assert isinstance(before.body, EvmBody)
    assert fact(dropped, "nonce_free")["nonce"] == str(before.body.nonce)


async def test_a_transaction_that_was_undone_says_why(chain: Chain) -> None:
    refuses = await chain.make(REFUSES)
    hash_ = await chain.send({"to": refuses, "gas": hex(100_000)})
    verdict = await chain.ask(hash_)
    assert (verdict.name, fact(verdict, "undone")["reason"]) == ("reverted", "TRANSFER_AMOUNT_LIMIT")


async def test_a_transaction_that_ran_out_of_gas(chain: Chain) -> None:
    spins = await chain.make(SPINS)
    verdict = await chain.ask(await chain.send({"to": spins, "gas": hex(30_000)}))
    assert (verdict.name, fact(verdict, "gas")) == ("out_of_gas", {"used": "30000", "limit": "30000"})


async def test_tokens_are_told_by_their_contract_and_imitations_by_their_name(chain: Chain) -> None:
    _, us, other, *_ = chain.accounts
    real, false, foreign = [await chain.make(token(name)) for name in ("USDT", "ＵＳＤＴ", "XYZ")]
    network = replace(TESTNET, tokens={real: "USDT"})
    chain.node = EvmNode(chain.url, Asking(chain.session, keep=0), Source("anvil", network))
    wanted = Expected(addresses=frozenset({us}), token=real, minimum=50)

    async def sent(contract: str, to: str, amount: int = 50) -> Verdict:
        hash_ = await chain.send({"to": contract, "data": transfer(to, amount), "gas": hex(100_000)})
        return await chain.ask(hash_, expected=wanted)

    good = await sent(real, us)
    assert (good.name, fact(good, "pays_token")["symbol"]) == ("confirming", "USDT")
    assert (await sent(real, us, 0)).name == "poisoning"
    assert (await sent(real, us, 49)).name == "below_minimum"
    assert (await sent(false, us)).name == "fake_token"
    assert (await sent(foreign, us)).name == "wrong_token"
    assert (await sent(real, other)).name == "wrong_recipient"
    assert (await sent(real, real)).name == "sent_to_token_contract"


async def test_a_reorganised_chain_starts_the_count_again(chain: Chain) -> None:
    await chain.rpc("anvil_mine", "0x5")
    hash_ = await chain.pay()
    raw = await chain.rpc("eth_getRawTransactionByHash", hash_)
    await chain.rpc("anvil_mine", "0x2")
    before = await chain.first_seen(hash_)
    assert (await chain.ask(hash_, before=before)).name == "confirmed"
    # The three newest blocks are replaced; in the new ones the transaction comes last.
    await chain.rpc("anvil_reorg", 3, [[raw, 2]])
    again = await chain.ask(hash_, before=before)
    assert (again.name, k(again)) == ("reorganised", 1)
    assert before.block is not None
    assert fact(again, "block_gone")["hash"] == before.block.hash


async def test_a_transaction_that_a_reorganisation_dropped_is_not_called_failed(chain: Chain) -> None:
    await chain.rpc("anvil_mine", "0x5")
    hash_ = await chain.pay()
    before = await chain.first_seen(hash_)
    await chain.rpc("anvil_reorg", 1, [])
    assert (await chain.ask(hash_, before=before)).name == "reorganised"
    assert (await chain.ask(hash_)).name in ("not_seen_yet", "pending")


@pytest.mark.parametrize("sent", [True, False])
async def test_a_node_that_is_behind_never_gives_a_verdict(chain: Chain, sent: bool) -> None:
    hash_ = await chain.pay() if sent else UNKNOWN
    assert (await chain.ask(hash_, ahead=7200)).name == "source_down"


async def test_a_node_that_is_gone_is_down_and_another_may_still_know(chain: Chain) -> None:
    hash_ = await chain.pay()
    gone = EvmNode(f"http://127.0.0.1:{free_port()}", Asking(chain.session), Source("gone", TESTNET))
    both = [gone, chain.node]
    assert (await look_up([gone], hash_, time.time)).name == "source_down"
    assert (await look_up(both, hash_, time.time)).name == "confirming"
    unsure = await look_up(both, UNKNOWN, time.time)
    assert (unsure.name, unsure.sources) == ("source_down", 2)


async def test_two_healthy_nodes_that_do_not_know_it_agree_on_not_found(chain: Chain) -> None:
    second = EvmNode(chain.url, Asking(chain.session), Source("second", TESTNET))
    verdict = await look_up([chain.node, second], UNKNOWN, time.time)
    assert (verdict.name, verdict.sources) == ("not_found", 2)


async def test_a_node_of_another_chain_counts_as_down(chain: Chain) -> None:
    wrong = EvmNode(chain.url, Asking(chain.session), Source("wrong", Network("Mainnet", chain_id=1)))
    assert (await look_up([wrong], await chain.pay(), time.time)).name == "source_down"
