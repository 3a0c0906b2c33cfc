"""Shards in one process, sessions that are taken over, and the limits on beginning one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

import discord
import pytest

from bots.discord import shards as shards_module
from bots.discord import starts as starts_module
from bots.discord.breaker import Breaker
from bots.discord.gateway import intents
from bots.discord.rest import Rest
from bots.discord.shard import Session
from bots.discord.starts import Starts
from bots.local.discord import DiscordStandIn, point_at
from bots.local.discord_limits import UNLIMITED, RateLimits
from bots.local.discord_people import Channel
from bots.local.faults import Fault
from core.channel import Hold
from core.conversation.model import Send
from core.runtime.parts import Whole
from tests.discord.conftest import PATIENT, SEAL, Inbox, Start, Until, message


async def two_servers(stand_in: DiscordStandIn) -> list[Channel]:
    """A channel in a server of each of two shards."""
    world = stand_in.world
    found = {(world.guild.id >> 22) % 2: world.support}
    while len(found) < 2:
        guild = world.add_guild("another")
        found.setdefault((guild.id >> 22) % 2, world.add_channel("talk", guild=guild))
        await asyncio.sleep(0.001)
    return [found[0], found[1]]


async def test_one_process_holds_two_shards_and_answers_on_both(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until, alice: None
) -> None:
    places = await two_servers(stand_in)
    for place in places:
        assert place.guild is not None
        stand_in.world.join("alice", place.guild)
    channel = await start(supports=[str(place.id) for place in places], shards=2)
    await stand_in.gateway.until_shards(0, 1, seconds=PATIENT)
    await until(lambda: all(place.messages(by_bot=True) for place in places))
    assert channel.held() == {0: True, 1: True}
    assert channel.trouble() == ""
    for number, place in enumerate(places):
        click = stand_in.world.slash("alice", "tx", channel=place)
        await until(lambda number=number: len(inbox.stored) == number + 1)  # type: ignore[misc]
        await channel.perform(inbox.stored[-1].address, Send(message(f"第 {number} 片")), f"i{number}.0")
        assert click.original is not None
        assert click.original.text == f"第 {number} 片"
    stand_in.world.say("alice", "私信")
    await until(lambda: inbox.texts[-1] == "私信")
    shown = [[one.text for one in place.messages(by_bot=True)] for place in places]
    assert [texts.count("card") for texts in shown] == [1, 1]
    assert stand_in.world.sessions.doubled == 0


async def test_a_shard_that_loses_its_session_reads_what_is_its_own(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until, alice: None
) -> None:
    places = await two_servers(stand_in)
    channel = await start(supports=[str(place.id) for place in places], shards=2)
    await stand_in.gateway.until_shards(0, 1, seconds=PATIENT)
    sessions = stand_in.world.sessions
    (lost,) = [one for one in sessions.listening if one.shard == 1]
    sessions._all.pop(lost.id)
    assert lost.deliver is not None
    lost.deliver('{"op":7,"d":null,"s":null,"t":null}')  # it comes back, and its session is gone
    for place in places:
        stand_in.world.join("alice", place.guild)
        stand_in.world.mention("alice", place, f"meanwhile {place.id}")
    await until(lambda: len(inbox.stored) == 2)
    assert (sessions.identified, sessions.resumed) == (3, 0)
    await until(lambda: channel.held() == {0: True, 1: True})


class Relay:
    """The share of a process that gives its session to the next one."""

    def __init__(self, left: dict[int, str]) -> None:
        self.left = left

    async def run(self, count: int, hold: Hold, *, adopt: bool) -> None:
        await asyncio.gather(*(hold(Passed(number, count, self.left)) for number in range(count)))

    async def turn(self, name: str, every: float) -> None: ...

    async def lend(self, name: str, text: str, seconds: float) -> None: ...

    async def borrow(self, name: str) -> str:
        return ""


class Passed:
    lasts = True

    def __init__(self, number: int, count: int, left: dict[int, str]) -> None:
        self.number, self.count, self.session, self._left = number, count, left.get(number, ""), left

    async def keep(self, session: str) -> None:
        self._left[self.number] = session


async def test_what_is_left_is_resumed_by_the_next_process_and_is_only_what_was_stored(
    stand_in: DiscordStandIn,
    start: Start,
    inbox: Inbox,
    until: Until,
    alice: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first process hears "二" and cannot store it: the next one is told of it again, and of what came between."""
    monkeypatch.setattr(shards_module, "FLUSH", 0.05)
    monkeypatch.setattr(shards_module, "KEEP", 0.01)
    left: dict[int, str] = {}
    await start(share=Relay(left))
    stand_in.world.say("alice", "一")
    (session,) = stand_in.world.sessions.listening

    def seq() -> int:
        found = Session.of(SEAL.open(left.get(0, ""), "dc 0/1"))
        return found.seq if found else 0

    await until(lambda: inbox.texts == ["一"] and seq() == session.seq)
    inbox.gate.clear()
    stored = session.seq
    stand_in.world.say("alice", "二")
    await asyncio.sleep(0.1)
    assert seq() == stored < session.seq
    ended = asyncio.ensure_future(start(share=Relay(left)))
    await stand_in.gateway.until_alone(PATIENT)
    stand_in.world.say("alice", "三")
    inbox.gate.set()
    await ended
    await until(lambda: len(inbox.stored) == 3)
    assert inbox.texts == ["一", "二", "三"]
    sessions = stand_in.world.sessions
    assert (sessions.identified, sessions.resumed, sessions.doubled) == (1, 1, 0)


