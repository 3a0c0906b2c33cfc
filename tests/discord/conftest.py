"""The real channel over the real discord.py against the strict stand-in on loopback."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from bots.discord.channel import DiscordChannel
from bots.discord.gateway import Patience
from bots.discord.settings import ABILITIES, Settings
from bots.discord.shards import Count
from bots.local.discord import DiscordStandIn
from bots.local.discord_limits import UNLIMITED
from core.channel import Share
from core.conversation.model import Address, Choice, Incoming, Message, Rich
from core.runtime.seal import Seal

Start = Callable[..., Awaitable[DiscordChannel]]
Until = Callable[[Callable[[], object]], Awaitable[None]]
PATIENT = 60.0
SEAL = Seal(b"k" * 32)
HOUSE = {
    key: {"zh": f"{key}（中）", "en": f"{key} (en)"}
    for key in ("press_again", "press_here", "press_thanks", "form_open", "form_title", "form_field")
}
FORM_LABEL = "form_open（中） / form_open (en)"


def sign(address: Address, visit: int, choice: str) -> str:
    return f"v1.{visit}.{choice}"


def message(text: str = "您好", *choices: Choice) -> Message:
    """A message of ours."""
    return Message((Rich(text),), choices, visit=1)


def direct(stand_in: DiscordStandIn) -> Address:
    """Where Alice is reached in private."""
    person = str(stand_in.world.person("alice").id)
    return Address("dc", person, person)


class Inbox:
    """A `receive` that keeps what it gets; `failures` are raised first, `gate` holds it until set."""

    def __init__(self) -> None:
        self.stored: list[Incoming] = []
        self.failures: list[Exception] = []
        self.people: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, events: Sequence[Incoming]) -> None:
        await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        known = {event.event_id: event for event in self.stored}
        for event in events:
            if event.event_id not in known:
                known[event.event_id] = event
                self.stored.append(event)

    async def recent(self, channel: str, since: float, limit: int) -> list[str]:
        return self.people[:limit]

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.stored]


async def heard(inbox: Inbox, until: Until, count: int = 1) -> Address:
    """Where the newest of so many events came from, once they have come."""
    await until(lambda: len(inbox.stored) >= count)
    return inbox.stored[-1].address


@pytest.fixture
def alice(stand_in: DiscordStandIn) -> None:
    """A person in the server, and a command."""
    world = stand_in.world
    world.add_person("小明", username="alice", locale="zh-CN")
    world.join("alice", world.guild)
    command = {"id": "1", "type": 1, "name": "tx", "description": "x", "contexts": None, "options": []}
    world.commands[0] = [command]


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def stand_in() -> AsyncIterator[DiscordStandIn]:
    async with DiscordStandIn(limits=UNLIMITED) as running:
        running.interactions.ack_window = PATIENT
        yield running


@pytest.fixture
def until() -> Until:
    """Wait until something holds."""

    async def wait(condition: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENT):
            while not condition():
                await asyncio.sleep(0.005)

    return wait


@pytest.fixture
async def start(stand_in: DiscordStandIn, inbox: Inbox, tmp_path: Path) -> AsyncIterator[Start]:
    """A channel that listens. Starting another one ends the one before: a restart."""
    running: list[tuple[DiscordChannel, asyncio.Task[None]]] = []

    async def end() -> None:
        for channel, task in running:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await channel.close()
        running.clear()

    async def begin(
        now: Callable[[], float] = time.time,
        defer_after: float = PATIENT,
        supports: Sequence[str] = (),
        catch_up_every: float = 0.0,
        boards: Sequence[str] = (),
        shards: Count = 1,
        share: Share | None = None,
    ) -> DiscordChannel:
        await end()
        await stand_in.gateway.until_alone(PATIENT)
        settings = Settings(
            api_url=stand_in.url,
            supports=supports,
            languages=("zh", "en"),
            card={"content": "card", "components": [], "allowed_mentions": {"parse": []}, "flags": 4},
            house=HOUSE,
            data=tmp_path,
            patience=Patience(first=0.05, most=0.2),
            defer_after=defer_after,
            catch_up_every=catch_up_every,
            shards=shards,
            identify_every=0.0,
            abilities=replace(ABILITIES, boards=tuple((chat, "zh") for chat in boards)),
        )
        channel = DiscordChannel("dc", stand_in.token, sign, SEAL, settings, now)
        if share is not None:
            channel.share(share)
        running.append((channel, asyncio.create_task(channel.run(inbox))))
        await stand_in.gateway.until_listening(PATIENT)
        return channel

    yield begin
    await end()
