"""`EsploraSource` against a service with the real ones' quirks: an answer that only looks like a fact is none."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from hashlib import sha256

import aiohttp
import pytest

from bots.local.esplora import FIRST, SAMPLES, Esplora, Tx, script
from core.chain.asking import Asking
from core.chain.esplora import EsploraSource
from core.chain.judge import judge
from core.chain.network import Network, Source
from core.chain.seen import DOWN, FirstSeen, SeenBitcoin
from core.chain.verdict import Verdict

BITCOIN = Network("Bitcoin", "bitcoin", credit=2, unlock=6, block_seconds=600, stale_after=7200, coin="BTC")
SOURCE = Source("esplora", BITCOIN)
pytestmark = pytest.mark.usefixtures("patient")
UNKNOWN = "ab" * 32


def name(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.fixture
async def asking() -> AsyncIterator[Asking]:
    async with aiohttp.ClientSession() as session:
        yield Asking(session, keep=0)


@pytest.fixture
async def service() -> AsyncIterator[Esplora]:
    async with Esplora() as service:
        service.samples()
        service.add(Tx(name("coin"), (), (("alice", 1_000_000), ("alice", 2_000_000)), mined=FIRST - 50))
        yield service


@pytest.fixture(params=[False, True], ids=["esplora", "mempool.space"])
def source(request: pytest.FixtureRequest, service: Esplora, asking: Asking) -> EsploraSource:
    return EsploraSource(service.url, asking, SOURCE, mempool_space=request.param)


async def verdict(source: EsploraSource, id_: str, before: FirstSeen | None = None) -> Verdict:
    return judge(await source.see(id_, before), SOURCE, time.time(), before)


async def first_seen(source: EsploraSource, id_: str) -> FirstSeen:
    seen = await source.see(id_)
    assert seen.body is not None
    return FirstSeen("Bitcoin", id_, seen.body, time.time(), seen.health.latest, seen.block)


async def test_what_never_existed_is_not_unconfirmed(source: EsploraSource, service: Esplora) -> None:
    async with aiohttp.ClientSession() as plain, plain.get(f"{service.url}/tx/{UNKNOWN}/status") as status:
        assert (status.status, await status.json()) == (200, {"confirmed": False})  # the trap
    seen = await source.see("0x" + UNKNOWN)
    assert not seen.known
    assert (await verdict(source, UNKNOWN)).name == "not_seen_yet"


async def test_the_samples_are_what_they_are_called(source: EsploraSource) -> None:
    names = {sample: (await verdict(source, id_)).name for sample, id_ in SAMPLES.items()}
    stuck = "stuck_low_fee" if source._more else "pending"  # plain Esplora does not tell since when it waits
    assert names == {
        "confirmed": "withdrawable",
        "confirming": "confirmed",
        "pending": "pending",
        "stuck": stuck,
        "child": "waits_for_parent",
    }


async def test_confirmations_count_up(source: EsploraSource, service: Esplora) -> None:
    service.add(Tx(name("pay"), ((name("coin"), 0),), (("exchange", 900_000),)))
    assert (await verdict(source, name("pay"))).name == "pending"
    service.mine([name("pay")])
    found = await verdict(source, name("pay"))
    assert found.name == "confirming"
    assert found.progress
    assert found.progress.k == 1
    service.mine()
    assert (await verdict(source, name("pay"))).name == "confirmed"


async def test_the_queue_gives_place_and_rate(source: EsploraSource) -> None:
    seen = await source.see(SAMPLES["pending"])
    assert seen.waiting is not None
    assert (seen.waiting.fee, seen.waiting.size, seen.waiting.position) == (30_000, 140, 1)
    assert seen.waiting.next_rate == 20.0
    assert seen.waiting.replaceable
    seen = await source.see(SAMPLES["stuck"])
    assert seen.waiting is not None
    assert seen.waiting.position == 10


async def test_replaced_dropped_and_double_spent_are_told_apart(
    source: EsploraSource, service: Esplora
) -> None:
    coin = (name("coin"), 0)
    service.add(Tx(name("first"), (coin,), (("exchange", 900_000), ("alice", 90_000))))
    before = await first_seen(source, name("first"))
    faster = Tx(name("second"), (coin,), (("exchange", 900_000), ("alice", 80_000)), fee=20_000)
    service.add(faster)
    found = await verdict(source, name("first"), before)
    assert (found.name, found.next_id) == ("replaced", f"0x{name('second')}")
    service.mine([name("second")])
    assert (await verdict(source, name("first"), before)).name == "replaced_final"
    assert (await verdict(source, name("first"))).name == "not_seen_yet"  # without a snapshot nobody can say

    other = (name("coin"), 1)
    service.add(Tx(name("third"), (other,), (("exchange", 1_900_000),)))
    before = await first_seen(source, name("third"))
    service.drop(name("third"))
    assert (await verdict(source, name("third"), before)).name == "dropped"
    service.add(Tx(name("fourth"), (other,), (("alice", 1_900_000),)))
    assert (await verdict(source, name("third"), before)).name == "cancelled"
    service.mine([name("fourth")])
    assert (await verdict(source, name("third"), before)).name == "double_spent"


@pytest.mark.parametrize("core_backend", [False, True])
async def test_an_output_of_an_unknown_transaction_is_neither_spent_nor_unspent(
    source: EsploraSource, service: Esplora, core_backend: bool
) -> None:
    service.add(Tx(name("pay"), ((name("coin"), 0),), (("exchange", 900_000),)))
    before = await first_seen(source, name("pay"))
    service.drop(name("pay"))
    service.drop(name("coin"))
    service.core_backend = core_backend
    seen = await source.see(name("pay"), before)
    assert (seen.unspent, seen.replacement) == (None, None)
    assert (await verdict(source, name("pay"), before)).name == "vanished"


async def test_a_reorganisation_is_seen(source: EsploraSource, service: Esplora) -> None:
    service.add(Tx(name("pay"), ((name("coin"), 0),), (("exchange", 900_000),)))
    service.mine([name("pay")], empty=1)
    before = await first_seen(source, name("pay"))
    assert (await verdict(source, name("pay"), before)).name == "confirmed"
    service.reorganise(2)
    assert (await verdict(source, name("pay"), before)).name == "reorganised"


async def test_a_sick_service_gives_no_verdict(source: EsploraSource, service: Esplora) -> None:
    service.behind = True
    assert (await verdict(source, UNKNOWN)).name == "source_down"
    assert (await verdict(source, SAMPLES["confirmed"])).name == "source_down"
    service.behind, service.down = False, True
    assert await source.see(UNKNOWN) == SeenBitcoin(DOWN)


async def test_inputs_outputs_and_payees_are_read(source: EsploraSource) -> None:
    seen = await source.see(SAMPLES["confirmed"])
    assert seen.body is not None
    assert [o.script for o in seen.body.outputs] == [script("exchange"), script("somebody")]
    assert seen.body.inputs[0].script == script("somebody")
    assert next((move.to, move.amount) for move in seen.transfers) == ("bc1qexchange", 5_000_000)


@pytest.mark.parametrize("wrong", ["", "0x", "zz" * 32, "AB" * 32, "ab" * 31])
async def test_what_is_no_id_is_never_sent(source: EsploraSource, service: Esplora, wrong: str) -> None:
    with pytest.raises(ValueError, match="transaction id"):
        await source.see(wrong)
    assert service.asked == 0


def test_the_url_is_in_no_repr(asking: Asking) -> None:
    assert "secret" not in repr(EsploraSource("https://node.example/secret", asking, SOURCE))
