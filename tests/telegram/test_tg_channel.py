"""The channel over the real library and real sockets: nothing lost, nothing blocked, nothing told to the log."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bots.local.faults import (
    BAD_GATEWAY,
    BROKEN_JSON,
    RESET,
    TRUNCATED,
    Fault,
)
from bots.local.telegram import TelegramStandIn
from bots.telegram.channel import Settings, TelegramChannel
from bots.telegram.request import AiohttpRequest
from core.channel import Channel
from core.conversation.model import Address, Choice, Message, Rich, Send
from core.errors import (
    Halted,
    StoreError,
)
from tests.ports import kept

Until = Callable[[Callable[[], object]], Awaitable[None]]


def message(text: str = "您好", *choices: Choice) -> Message:
    return Message((Rich(text),), choices, visit=1)


def address_of(stand_in: TelegramStandIn, who: str = "alice") -> Address:
    """Somebody who has written to the bot; what they wrote is forgotten."""
    stand_in.world.say(who, "早")
    stand_in.world.updates.drop()
    chat = str(stand_in.world.private(who).id)
    return Address("tg", chat, chat)


def said(caplog: pytest.LogCaptureFixture, part: str) -> int:
    return sum(part in record.getMessage() for record in caplog.records)


# --- coming in -------------------------------------------------------------------------------


async def test_it_is_a_channel_and_knows_its_private_link(
    channel: TelegramChannel, stand_in: TelegramStandIn, running: Any, inbox: Any, until: Until
) -> None:
    as_core_sees_it: Channel = channel
    running(channel)
    stand_in.world.say("alice", "/start tx_1")
    await until(lambda: inbox.stored)
    assert inbox.texts == ["/start tx_1"]
    assert as_core_sees_it.abilities.private_link.format(payload="p") == "https://t.me/helpline_bot?start=p"


async def test_nothing_is_acknowledged_before_it_is_stored(
    channel: TelegramChannel, stand_in: TelegramStandIn, running: Any, inbox: Any, until: Until
) -> None:
    inbox.gate.clear()
    running(channel)
    stand_in.world.say("alice", "一")
    await until(lambda: inbox.tries)
    polls = stand_in.faults.calls["getupdates"]
    await asyncio.sleep(0.05)
    assert stand_in.faults.calls["getupdates"] == polls
    assert len(stand_in.world.updates) == 1
    inbox.gate.set()
    await until(lambda: not len(stand_in.world.updates))
    assert inbox.texts == ["一"]


async def test_what_could_not_be_stored_comes_again(
    channel: TelegramChannel,
    stand_in: TelegramStandIn,
    running: Any,
    inbox: Any,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    inbox.failures = [
        StoreError("the disk is full"),
        RuntimeError("secret words"),
        OSError(28, "secret words"),
    ]
    stand_in.world.say("alice", "一")
    stand_in.world.say("alice", "二")
    running(channel)
    await until(lambda: inbox.stored)
    assert [[event.text for event in batch] for batch in inbox.tries] == [["一", "二"]] * 4
    assert said(caplog, "the disk is full") == 1
    assert "secret words" not in caplog.text


async def test_a_killed_process_gets_again_what_it_had_not_stored(
    make_channel: Any, stand_in: TelegramStandIn, running: Any, inbox: Any, until: Until
) -> None:
    inbox.gate.clear()
    first = running(make_channel())
    stand_in.world.say("alice", "一")
    await until(lambda: inbox.tries)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    inbox.gate.set()
    running(make_channel())
    await until(lambda: inbox.stored)
    assert inbox.texts == ["一"]


async def test_an_odd_update_is_kept_and_blocks_nothing(
    channel: TelegramChannel, stand_in: TelegramStandIn, running: Any, inbox: Any, until: Until
) -> None:
    stand_in.world.say("alice", "一")
    odd = stand_in.world.inject({"message": {"chat": "哪儿", "text": 5}})
    stand_in.world.say("alice", "二")
    running(channel)
    await until(lambda: len(inbox.stored) == 3)
    assert [event.kind for event in inbox.stored] == ["said", "unread", "said"]
    assert inbox.stored[1].event_id == str(odd)
    assert "哪儿" in inbox.stored[1].text
    await until(lambda: not len(stand_in.world.updates))


async def test_a_press_is_answered_when_it_is_stored_and_not_before(
    channel: TelegramChannel, stand_in: TelegramStandIn, running: Any, inbox: Any, until: Until
) -> None:
    at = address_of(stand_in)
    receipt = await channel.perform(at, Send(message("好吗", Choice("yes", "好"))), "1.1")
    inbox.gate.clear()
    running(channel)
    callback = stand_in.world.press("alice", int(receipt.ref), "好")
    await until(lambda: inbox.tries)
    await asyncio.sleep(0.05)
    assert not stand_in.world.presses[callback].answered
    inbox.gate.set()
    await until(lambda: stand_in.world.presses[callback].answered)
    (press,) = inbox.stored
    assert (press.kind, press.text, press.message_ref) == ("pressed", "v1.1.yes", receipt.ref)


async def test_a_late_press_costs_nothing(
    channel: TelegramChannel, stand_in: TelegramStandIn, running: Any, inbox: Any, until: Until
) -> None:
    at = address_of(stand_in)
    receipt = await channel.perform(at, Send(message("好吗", Choice("yes", "好"))), "1.1")
    stand_in.messages.callback_window = -1
    callback = stand_in.world.press("alice", int(receipt.ref), "好")
    running(channel)
    await until(lambda: inbox.stored)
    stand_in.world.say("alice", "还在吗")
    await until(lambda: len(inbox.stored) == 2)
    assert [one.text for one in inbox.stored] == ["v1.1.yes", "还在吗"]
    assert not stand_in.world.presses[callback].answered
    assert stand_in.faults.calls["answercallbackquery"] == 1, "what is too late is not tried again"


# --- when it fails ---------------------------------------------------------------------------


async def test_it_starts_without_a_network_and_says_so_once(
    channel: TelegramChannel,
    stand_in: TelegramStandIn,
    running: Any,
    inbox: Any,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await stand_in.stop()
    with kept(stand_in.port):
        running(channel)
        await until(lambda: said(caplog, "cannot reach Telegram"))
        await asyncio.sleep(0.3)  # it tries again meanwhile
    await stand_in.start()
    stand_in.world.say("alice", "你好")
    await until(lambda: inbox.stored)
    assert (said(caplog, "cannot reach Telegram"), said(caplog, "connected to Telegram again")) == (1, 1)


async def test_an_outage_loses_nothing(
    channel: TelegramChannel, stand_in: TelegramStandIn, running: Any, inbox: Any, until: Until
) -> None:
    running(channel)
    for number in range(4):
        stand_in.world.say("alice", str(number))
        await until(lambda wanted=number: len(inbox.stored) > wanted)  # type: ignore[misc]
        fault = (RESET, BAD_GATEWAY, BROKEN_JSON, TRUNCATED)[number]
        stand_in.faults.queue("getUpdates", fault, fault)
    assert inbox.texts == ["0", "1", "2", "3"]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_wrong_token_ends_in_one_clear_sentence(
    make_channel: Any,
    stand_in: TelegramStandIn,
    inbox: Any,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
) -> None:
    monkeypatch.setenv("HELPLINE_LANG", language)
    token = f"{stand_in.token[:-1]}X"
    channel = make_channel(token, Settings(api_url=stand_in.url))
    with pytest.raises(Halted, match="@BotFather") as caught:
        await channel.run(inbox)
    assert token not in "".join(traceback.format_exception(caught.value))


async def test_a_second_poller_is_reported_loudly_and_survived(
    channel: TelegramChannel,
    stand_in: TelegramStandIn,
    running: Any,
    inbox: Any,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    running(channel)
    await until(lambda: stand_in.world.updates.holding)
    other = AiohttpRequest(f"{stand_in.url}/bot{stand_in.token}")
    rival = asyncio.create_task(other.raw("getUpdates", {"timeout": 1}))
    await until(lambda: said(caplog, "stolen"))
    await asyncio.gather(rival, return_exceptions=True)
    await other.shutdown()
    stand_in.world.say("alice", "你好")
    await until(lambda: inbox.stored)
    assert [r.levelno for r in caplog.records if "stolen" in r.getMessage()] == [logging.ERROR]


async def test_a_429_on_the_poll_is_obeyed(
    channel: TelegramChannel, stand_in: TelegramStandIn, running: Any, inbox: Any, until: Until
) -> None:
    stand_in.faults.at("getUpdates", 1, Fault("slow_down", committed=False, retry_after=1))
    stand_in.world.say("alice", "你好")
    begun = asyncio.get_running_loop().time()
    running(channel)
    await until(lambda: inbox.stored)
    assert asyncio.get_running_loop().time() - begun >= 1.0


async def test_a_webhook_is_removed_and_reported(
    channel: TelegramChannel,
    stand_in: TelegramStandIn,
    running: Any,
    inbox: Any,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    request = AiohttpRequest(f"{stand_in.url}/bot{stand_in.token}")
    await request.raw("setWebhook", {"url": "https://thief.example/secret-path"})
    await request.shutdown()
    stand_in.world.say("alice", "你好")
    running(channel)
    await until(lambda: inbox.stored)
    assert said(caplog, "thief.example") == 1
    assert "secret-path" not in caplog.text
