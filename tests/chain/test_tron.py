"""`TronNode` against a node with the real one's quirks: `{}`, `SUCESS`, hex messages, errors with status 200."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256

import aiohttp
import pytest
from aiohttp import web

from bots.local.tron import BLOCK_SECONDS, CONTRACT, FIRST, SAMPLES, SOLID, Tron, Tx, account
from core import base58
from core.chain.asking import Asking
from core.chain.judge import judge
from core.chain.network import Network, Source
from core.chain.seen import DOWN, FirstSeen, SeenTron
from core.chain.tron import TronNode
from core.chain.verdict import Verdict

TRON = Network("TRON", "tron", credit=1, unlock=19, block_seconds=3, stale_after=60, coin="TRX")
SOURCE = Source("tron-node", TRON)
pytestmark = pytest.mark.usefixtures("patient")
UNKNOWN = "ab" * 32


class Clock:
    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def asking() -> AsyncIterator[Asking]:
    async with aiohttp.ClientSession() as session:
        yield Asking(session, keep=0)


@pytest.fixture
async def node(clock: Clock) -> AsyncIterator[Tron]:
    async with Tron(now=clock) as node:
        node.samples()
        yield node


@pytest.fixture
def source(node: Tron, asking: Asking) -> TronNode:
    return TronNode(node.url, asking, SOURCE)


async def verdict(source: TronNode, id_: str, clock: Clock, before: FirstSeen | None = None) -> Verdict:
    return judge(await source.see(id_, before), SOURCE, clock(), before)


async def test_the_samples_are_what_they_are_called(source: TronNode, clock: Clock) -> None:
    names = {sample: (await verdict(source, id_, clock)).name for sample, id_ in SAMPLES.items()}
    assert names == {
        "solid": "final",
        "executed": "confirming",
        "pending": "pending",
        "out_of_energy": "out_of_energy",
        "expired": "expired",
    }
    assert (await verdict(source, UNKNOWN, clock)).name == "not_seen_yet"


async def test_not_yet_executed_looks_like_unknown_and_is_not(source: TronNode) -> None:
    seen = await source.see(SAMPLES["pending"])
    assert seen.body is not None
    assert seen.block is None
    assert (await source.see(UNKNOWN)).body is None


async def test_it_is_final_only_when_it_is_solid(source: TronNode, node: Tron, clock: Clock) -> None:
    assert not (await source.see(SAMPLES["executed"])).solid
    clock.now += BLOCK_SECONDS * SOLID
    assert (await source.see(SAMPLES["executed"])).solid
    assert (await verdict(source, SAMPLES["executed"], clock)).name == "final"


@pytest.mark.parametrize("spelling", ["", "SUCESS"])
async def test_success_is_told_in_two_ways(source: TronNode, node: Tron, clock: Clock, spelling: str) -> None:
    tx = node.add(Tx(UNKNOWN, clock() + 60, mined=FIRST - 100, spelling=spelling))
    seen = await source.see(tx.id)
    assert seen.result == "SUCCESS"
    assert [(move.token, move.to, move.amount) for move in seen.transfers] == [
        (base58.encode_checked(b"\x41" + bytes.fromhex(CONTRACT)), account("exchange"), 25_000_000)
    ]


async def test_a_plain_transfer_has_no_result_at_all(source: TronNode, node: Tron, clock: Clock) -> None:
    node.add(Tx(UNKNOWN, clock() + 60, token=False, mined=FIRST - 100))
    seen = await source.see(UNKNOWN)
    assert seen.result == "SUCCESS"
    assert [(move.token, move.to, move.amount) for move in seen.transfers] == [
        ("", account("exchange"), 5_000_000)
    ]


@pytest.mark.parametrize(
    ("result", "name"),
    [("OUT_OF_ENERGY", "out_of_energy"), ("REVERT", "reverted"), ("OUT_OF_TIME", "reverted"),
     ("TRANSFER_FAILED", "reverted"), ("", "reverted"), ("A_NEW_ONE", "reverted")],
)  # fmt: skip
async def test_a_failure_keeps_its_name_and_its_reason(
    source: TronNode, node: Tron, clock: Clock, result: str, name: str
) -> None:
    node.add(Tx(UNKNOWN, clock() + 60, mined=FIRST - 100, result=result, message="REVERT opcode\n执行"))
    seen = await source.see(UNKNOWN)
    assert seen.reason == "REVERT opcode 执行"
    assert (await verdict(source, UNKNOWN, clock)).name == name


async def test_expiry_is_proved_by_the_solid_head_alone(source: TronNode, node: Tron, clock: Clock) -> None:
    node.add(Tx(UNKNOWN, clock() + 30, queued_only=True))
    seen = await source.see(UNKNOWN)
    assert seen.body is not None
    before = FirstSeen("TRON", UNKNOWN, seen.body, clock(), seen.health.latest)
    del node.known[UNKNOWN]
    clock.now += 31
    assert (
        await verdict(source, UNKNOWN, clock, before)
    ).name == "vanished"  # its time is over, but not solidly
    clock.now += BLOCK_SECONDS * SOLID
    assert (await verdict(source, UNKNOWN, clock, before)).name == "expired"


async def test_a_lite_node_does_not_prove_expiry_or_absence(node: Tron, asking: Asking, clock: Clock) -> None:
    lite = TronNode(node.url, asking, SOURCE, complete=False)
    assert (await verdict(lite, UNKNOWN, clock)).name == "source_down"
    assert (await verdict(lite, SAMPLES["expired"], clock)).name != "expired"


async def test_another_block_at_its_height_is_a_reorganisation(
    source: TronNode, node: Tron, clock: Clock
) -> None:
    seen = await source.see(SAMPLES["executed"])
    assert seen.body is not None
    before = FirstSeen("TRON", SAMPLES["executed"], seen.body, clock(), seen.health.latest, seen.block)
    assert not (await source.see(SAMPLES["executed"], before)).moved
    node.fork += 1
    assert (await source.see(SAMPLES["executed"], before)).moved


async def test_a_sick_node_gives_no_verdict(source: TronNode, node: Tron, clock: Clock) -> None:
    for fault in ("down", "failing"):
        setattr(node, fault, True)
        assert await source.see(SAMPLES["solid"]) == SeenTron(DOWN)
        setattr(node, fault, False)
    node.behind = True
    assert (await verdict(source, UNKNOWN, clock)).name == "source_down"


Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@pytest.mark.parametrize("answer", ["null", "[]", "1", "", "<html>", '{"Error":"x"}', "[" * 90_000])
async def test_an_odd_answer_is_no_answer(answer: str, asking: Asking) -> None:
    async def handle(request: web.BaseRequest) -> web.Response:
        return web.Response(text=answer)

    runner = web.ServerRunner(web.Server(handle), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        assert await TronNode(url, asking, SOURCE).see(UNKNOWN) == SeenTron(DOWN)
    finally:
        await runner.cleanup()


def test_the_samples_have_ids_of_their_own() -> None:
    assert len(set(SAMPLES.values())) == len(SAMPLES)
    assert sha256(b"helpline tron sample: solid").hexdigest() == SAMPLES["solid"]
