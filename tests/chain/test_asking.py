"""How sources are asked: briefly, never twice at once, never more than a host bears, and left alone while they fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from core.chain.asking import Asking, Odd, Unavailable
from core.chain.host import FAILURES, LONGEST_REST, SHORTEST_REST, Host


class Server:
    """Counts requests, and answers as it is told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.status = 200
        self.headers: dict[str, str] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        await self.gate.wait()
        return web.Response(status=self.status, text=f'"{self.asked}"', headers=self.headers)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    application = web.Application()
    application.router.add_route("*", "/{any:.*}", server.answer)
    runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def asking(clock: Clock) -> AsyncIterator[Asking]:
    async with aiohttp.ClientSession() as session:
        yield Asking(session, clock=clock, deadline=60.0)


async def test_who_asks_the_same_at_once_shares_one_request_even_if_one_gives_up(
    server: Server, asking: Asking
) -> None:
    server.gate.clear()
    several = [asyncio.create_task(asking.get(server.url + "/a")) for _ in range(5)]
    await asyncio.sleep(0.05)
    several[0].cancel()
    server.gate.set()
    done = await asyncio.gather(*several, return_exceptions=True)
    assert isinstance(done[0], asyncio.CancelledError)
    assert {answer.json() for answer in done[1:] if not isinstance(answer, BaseException)} == {"1"}
    assert server.asked == 1


async def test_an_answer_is_kept_for_ten_seconds_and_each_question_for_itself(
    server: Server, asking: Asking, clock: Clock
) -> None:
    assert (await asking.get(server.url + "/a")).json() == "1"
    clock.now += 9.9
    assert (await asking.get(server.url + "/a")).json() == "1"
    assert (await asking.post(server.url + "/a", {})).json() == "2"
    assert (await asking.get(server.url + "/a", fresh=True)).json() == "3"
    clock.now += 10
    assert (await asking.get(server.url + "/a")).json() == "4"


async def test_a_host_that_fails_is_left_alone_then_one_caller_may_try(
    server: Server, asking: Asking, clock: Clock
) -> None:
    server.status = 503
    for number in range(FAILURES + 2):
        with pytest.raises(Unavailable):
            await asking.get(f"{server.url}/{number}")
    assert server.asked == FAILURES
    clock.now += SHORTEST_REST
    server.status = 200
    server.gate.clear()
    first = asyncio.create_task(asking.get(server.url + "/first"))
    await asyncio.sleep(0.05)
    with pytest.raises(Unavailable):
        await asking.get(server.url + "/second")
    server.gate.set()
    assert (await first).status == 200
    assert (await asking.get(server.url + "/second")).status == 200


async def test_a_host_that_says_too_many_is_left_alone_for_as_long_as_it_says(
    server: Server, asking: Asking, clock: Clock
) -> None:
    server.status, server.headers = 429, {"Retry-After": "20"}
    with pytest.raises(Unavailable):
        await asking.get(server.url + "/a")
    server.status = 200
    clock.now += 19
    with pytest.raises(Unavailable):
        await asking.get(server.url + "/a")
    clock.now += 1
    assert (await asking.get(server.url + "/a")).status == 200


async def test_a_host_that_hangs_costs_its_deadline(server: Server, asking: Asking) -> None:
    server.gate.clear()
    asking._deadline = 0.5
    async with asyncio.timeout(5):
        with pytest.raises(Unavailable):
            await asking.get(server.url + "/a")


async def test_more_than_a_host_bears_is_not_sent(server: Server, asking: Asking) -> None:
    asking.limit(server.url, 1.0)
    asking._host(server.url).per_second = 0.001  # what is left is later than even this deadline
    done = await asyncio.gather(
        *(asking.get(f"{server.url}/{number}") for number in range(9)), return_exceptions=True
    )
    assert server.asked == 3
    assert sum(isinstance(answer, Unavailable) for answer in done) == 6


async def test_404_is_an_answer_but_no_value(server: Server, asking: Asking) -> None:
    server.status = 404
    answer = await asking.get(server.url + "/a")
    assert answer.status == 404
    with pytest.raises(Odd):
        answer.json()


@given(st.lists(st.tuples(st.floats(0, 3), st.booleans()), max_size=60), st.floats(0.5, 20))
def test_no_window_of_time_sees_more_requests_than_its_rate_and_burst(
    steps: list[tuple[float, bool]], rate: float
) -> None:
    host, now, used = Host(per_second=rate, burst=5), 10.0, []
    for step, _ in steps:
        now += step
        used.append(now + host.wait(now))
    for start in used:
        assert sum(start <= at <= start + 1 for at in used) <= 5 + rate + 1


@given(st.integers(FAILURES, 12))
def test_the_rest_grows_to_its_longest(failures: int) -> None:
    host = Host()
    for _ in range(failures):
        host.failed(0.0)
    assert SHORTEST_REST <= host.rest <= LONGEST_REST
    assert not host.open(host.rest - 0.1)
    assert host.open(host.rest)
