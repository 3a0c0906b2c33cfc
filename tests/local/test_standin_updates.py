"""getUpdates: held polls, offsets, redelivery, conflicts, and the server's odd rules."""

from __future__ import annotations

import asyncio

import pytest
from telegram import Bot, Update
from telegram.error import Conflict, NetworkError

from bots.local.telegram import TelegramStandIn
from bots.local.world import World
from tests.local.bot_api_spec import BotApiSpec
from tests.local.clients import READ_SECONDS, Clock, make_bot, poll_held, refused

pytestmark = pytest.mark.usefixtures("spec")


@pytest.fixture
def fast(world: World) -> None:
    """Without the rules that slow down repeated offsets."""
    world.updates.slow_repeats = False


def texts(updates: tuple[Update, ...]) -> list[str | None]:
    return [update.message.text if update.message else None for update in updates]


async def test_a_held_poll_is_answered_at_once(bot: Bot, world: World) -> None:
    loop = asyncio.get_running_loop()
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await poll_held(world)
    start = loop.time()
    world.say("alice", "在吗")
    world.say("alice", "？")
    assert texts(await poll) == ["在吗", "？"]
    assert loop.time() - start < 15  # long before the 30 s of the poll are over


async def test_an_empty_poll_ends_after_its_timeout(bot: Bot) -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    await bot.get_updates(offset=5, timeout=1)
    assert 0.9 < loop.time() - start < 30


@pytest.mark.usefixtures("fast")
async def test_what_is_not_acknowledged_comes_again(bot: Bot, world: World) -> None:
    for text in "一二三":
        world.say("alice", text)
    first = await bot.get_updates()
    assert texts(await bot.get_updates()) == texts(first) == ["一", "二", "三"]
    assert texts(await bot.get_updates(offset=first[1].update_id)) == ["二", "三"]
    assert await bot.get_updates(offset=first[2].update_id + 1) == ()
    assert await bot.get_updates() == ()


@pytest.mark.usefixtures("fast")
async def test_limit_and_negative_offset(bot: Bot, world: World) -> None:
    for text in "一二三四":
        world.say("alice", text)
    assert texts(await bot.get_updates(limit=2)) == ["一", "二"]
    assert texts(await bot.get_updates(offset=-2)) == ["三", "四"]
    assert texts(await bot.get_updates()) == ["三", "四"]


@pytest.mark.usefixtures("fast")
async def test_an_offset_far_in_the_future_is_ignored(bot: Bot, world: World) -> None:
    number = world.updates.push_raw({"message": world.say("alice", "一").message})
    assert len(await bot.get_updates(offset=number + 100)) == 2
    assert await bot.get_updates(offset=number + 5) == ()


async def test_a_repeated_offset_is_slowed_down(bot: Bot, world: World) -> None:
    for text in "一二三":
        world.say("alice", text)
    assert len(await bot.get_updates()) == 3
    assert len(await bot.get_updates()) == 1


@pytest.mark.usefixtures("fast")
async def test_updates_are_kept_24_hours(bot: Bot, world: World, clock: Clock) -> None:
    world.say("alice", "一")
    clock.advance(86_399)
    world.say("alice", "二")
    clock.advance(2)
    assert texts(await bot.get_updates()) == ["二"]


@pytest.mark.usefixtures("fast")
async def test_allowed_updates_are_remembered(bot: Bot, world: World) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    world.say("alice", "unseen")
    assert await bot.get_updates() == ()
    await bot.get_updates(allowed_updates=[])
    world.say("alice", "seen")
    assert texts(await bot.get_updates()) == ["seen"]


async def test_the_older_poll_gets_the_conflict(bot: Bot, world: World, stand_in: TelegramStandIn) -> None:
    world.updates.conflict_delay = 0.3
    loop = asyncio.get_running_loop()
    async with make_bot(stand_in) as second, make_bot(stand_in) as third:
        first_poll = asyncio.create_task(bot.get_updates(timeout=20))
        await poll_held(world)
        second_poll = asyncio.create_task(second.get_updates(timeout=20))
        with pytest.raises(
            Conflict, match="terminated by other getUpdates request; make sure that only one bot"
        ):
            await first_poll
        world.updates._next_conflict += READ_SECONDS  # however late the next one is
        start = loop.time()
        third_poll = asyncio.create_task(third.get_updates(timeout=20))
        with pytest.raises(Conflict):
            await second_poll
        assert loop.time() - start > 0.25  # a further conflict within the delay is answered late
        world.say("alice", "一")
        assert texts(await third_poll) == ["一"]


async def test_a_poll_with_something_to_return_ends_nobody(
    bot: Bot, world: World, stand_in: TelegramStandIn
) -> None:
    async with make_bot(stand_in) as second:
        poll = asyncio.create_task(bot.get_updates(timeout=20))
        await poll_held(world)
        world.say("alice", "一")
        assert texts(await poll) == texts(await second.get_updates(timeout=20)) == ["一"]


async def test_a_webhook_ends_and_forbids_polls(bot: Bot, world: World) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await poll_held(world)
    await bot.set_webhook("https://example.com/hook", secret_token="a-b_1")
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await poll
    world.updates.conflict_delay = 0.0
    world.say("alice", "一")
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count) == ("https://example.com/hook", 1)
    await bot.delete_webhook(drop_pending_updates=True)
    assert (await bot.get_webhook_info()).pending_update_count == 0


async def test_webhook_settings_that_are_refused(bot: Bot, clock: Clock) -> None:
    for url, secret, said in (
        ("http://example.com", "a", "invalid webhook URL specified"),
        ("https://example.com", "a" * 257, "secret token is too long"),
        ("https://example.com", "a b", "secret token contains unallowed characters"),
    ):
        with refused(said):
            await bot.set_webhook(url, secret_token=secret)


async def test_stopping_ends_a_held_poll_and_the_world_outlives_it(
    bot: Bot, world: World, stand_in: TelegramStandIn, spec: BotApiSpec
) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await poll_held(world)
    url = stand_in.url
    await stand_in.stop()
    with pytest.raises(NetworkError, match="restart"):
        await poll
    world.say("alice", "一")
    with pytest.raises(NetworkError):
        await bot.get_updates(offset=1, timeout=1)
    await stand_in.start()
    assert stand_in.url == url
    assert texts(await bot.get_updates(offset=2, timeout=1)) == ["一"]
    assert spec.exchanges
