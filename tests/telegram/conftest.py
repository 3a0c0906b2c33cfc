"""The real channel against the strict stand-in on loopback: impatient, and with everything it receives at hand."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.telegram.channel import Settings, TelegramChannel
from bots.telegram.polling import Patience
from bots.telegram.request import Limits
from core.conversation.model import Address, Incoming

IMPATIENT = Patience(hold=1, grace=20, first=0.01, most=0.05)
"""Generous where a busy machine is slow: only a test about time-outs asks for short ones."""


class Inbox:
    """A `receive` that keeps what it gets. `failures` are raised first; `gate` holds it until set."""

    def __init__(self) -> None:
        self.tries: list[list[Incoming]] = []
        self.stored: list[Incoming] = []
        self.failures: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, events: Sequence[Incoming]) -> None:
        self.tries.append(list(events))
        await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        self.stored += events

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.stored]


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def stand_in() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(limits=UNLIMITED, seed=7) as running:
        running.world.updates.slow_repeats = False
        running.world.updates.conflict_delay = 0.0
        yield running


def sign(address: Address, visit: int, choice: str) -> str:
    return f"v1.{visit}.{choice}"


MakeChannel = Callable[..., TelegramChannel]


@pytest.fixture
async def make_channel(stand_in: TelegramStandIn) -> AsyncIterator[MakeChannel]:
    made: list[TelegramChannel] = []

    def make(token: str = "", settings: Settings | None = None, read: float = 20.0) -> TelegramChannel:
        limits = Limits(connect=20, read=read, pool_wait=20)
        settings = settings or Settings(api_url=stand_in.url, limits=limits, patience=IMPATIENT)
        made.append(TelegramChannel("tg", token or stand_in.token, sign, settings))
        return made[-1]

    yield make
    for channel in made:
        await channel.close()


@pytest.fixture
def channel(make_channel: MakeChannel) -> TelegramChannel:
    return make_channel()


Running = Callable[[TelegramChannel], asyncio.Task[None]]


@pytest.fixture
async def running(inbox: Inbox) -> AsyncIterator[Running]:
    """Start a channel's loop; it is cancelled at the end of the test."""
    tasks: list[asyncio.Task[None]] = []

    def start(channel: TelegramChannel) -> asyncio.Task[None]:
        tasks.append(asyncio.create_task(channel.run(inbox)))
        return tasks[-1]

    yield start
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def until() -> Callable[[Callable[[], object]], object]:
    """Wait until something holds; the test's own time-out ends a wait in vain."""

    async def wait(condition: Callable[[], object]) -> None:
        while not condition():
            await asyncio.sleep(0.005)

    return wait


@pytest.fixture
def full_listener() -> Callable[[], object]:
    """A port of this machine that lets nobody in: its queue is full, so a connection is never made."""

    @contextmanager
    def listen() -> Iterator[int]:
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            server.listen(0)
            waiting = [socket.socket() for _ in range(4)]
            for one in waiting:
                one.setblocking(False)
                one.connect_ex(server.getsockname())
            yield server.getsockname()[1]
            for one in waiting:
                one.close()

    return listen
