"""Running stand-ins of both platforms, one person in each, and the published tables watching every exchange."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
from telegram import Bot

from bots.local.discord import DiscordStandIn
from bots.local.discord_limits import UNLIMITED
from bots.local.telegram import TelegramStandIn
from bots.local.world import World
from tests.local.bot_api_spec import BotApiSpec
from tests.local.clients import Clock, make_bot
from tests.local.discord_clients import Caller, HeldClock, Probe
from tests.local.discord_clients import running as logged_in
from tests.local.discord_openapi import OpenApiJudge


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    """A world in which alice has written once; that update is gone."""
    world = World(now=clock, seed=7)
    world.add_person("小明", username="alice")
    world.say("alice", "你好")
    world.updates.drop()
    return world


@pytest.fixture
async def stand_in(world: World, clock: Clock) -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(world=world, now=clock) as running:
        yield running


@pytest.fixture
async def bot(stand_in: TelegramStandIn) -> AsyncIterator[Bot]:
    async with make_bot(stand_in) as bot:
        yield bot


@pytest.fixture
def alice(world: World) -> int:
    """Alice's chat id."""
    return world.person("alice").id


@pytest.fixture
def spec(stand_in: TelegramStandIn) -> Iterator[BotApiSpec]:
    """Judges every exchange of the test; the test fails at its end when one did not fit."""
    spec = BotApiSpec.load()
    stand_in.on_exchange = spec.check
    yield spec
    spec.assert_clean()


@pytest.fixture
def held_clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
async def platform(held_clock: HeldClock) -> AsyncIterator[DiscordStandIn]:
    """A running stand-in of Discord in which alice is a member of the one server."""
    async with DiscordStandIn(now=held_clock, limits=UNLIMITED) as running:
        running.world.add_person("小明", username="alice")
        yield running


@pytest.fixture
async def probe(platform: DiscordStandIn) -> AsyncIterator[Probe]:
    """The unmodified library, logged in and ready."""
    async with logged_in(platform) as probe:
        yield probe


@pytest.fixture
def judge(platform: DiscordStandIn) -> Iterator[OpenApiJudge]:
    """Judges every exchange of the test; the test fails at its end when one did not fit."""
    judge = OpenApiJudge()
    platform.on_exchange = judge.check
    yield judge
    judge.assert_clean()


@pytest.fixture
async def call(platform: DiscordStandIn, judge: OpenApiJudge) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(session, platform)
