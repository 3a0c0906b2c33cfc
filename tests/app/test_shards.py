"""Processes that share Discord's shards: evenly, each shard connected once, and whoever dies is replaced. What is said
is sent by another process, which holds none of them."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from bots.local.discord import DiscordStandIn
from bots.local.discord_limits import UNLIMITED
from bots.local.discord_people import Channel
from bots.settings import Settings
from core.conversation.library import Library
from tests.app.harness import BURST, expected, walk
from tests.app.processes import PATIENT, Nursery, Process, environment, looked_up, settled_process
from tests.app.talkers import before, check, on_discord
from tests.postgres import Server

SHARDS, PEOPLE, LEASE, IN_FLIGHT = 4, 4, 3.0, 8
EARS = ("--role", "receive", "--role", "lead")
PACE = {"HELPLINE_DISCORD__RATES__IDENTIFY_EVERY": "0.5"}
WORDS = "HELPLINE_STORE__URL", "HELPLINE_RUNTIME__LEASE_SECONDS", "HELPLINE_DISCORD__SHARDS"
OWNERS = "SELECT part.number, owner FROM part JOIN lease ON lease.name = 'worker ' || CAST(holder AS TEXT)"


Start = Callable[[], Awaitable[Process]]


async def server_on_each(stand_in: DiscordStandIn) -> dict[int, Channel]:
    """A channel in a server of each shard."""
    world = stand_in.world
    found = {(world.guild.id >> 22) % SHARDS: world.support}
    while len(found) < SHARDS:
        guild = world.add_guild("another")
        found.setdefault((guild.id >> 22) % SHARDS, world.add_channel("talk", guild=guild))
        await asyncio.sleep(0.001)
    return found


def held(url: str) -> dict[int, int]:
    """Shard -> the process that holds it."""
    return {number: int(owner.split(":")[1]) for number, owner in looked_up(url, OWNERS)}


async def shared(url: str, stand_in: DiscordStandIn, *processes: Process) -> None:
    """Each process holds its share, and all shards are connected."""
    pids = {one.pid for one in processes}
    async with asyncio.timeout(PATIENT):
        while True:
            holders = [*held(url).values()]
            even = {pid: holders.count(pid) for pid in pids}
            if (
                len(holders) == SHARDS
                and set(holders) == pids
                and max(even.values()) - min(even.values()) <= 1
            ):
                break
            assert all(one.running for one in processes), [one.said for one in processes]
            await asyncio.sleep(0.05)
    await stand_in.gateway.until_shards(*range(SHARDS), seconds=PATIENT)


async def answered(stand_in: DiscordStandIn, places: dict[int, Channel]) -> None:
    """A command in a server of each shard is answered there, to who gave it."""
    clicks = [stand_in.world.slash("alice", "menu", channel=place) for _, place in sorted(places.items())]
    async with asyncio.timeout(PATIENT):
        while not all(click.original and click.original.text for click in clicks):
            await asyncio.sleep(0.01)


async def joined(url: str, stand_in: DiscordStandIn, start: Start) -> tuple[Process, Process]:
    """One process holds all shards, and gives half of them to the next."""
    one = await start()
    await shared(url, stand_in, one)
    two = await start()
    await shared(url, stand_in, one, two)
    assert stand_in.world.sessions.identified == SHARDS, "what moved was resumed"
    return one, two


async def replaced(
    url: str, stand_in: DiscordStandIn, start: Start, one: Process, two: Process, places: dict[int, Channel]
) -> tuple[Process, int]:
    """Whoever hears what is said in private dies and the other one ends: who holds all, and what was resumed before."""
    first, left = (one, two) if one.pid == held(url)[0] else (two, one)
    await first.kill()
    await shared(url, stand_in, left)
    three = await start()
    await shared(url, stand_in, left, three)
    await answered(stand_in, places)
    resumed = stand_in.world.sessions.resumed
    assert await left.kill(signal.SIGTERM) == 0
    await shared(url, stand_in, three)
    return three, resumed


async def test_two_processes_share_four_shards_and_replace_each_other(
    tmp_path: Path, nursery: Nursery, library: Library, settings: Settings, postgres: Server
) -> None:
    dice, want, url = random.Random(7), await expected(library, settings), postgres.ready()
    async with DiscordStandIn(limits=replace(UNLIMITED, identify=(2, 0.2))) as stand_in:
        world = stand_in.world
        places = await server_on_each(stand_in)
        world.add_person("小明", username="alice")
        people = [on_discord(stand_in, want.texts, f"p{n}") for n in range(PEOPLE)]
        own = dict(zip(WORDS, (url, str(LEASE), str(SHARDS)), strict=True))
        own |= {"HELPLINE_RUNTIME__IN_FLIGHT": str(IN_FLIGHT)}
        env = environment(None, tmp_path, **(before(stand_in) | own | PACE))
        hand = await nursery.start(env, tmp_path, "run", "--role", "work", beside=True)

        async def start() -> Process:
            return await nursery.start(env, tmp_path, "run", *EARS, beside=True)

        one, two = await joined(url, stand_in, start)
        for person in people:
            person.say(BURST[0])
        await answered(stand_in, places)
        talks = [asyncio.create_task(person.talk(lambda: dice.uniform(0, 0.3))) for person in people]
        for person in people:
            await person.until(2)
        three, resumed = await replaced(url, stand_in, start, one, two, places)
        async with asyncio.timeout(2 * PATIENT):
            await asyncio.gather(*talks)
        await answered(stand_in, places)
        await settled_process(None, url)
        assert three.running
        assert hand.running
        assert stand_in.starts.refused == 0, "sessions begin one after the other, whoever begins them"
        assert world.sessions.resumed > resumed, (
            "a clean end leaves its sessions, but for what is still caught up with"
        )
        assert world.sessions.doubled == 0, "no shard is ever connected twice"
        await nursery.end()
    check(url, people, want)
    assert sum(walk(want.texts, person.heard())[1] for person in people) == 0, "a nonce closes the window"
