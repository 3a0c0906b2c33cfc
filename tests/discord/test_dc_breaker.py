"""The breaker: the wall's 429 and too many refusals stop every call, tell a person, and end by themselves."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

import pytest

from bots.discord.breaker import MOST, WINDOW, Breaker
from bots.discord.errors import BANNED
from bots.discord.settings import WORDS
from bots.local import faults
from bots.local.discord import DiscordStandIn
from bots.sentences import sayer
from core.conversation.model import Address, Message, Rich, Send
from core.errors import SlowDown
from tests.discord.conftest import Inbox, Start, Until


@dataclass
class Clock:
    time: float = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def one(clock: Clock) -> Breaker:
    return Breaker("dc", sayer(WORDS, ["en"]), clock)


def alarms(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.CRITICAL]


def test_half_of_what_discord_allows_in_ten_minutes_stops_everything(
    one: Breaker, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(MOST - 1):
        one.note((401, 403, 429)[number % 3], {"Via": "1.1 google"})
    one.note(429, {"Via": "1.1 google", "X-RateLimit-Scope": "shared"})
    one.note(404, {})
    one.check()
    one.note(403, {"Via": "1.1 google"})
    with pytest.raises(SlowDown) as stopped:
        one.check()
    assert stopped.value.everywhere
    assert stopped.value.after == BANNED
    assert len(alarms(caplog)) == 1
    clock.time += BANNED
    one.check()


def test_refusals_older_than_ten_minutes_do_not_count(one: Breaker, clock: Clock) -> None:
    for _ in range(3 * MOST):
        one.note(403, {"Via": "x"})
        clock.time += WINDOW / (MOST - 2)
        one.check()
    assert (one.refused, one.left) == (3 * MOST, 0.0)


def test_the_wall_stops_everything_at_once_and_is_told_once(
    one: Breaker, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    one.note(429, {"Retry-After": "60"})
    one.note(429, {})
    assert one.left == BANNED
    assert len(alarms(caplog)) == 1
    assert "do not restart" in alarms(caplog)[0]


def send(text: str) -> Send:
    return Send(Message((Rich(text),)))


async def test_behind_the_wall_one_call_is_made_and_the_process_goes_on(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    clock = Clock()
    channel: Any = await start()
    channel._rest.breaker._now = clock
    stand_in.world.say("alice", "hi")
    await until(lambda: inbox.stored)
    address = inbox.stored[0].address
    stand_in.faults.queue("create_message", *[faults.BANNED] * 3)
    calls = stand_in.faults.calls
    before = calls["create_message"]
    for number in range(5):
        with pytest.raises(SlowDown) as stopped:
            await channel.perform(address, send(f"{number}"), f"k{number}")
        assert stopped.value.everywhere
    with pytest.raises(SlowDown):
        await channel.perform(Address("dc", "1", "1"), send("x"), "k9")
    assert calls["create_message"] == before + 1
    assert channel.trouble().startswith("stopped for")
    assert len(alarms(caplog)) == 1
    clock.time += BANNED
    stand_in.faults.clear()
    await channel.perform(address, send("after"), "k10")
    await until(lambda: not channel.trouble())


async def test_a_wall_before_the_login_is_waited_for(
    stand_in: DiscordStandIn, start: Start, until: Until
) -> None:
    stand_in.faults.queue("get_my_user", faults.BANNED)
    beginning = asyncio.ensure_future(start())
    await until(lambda: stand_in.faults.calls["get_my_user"])
    await asyncio.sleep(0.5)  # ten of the waits that follow an ordinary failure
    assert stand_in.faults.calls["get_my_user"] == 1
    beginning.cancel()
    await asyncio.gather(beginning, return_exceptions=True)
