"""A platform that tells one process to call nothing tells all of them, and the one that is started next."""

from __future__ import annotations

import logging
from typing import cast

import pytest

from bots.discord.breaker import MOST, Breaker
from bots.discord.channel import DiscordChannel
from bots.discord.errors import BANNED
from core.channel import Channel
from core.runtime.common import REFUSED, Common
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


def refuse(channel: DiscordChannel, times: int) -> None:
    for _ in range(times):
        breaker(channel).note(403, {"Via": "1.1 google"})


async def refusals(store: Store) -> str:
    return await store.rates.counted(f"dc{REFUSED}", "")


async def test_refusals_of_two_processes_are_one_number_and_stop_both(
    reopen: Reopen, caplog: pytest.LogCaptureFixture
) -> None:
    store = await reopen()
    first, common = process(store, NOW)
    other, beside = process(await reopen(), NOW)
    refuse(first, MOST // 2)
    await common.hear()
    refuse(other, MOST // 2 - 1)
    await beside.hear()
    await common.hear()
    assert (first.stopped(), other.stopped()) == (0.0, 0.0)
    refuse(other, 1)
    await beside.hear()
    await common.hear()
    assert (first.stopped(), other.stopped()) == (BANNED, BANNED)
    critical = [record for record in caplog.records if record.levelno == logging.CRITICAL]
    assert len(critical) == 1, "a person is told once"
    assert await refusals(store) == ""
    after, again = process(await reopen(), NOW + BANNED)
    refuse(after, MOST - 1)
    await again.hear()
    assert after.stopped() == 0.0, "what led to the pause is over with it"


async def test_refusals_of_before_a_restart_count_and_those_of_ten_minutes_ago_do_not(reopen: Reopen) -> None:
    store = await reopen()
    first, common = process(store, NOW)
    await common.hear()
    assert await refusals(store) == "", "who was refused nothing writes nothing"
    refuse(first, MOST - 1)
    await common.hear()
    late, much_later = process(store, NOW + 700)
    refuse(late, 1)
    await much_later.hear()
    assert late.stopped() == 0.0
    refuse(late, MOST - 2)
    await much_later.hear()
    next_one, after_a_restart = process(store, NOW + 800)
    refuse(next_one, 1)
    await after_a_restart.hear()
    assert next_one.stopped() == BANNED
