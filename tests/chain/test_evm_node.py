"""`EvmNode` against the demo's node and against servers that misbehave: never a verdict from a bad answer."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

from bots.local.node import SAMPLES, Node
from core.chain.asking import LARGEST, Asking, Unavailable
from core.chain.evm import EvmNode
from core.chain.look_up import look_up
from core.chain.network import Network, Source
from core.chain.verdict import Progress
from core.errors import ConfigError

pytestmark = pytest.mark.usefixtures("patient")
UNKNOWN = "0x" + "ab" * 32
DEMO = Source("demo", Network("Demo", unlock=12))


class Clock:
    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def demo(clock: Clock) -> AsyncIterator[Node]:
    node = Node(now=clock)
    await node.start()
    yield node
    await node.stop()


async def test_the_samples_are_what_they_are_called(
    demo: Node, session: aiohttp.ClientSession, clock: Clock
) -> None:
    node = EvmNode(demo.url, Asking(session, keep=0), DEMO)
    for name, hash_ in SAMPLES.items():
        assert (await look_up([node], hash_, clock)).name == {"confirmed": "withdrawable"}.get(name, name)
    assert (await look_up([node], UNKNOWN, clock)).name == "not_seen_yet"


async def test_the_demo_counts_up_with_time(demo: Node, session: aiohttp.ClientSession, clock: Clock) -> None:
    node = EvmNode(demo.url, Asking(session, keep=0), DEMO)
    assert (await look_up([node], SAMPLES["confirming"], clock)).progress == Progress(3, 12, 12)
    clock.now += 12
    assert (await look_up([node], SAMPLES["confirming"], clock)).progress == Progress(4, 12, 12)
    clock.now += 12 * 8
    assert (await look_up([node], SAMPLES["confirming"], clock)).name == "withdrawable"


@pytest.mark.parametrize("fault", ["down", "behind", "syncing"])
@pytest.mark.parametrize("hash_", [UNKNOWN, SAMPLES["reverted"]])
async def test_a_sick_node_gives_no_verdict_and_recovers(
    demo: Node, session: aiohttp.ClientSession, clock: Clock, fault: str, hash_: str
) -> None:
    node = EvmNode(demo.url, Asking(session, keep=0), DEMO)
    getattr(demo, fault)()
    assert (await look_up([node], hash_, clock)).name == "source_down"
    demo.well()
    assert (await look_up([node], hash_, clock)).name != "source_down"


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def results(*values: object) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response([{"jsonrpc": "2.0", "id": n, "result": v} for n, v in enumerate(values)])

    return answer


async def redirect(request: web.Request) -> web.Response:
    raise web.HTTPTemporaryRedirect("http://127.0.0.1:1/")


async def endless(request: web.Request) -> web.Response:
    return web.Response(body=b"[" + b" " * LARGEST)


async def silent(request: web.Request) -> web.Response:
    await asyncio.sleep(30)
    return web.Response()


async def not_json(request: web.Request) -> web.Response:
    return web.Response(text="<html>busy</html>")


async def deep(request: web.Request) -> web.Response:
    return web.Response(text="[" * 100_000)


async def single(request: web.Request) -> web.Response:
    return web.json_response({"jsonrpc": "2.0", "id": 0, "result": None})


async def limited(request: web.Request) -> web.Response:
    calls = json.loads(await request.read())
    error = {"code": -32005, "message": "limit exceeded"}
    return web.json_response([{"jsonrpc": "2.0", "id": call["id"], "error": error} for call in calls])


BLOCK = {"number": "0x1", "timestamp": "0x1"}
REST = (None, None, None)


@pytest.mark.parametrize(
    "handler",
    [redirect, endless, silent, not_json, deep, single, limited,
     results(None, None, None, False, "0x1", *REST), results(None, None, {"number": 5}, False, "0x1", *REST),
     results(None, None, BLOCK, False, "0x1"), results("x", None, BLOCK, False, "0x1", *REST),
     results(None, {"blockNumber": "0xzz"}, BLOCK, False, "0x1", *REST),
     results(None, None, BLOCK, False, "0x1", {"number": "0xzz"}, None, None),
     results({"nonce": "0x1", "from": "0x12"}, None, BLOCK, False, "0x1", *REST)],
)  # fmt: skip
async def test_a_server_that_misbehaves_is_unreachable(
    handler: Handler, session: aiohttp.ClientSession
) -> None:
    application = web.Application()
    application.router.add_post("/", handler)
    runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        with pytest.raises(Unavailable):
            await EvmNode(url, Asking(session, deadline=0.3), DEMO).see(UNKNOWN)
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    "url", ["http://10.0.0.5:8545", "http://node.example", "ftp://127.0.0.1", "", "https://"]
)
async def test_what_people_ask_never_travels_unencrypted(url: str, session: aiohttp.ClientSession) -> None:
    with pytest.raises(ConfigError):
        EvmNode(url, Asking(session), DEMO)


async def test_the_url_with_its_key_is_in_no_repr(session: aiohttp.ClientSession) -> None:
    node = EvmNode("https://node.example/v3/verysecretkey", Asking(session), DEMO)
    assert "verysecret" not in repr(node)


@pytest.mark.parametrize("hash_", ["", "0x12", "ab" * 31, "0x" + "AB" * 32])
async def test_what_is_no_id_is_never_sent(demo: Node, session: aiohttp.ClientSession, hash_: str) -> None:
    with pytest.raises(ValueError, match="transaction id"):
        await EvmNode(demo.url, Asking(session, keep=0), DEMO).see(hash_)
    assert demo.asked == 0
