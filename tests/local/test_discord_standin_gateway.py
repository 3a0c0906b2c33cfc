"""The gateway: handshake, intents, resumes with what was missed, and every way in which a connection ends."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import discord
import pytest

from bots.local.discord import DiscordStandIn
from bots.local.discord_limits import UNLIMITED, Limits, RateLimits
from bots.local.discord_sessions import DIRECT_MESSAGES, GUILD_MESSAGES, GUILDS, MESSAGE_CONTENT
from bots.local.discord_world import World
from tests.local.discord_clients import INTENTS, PATIENCE, HeldClock, Probe, Wire, running, wire

ALL = GUILDS | GUILD_MESSAGES | DIRECT_MESSAGES


async def heard(probe: Probe, *texts: str) -> None:
    """Check that the next messages are these, none twice and none missing."""
    assert [(await probe.message()).content for _ in texts] == list(texts)


@pytest.mark.parametrize("compress", ["", "zlib-stream"])
async def test_handshake_events_and_heartbeats(platform: DiscordStandIn, compress: str) -> None:
    async with wire(platform, compress=compress) as one:
        await one.send(1, None)
        assert (await one.receive())["op"] == 11
        await one.identify(platform, ALL)
        ready = await one.receive()
        assert (ready["t"], ready["s"], ready["d"]["v"]) == ("READY", 1, 10)
        guild = await one.receive()
        assert (guild["t"], guild["s"]) == ("GUILD_CREATE", 2)
        assert [row["name"] for row in guild["d"]["channels"]] == ["support"]
        platform.world.say("alice", "你好" * 500)
        assert (await one.until("MESSAGE_CREATE"))["d"]["content"] == "你好" * 500
        platform.gateway.ask_heartbeat()
        assert (await one.receive())["op"] == 1


CLOSES: list[tuple[str, list[tuple[int, Any]], int]] = [
    ("an unknown opcode", [(2, {"intents": ALL, "properties": {}}), (77, None)], 4001),
    ("before identify", [(8, {})], 4003),
    ("a wrong token", [(2, {"token": "x", "intents": ALL, "properties": {}})], 4004),
    ("identify twice", [(2, {"intents": ALL, "properties": {}})] * 2, 4005),
    ("a wrong shard", [(2, {"intents": ALL, "properties": {}, "shard": [1, 1]})], 4010),
    ("a shard that is none", [(2, {"intents": ALL, "properties": {}, "shard": ["0", 1]})], 4010),
    ("half a shard", [(2, {"intents": ALL, "properties": {}, "shard": [0]})], 4010),
    ("no intents", [(2, {"properties": {}})], 4013),
    ("impossible intents", [(2, {"intents": 1 << 30, "properties": {}})], 4013),
    ("intents not granted", [(2, {"intents": MESSAGE_CONTENT, "properties": {}})], 4014),
    ("too large", [(2, {"intents": ALL, "properties": {"os": "x" * 5000}})], 4002),
    ("identify without properties", [(2, {"intents": ALL})], 4002),
]


@pytest.mark.parametrize(("sent", "code"), [one[1:] for one in CLOSES], ids=[one[0] for one in CLOSES])
async def test_close_codes(platform: DiscordStandIn, sent: list[tuple[int, Any]], code: int) -> None:
    async with wire(platform) as one:
        for op, data in sent:
            more = {"token": platform.token} | data if op == 2 and isinstance(data, dict) else data
            await one.send(op, more)
        assert await closed(one) == code


async def closed(one: Wire) -> int:
    while "closed" not in (payload := await one.receive()):
        pass
    return int(payload["closed"])


async def test_what_is_no_json_and_too_much_of_it(platform: DiscordStandIn) -> None:
    async with wire(platform) as one:
        await one.text("not JSON")
        assert await closed(one) == 4002
    async with wire(platform) as one:
        for _ in range(121):
            await one.send(1, None)
        assert await closed(one) == 4008
    async with wire(platform, query="v=6&encoding=json") as one:
        assert await closed(one) == 4012
    async with wire(platform, query="v=10&encoding=etf") as one:
        assert await closed(one) == 4002


async def test_intents_not_granted_stop_the_library(platform: DiscordStandIn) -> None:
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running(platform, intents=INTENTS | discord.Intents(message_content=True)):
            pass


async def test_a_cut_connection_misses_nothing(platform: DiscordStandIn, probe: Probe) -> None:
    platform.world.say("alice", "一")
    await heard(probe, "一")
    platform.gateway.drop()
    await platform.gateway.until_alone(PATIENCE)
    for text in ("二", "三"):
        platform.world.say("alice", text)
    await heard(probe, "二", "三")
    platform.world.say("alice", "四")
    await heard(probe, "四")
    sessions = platform.world.sessions
    assert (sessions.identified, sessions.resumed, probe.happened.count("READY")) == (1, 1, 1)


@pytest.mark.parametrize("order", ["reconnect", "invalid but resumable", "4000"])
async def test_orders_to_come_back_end_in_a_resume(
    platform: DiscordStandIn, probe: Probe, order: str
) -> None:
    if order == "reconnect":
        platform.gateway.reconnect()
    elif order == "4000":
        platform.gateway.drop(4000)
    else:
        platform.gateway.invalidate(resumable=True)
    await platform.gateway.until_alone(PATIENCE)
    platform.world.say("alice", "meanwhile")
    await heard(probe, "meanwhile")
    assert platform.world.sessions.resumed == 1


async def test_a_session_that_timed_out_is_lost(platform: DiscordStandIn, probe: Probe) -> None:
    platform.gateway.drop(4009)
    await platform.gateway.until_alone(PATIENCE)
    platform.world.say("alice", "never told")
    await platform.gateway.until_listening(PATIENCE)
    platform.world.say("alice", "told")
    await heard(probe, "told")
    channel = platform.world.dm("alice")
    fetched: Any = await probe.fetch_channel(channel.id)
    assert [one.content async for one in fetched.history()] == ["told", "never told"]
    assert platform.world.sessions.identified == 2


async def test_a_zombie_is_found_by_the_client(platform: DiscordStandIn) -> None:
    platform.gateway.heartbeat_ms = 300
    async with running(platform, heartbeat_timeout=3.0) as probe:
        platform.gateway.silent = True
        platform.world.say("alice", "into the void")
        await platform.gateway.until_alone(PATIENCE)
        platform.gateway.silent = False
        await heard(probe, "into the void")


async def test_heartbeats_need_not_be_acknowledged(platform: DiscordStandIn) -> None:
    platform.gateway.acks = False
    async with wire(platform) as one:
        await one.send(1, None)
        await one.identify(platform, GUILDS)
        assert (await one.receive())["t"] == "READY"
    assert platform.gateway.heartbeats == 1


async def test_a_client_that_never_beats_is_closed(platform: DiscordStandIn) -> None:
    platform.gateway.heartbeat_ms, platform.gateway.grace = 50, 0.05
    async with wire(platform) as one:
        assert await closed(one) == 4009


async def resumed(one: Wire, platform: DiscordStandIn, session: str, seq: int) -> dict[str, Any]:
    await one.send(6, {"token": platform.token, "session_id": session, "seq": seq})
    return await one.receive()


async def open_session(platform: DiscordStandIn, close: int = 4000) -> str:
    async with wire(platform) as one:
        await one.identify(platform, ALL)
        ready = await one.receive()
        await one.until("GUILD_CREATE")
        await one.close(close)
    await platform.gateway.until_alone(PATIENCE)
    return str(ready["d"]["session_id"])


async def test_a_resume_replays_by_number(platform: DiscordStandIn) -> None:
    session = await open_session(platform)
    platform.world.say("alice", "一")
    platform.world.say("alice", "二")
    async with wire(platform, compress="zlib-stream") as one:
        first = await resumed(one, platform, session, 3)
        assert (first["s"], first["d"]["content"]) == (4, "二")
        assert ((end := await one.receive())["t"], end["s"]) == ("RESUMED", 5)


async def test_resumes_that_cannot_be(platform: DiscordStandIn, held_clock: HeldClock) -> None:
    lost = {"op": 9, "d": False, "s": None, "t": None}
    async with wire(platform) as one:
        assert await resumed(one, platform, "unknown", 1) == lost
        await one.identify(platform, ALL)
        assert (await one.receive())["t"] == "READY"
    session = await open_session(platform)
    async with wire(platform) as one:
        assert await resumed(one, platform, session, 99) == {"closed": 4007}
    session = await open_session(platform)
    held_clock.advance(platform.world.sessions.lifetime + 1)
    async with wire(platform) as one:
        assert await resumed(one, platform, session, 2) == lost
    # Who says goodbye with 1000 gives the session up.
    session = await open_session(platform, close=1000)
    async with wire(platform) as one:
        assert await resumed(one, platform, session, 2) == lost


async def test_shards_share_the_servers(platform: DiscordStandIn) -> None:
    async with wire(platform) as zero, wire(platform) as one:
        await zero.identify(platform, ALL, shard=[0, 2])
        await one.identify(platform, ALL, shard=[1, 2])
        served = {
            shard: {int(row["id"]) for row in (await each.receive())["d"]["guilds"]}
            for shard, each in enumerate((zero, one))
        }
        guild = platform.world.guild.id
        assert served[(guild >> 22) % 2] == {guild}
        assert served[1 - (guild >> 22) % 2] == set()
        platform.world.say("alice", "private")
        assert (await zero.until("MESSAGE_CREATE"))["d"]["content"] == "private"


async def test_a_shard_that_is_connected_twice_is_noticed(platform: DiscordStandIn) -> None:
    async with wire(platform) as first, wire(platform) as second:
        for one in (first, second):
            await one.identify(platform, ALL, shard=[0, 2])
            await one.until("READY")
    assert platform.world.sessions.doubled == 1


async def test_sessions_begin_one_after_the_other_and_only_so_many_a_day(
    platform: DiscordStandIn, held_clock: HeldClock
) -> None:
    """Two buckets here: shards 0 and 2 share one."""
    platform.limits = RateLimits(Limits(buckets={}, others=(0, 0.0), per_second=0, identify=(2, 5.0)))
    platform.starts.total = 3

    async def begins(shard: int) -> dict[str, Any]:
        async with wire(platform) as one:
            await one.identify(platform, ALL, shard=[shard, 4])
            return await one.receive()

    assert [(await begins(shard)).get("t") for shard in (0, 1)] == ["READY", "READY"]
    assert await begins(2) == {"op": 9, "d": False, "s": None, "t": None}
    held_clock.advance(5.0)
    assert platform.starts.told("")["session_start_limit"]["remaining"] == 1
    assert (await begins(2))["t"] == "READY"
    held_clock.advance(5.0)
    assert await begins(3) == {"closed": 4004}, "the real one resets the token"
    held_clock.advance(86_400.0)
    assert (await begins(3))["t"] == "READY"
    assert (platform.starts.refused, platform.starts.used) == (1, 1)


async def test_a_restart_of_the_platform_is_an_outage(held_clock: HeldClock) -> None:
    world = World(now=held_clock)
    async with DiscordStandIn(world=world, limits=UNLIMITED) as first, running(first) as probe:
        world.say("alice", "一")
        await heard(probe, "一")
        await first.stop()
        world.say("alice", "二")
        await asyncio.sleep(0.05)
        await first.start()
        await heard(probe, "二")


async def test_zstd_is_refused_aloud(platform: DiscordStandIn) -> None:
    async with aiohttp.ClientSession() as session:
        address = platform.gateway_url.replace("ws:", "http:") + "/?v=10&encoding=json&compress=zstd-stream"
        async with session.get(address) as answer:
            assert answer.status == 400
            assert "zstd" in await answer.text()


async def test_the_gateways_address_is_told(platform: DiscordStandIn, probe: Probe) -> None:
    shards, url, limit = await probe.http.get_bot_gateway()
    assert (shards, url, limit["remaining"]) == (1, platform.gateway_url, 999)
