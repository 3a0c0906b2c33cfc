"""A platform that tells one process to call nothing tells all of them, and the one that is started next."""

from __future__ import annotations

from typing import cast

from bots.discord.breaker import Breaker
from bots.discord.channel import DiscordChannel
from bots.discord.errors import BANNED
from core.channel import Channel
from core.runtime.common import Common
from core.runtime.seal import Seal
from core.store.rooms import Store
from tests.store.conftest import Reopen

NOW = 1_000.0


def process(store: Store, now: float) -> tuple[DiscordChannel, Common]:
    """A bot of one token in a process whose clocks show `now`."""
    channel = DiscordChannel("dc", "a.b.c", lambda *_: "", Seal(bytes(32)))
    channel._rest.breaker._now = lambda: now
    common = Common(store.rates, lambda: now)
    common.channels = {"dc": cast(Channel, channel)}
    return channel, common


def breaker(channel: DiscordChannel) -> Breaker:
    return channel._rest.breaker


async def test_a_stop_of_one_process_holds_for_all_and_after_a_restart(reopen: Reopen) -> None:
    first, common = process(await reopen(), NOW)
    other, beside = process(await reopen(), NOW)
    await common.hear()
    await beside.hear()
    assert (first.stopped(), other.stopped()) == (0.0, 0.0)
    breaker(first).note(429, {})  # the wall
    await common.hear()
    await beside.hear()
    assert other.stopped() == BANNED
    later, after = process(await reopen(), NOW + BANNED - 100)
    await after.hear()
    assert later.stopped() == 100.0, "whoever is started next waits for the rest of it"
    over, at_last = process(await reopen(), NOW + BANNED)
    await at_last.hear()
    assert over.stopped() == 0.0


async def test_a_shorter_stop_does_not_end_a_longer_one(reopen: Reopen) -> None:
    first, common = process(await reopen(), NOW)
    other, beside = process(await reopen(), NOW)
    breaker(first).trip("wall")
    breaker(other).stop(30.0)
    await common.hear()
    await beside.hear()
    await common.hear()
    assert (first.stopped(), other.stopped()) == (BANNED, BANNED)
