"""The poll by itself: offsets after quiet days, the watchdog, and the bot's card."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import string
from collections.abc import Sequence
from typing import Any

import pytest
import telegram

from bots.local.faults import BAD_GATEWAY, BAD_GATEWAY_BEFORE, Fault
from bots.local.telegram import TelegramStandIn
from bots.telegram.polling import QUIET, STOLEN, Patience, Polling
from bots.telegram.profile import Card, Profile, sync_profile
from bots.telegram.request import AiohttpRequest
from bots.telegram.sentences import FOLDER, sayer, sentences
from core.errors import DeliveryError, Wedged


class Clock:
    def __init__(self) -> None:
        self.time = 1_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def request_to(stand_in: TelegramStandIn) -> Any:
    request = AiohttpRequest(f"{stand_in.url}/bot{stand_in.token}")
    yield request
    await request.shutdown()


def polling(request: AiohttpRequest, clock: Clock, grace: float = 60.0) -> Polling:
    """Only who tests time-outs is impatient."""
    patience = Patience(hold=1, grace=grace, first=0.01, most=0.02)
    return Polling("tg", request, sayer(["en"]), patience, clock)


class Offsets:
    """What each getUpdates asked for."""

    def __init__(self, stand_in: TelegramStandIn) -> None:
        self.seen: list[int | None] = []
        stand_in.on_exchange = self

    def __call__(self, method: str, params: dict[str, Any], answer: Any) -> None:
        if method == "getUpdates":
            self.seen.append(int(params["offset"]) if "offset" in params else None)


async def test_no_offset_first_then_the_next_and_none_again_after_quiet_days(
    stand_in: TelegramStandIn, request_to: AiohttpRequest, clock: Clock, until: Any
) -> None:
    offsets = Offsets(stand_in)
    numbers: list[int] = []

    async def handle(updates: Sequence[Any]) -> None:
        numbers.extend(update["update_id"] for update in updates)

    stand_in.world.say("alice", "一")
    task = asyncio.create_task(polling(request_to, clock).run(handle))
    await until(lambda: numbers)
    stand_in.world.say("alice", "二")
    await until(lambda: len(numbers) == 2 and stand_in.world.updates.holding)
    clock.time += QUIET + 1
    stand_in.faults.queue("getUpdates", BAD_GATEWAY)  # the held poll still carries the old offset
    await until(lambda: offsets.seen[-1:] == [None] and len(offsets.seen) > 3)
    stand_in.world.say("alice", "三")
    await until(lambda: len(numbers) == 3)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert offsets.seen[:2] == [None, numbers[0] + 1]
    assert set(offsets.seen) >= {None, numbers[0] + 1, numbers[1] + 1}


async def test_a_session_that_brings_nothing_for_too_long_is_renewed(
    stand_in: TelegramStandIn,
    request_to: AiohttpRequest,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    until: Any,
) -> None:
    stand_in.faults.queue("getUpdates", Fault("hang", committed=False), BAD_GATEWAY, BAD_GATEWAY)
    await request_to.initialize()
    wedged = request_to._session
    got: list[Any] = []

    async def handle(updates: Sequence[Any]) -> None:
        got.extend(updates)

    poll = polling(request_to, clock, grace=0.3)
    task = asyncio.create_task(poll.run(handle))
    await until(lambda: stand_in.faults.calls["getupdates"])
    clock.time += 100
    stand_in.world.say("alice", "你好")
    await until(lambda: got)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert wedged is not None
    assert wedged.closed
    assert "session is being rebuilt" in caplog.text
    assert poll.last_success == clock.time


async def polls(poll: Polling) -> None:
    async def handle(_: Sequence[Any]) -> None:
        return

    await poll.run(handle)


async def test_a_platform_that_is_reached_and_never_answers_ends_the_process_at_the_second_try(
    stand_in: TelegramStandIn,
    request_to: AiohttpRequest,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    until: Any,
) -> None:
    patience = Patience(hold=0, grace=0.1, first=0.01, most=0.02)
    poll = Polling("tg", request_to, sayer(["en"]), patience, clock)
    stand_in.faults.queue("getUpdates", *[Fault("hang", committed=False)] * 100)
    task = asyncio.create_task(polls(poll))
    await until(lambda: stand_in.faults.calls["getupdates"])
    clock.time += 4
    await until(lambda: "session is being rebuilt" in caplog.text)
    assert not task.done()
    clock.time += 4
    with pytest.raises(Wedged, match="not even over a new connection"):
        await task


async def test_a_platform_that_answers_with_errors_is_waited_for(
    stand_in: TelegramStandIn, request_to: AiohttpRequest, clock: Clock, until: Any
) -> None:
    poll = polling(request_to, clock)
    stand_in.faults.queue("getUpdates", *[BAD_GATEWAY_BEFORE] * 6)
    task = asyncio.create_task(polls(poll))
    for count in (1, 2, 3):
        await until(lambda count=count: stand_in.faults.calls["getupdates"] > count)
        clock.time += 4
    await until(lambda: not poll.trouble())
    assert not task.done()
    assert stand_in.faults.calls["getupdates"] > 3
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_without_any_network_it_waits_for_ever(
    stand_in: TelegramStandIn,
    request_to: AiohttpRequest,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    until: Any,
) -> None:
    poll = polling(request_to, clock)
    await stand_in.stop()
    task = asyncio.create_task(polls(poll))
    for count in (1, 2, 3):
        clock.time += 4
        await until(lambda count=count: caplog.text.count("session is being rebuilt") >= count)
    assert not task.done()
    assert poll.trouble() == "not connected"
    await stand_in.start()
    await until(lambda: not poll.trouble())
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_who_takes_our_updates_for_long_is_a_thief_and_a_person_is_told_once(
    stand_in: TelegramStandIn,
    request_to: AiohttpRequest,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    until: Any,
) -> None:
    thief = AiohttpRequest(f"{stand_in.url}/bot{stand_in.token}")

    async def steal() -> None:
        while True:
            with contextlib.suppress(telegram.error.TelegramError):
                await thief.raw("getUpdates", {"timeout": 50}, read_timeout=60)

    poll = polling(request_to, clock)
    task, other = asyncio.create_task(polls(poll)), asyncio.create_task(steal())
    await until(lambda: "409" in caplog.text)
    assert "token may be stolen" not in [
        r.getMessage() for r in caplog.records if r.levelno == logging.CRITICAL
    ]
    clock.time += STOLEN
    await until(lambda: any(record.levelno == logging.CRITICAL for record in caplog.records))
    clock.time += STOLEN
    await asyncio.sleep(0.1)
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.CRITICAL]
    assert len(said) == 1
    assert "none of ours: the token may be stolen" in said[0]
    for one in (task, other):
        one.cancel()
    await asyncio.gather(task, other, return_exceptions=True)
    await thief.shutdown()


PROFILE = Profile(
    {
        "zh": Card((("start", "开始"), ("tx", "查询转账")), "客服", "官方客服", "我们绝不会索要助记词。"),
        "en": Card(
            (("start", "Start"), ("tx", "Find a transfer")),
            "Support",
            "Official support",
            "We never ask for a seed phrase.",
        ),
    }
)


async def test_the_card_is_set_once_in_each_language(
    stand_in: TelegramStandIn, request_to: AiohttpRequest
) -> None:
    bot = telegram.Bot(stand_in.token, base_url=f"{stand_in.url}/bot", request=request_to)
    parts = ["commands", "name", "short_description", "description"]
    assert await sync_profile(bot, PROFILE) == [*parts, *(f"{part}.en" for part in parts)]
    assert await sync_profile(bot, PROFILE) == []
    assert [c.description for c in await bot.get_my_commands()] == ["开始", "查询转账"]
    assert [c.description for c in await bot.get_my_commands(language_code="en")] == [
        "Start",
        "Find a transfer",
    ]
    assert (await bot.get_my_description(language_code="fr")).description == "我们绝不会索要助记词。"
    assert await sync_profile(bot, Profile({"zh": Card((("help", "帮助"),))})) == ["commands"]


async def test_a_card_that_cannot_be_set_is_a_delivery_error(
    stand_in: TelegramStandIn, request_to: AiohttpRequest
) -> None:
    bot = telegram.Bot(stand_in.token, base_url=f"{stand_in.url}/bot", request=request_to)
    stand_in.faults.queue("getMyCommands", BAD_GATEWAY)
    with pytest.raises(DeliveryError):
        await sync_profile(bot, PROFILE)


def test_every_sentence_exists_in_every_language_with_the_same_holes() -> None:
    languages = [path.stem for path in FOLDER.glob("*.yaml")]
    assert {"zh", "en"} <= set(languages)
    holes = [
        {
            key: {hole for _, hole, _, _ in string.Formatter().parse(text)}
            for key, text in sentences(one).items()
        }
        for one in languages
    ]
    assert all(one == holes[0] for one in holes)