async def test_a_session_that_is_forgotten_or_not_ours_begins_anew(
    stand_in: DiscordStandIn, start: Start, until: Until
) -> None:
    strange = SEAL.seal(Session("gone", 7, stand_in.gateway_url).text, "dc 0/1")
    await start(share=Relay({0: strange}))
    forged = Session("gone", 7, "ws://elsewhere.example/").text
    channel = await start(share=Relay({0: forged}))  # whoever can write rows does not get the token
    await until(lambda: channel.held() == {0: True})
    assert (stand_in.world.sessions.identified, stand_in.world.sessions.resumed) == (2, 0)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "[1]", '["a", "b", "c"]', "null", "[[[", '["a", 1, "x", 2]']
)
def test_an_odd_session_is_none(text: str) -> None:
    assert Session.of(text) is None


async def test_sessions_begin_in_turn_and_never_beyond_what_is_left(
    stand_in: DiscordStandIn, until: Until, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(starts_module, "FRESH", 0.0)
    monkeypatch.setattr(starts_module, "LONGEST", 0.02)
    point_at(stand_in)
    client = discord.Client(intents=intents(servers=False))
    await client.login(stand_in.token)
    rest = Rest(stand_in.url, Breaker("dc", lambda key, **_: key))
    rest.client = client
    whole = Whole()
    starts = Starts("dc", rest, lambda: whole, 0.0, lambda key, **_: key)
    stand_in.starts.total = 1
    stand_in.limits = RateLimits(replace(UNLIMITED, identify=(2, 5.0)))
    waiting = asyncio.create_task(starts.passed(0))
    await until(lambda: "no_starts" in caplog.text)  # two may begin at once, and only one is left
    assert not waiting.done()
    stand_in.starts.total = 3
    assert (await waiting).left == 3
    await rest.close()
    await client.close()


async def test_as_many_shards_as_discord_recommends(stand_in: DiscordStandIn, start: Start) -> None:
    stand_in.starts.shards = 3
    channel = await start(shards="auto")
    await stand_in.gateway.until_shards(0, 1, 2, seconds=PATIENT)
    assert list(channel.held()) == [0, 1, 2]


async def test_a_call_that_nobody_waits_for_holds_up_no_other(stand_in: DiscordStandIn, start: Start) -> None:
    """The library alone would let the second wait for 30 seconds."""
    channel = await start()
    stand_in.faults.queue("get_channel", Fault("delay", seconds=0.2))
    place = str(stand_in.world.support.id)
    call = partial(channel._rest.call, "GET", "/channels/{channel_id}", channel_id=place)
    first = asyncio.create_task(call())
    await asyncio.sleep(0.05)
    first.cancel()
    async with asyncio.timeout(PATIENT):
        assert (await call())["id"] == place
    assert first.cancelled()
