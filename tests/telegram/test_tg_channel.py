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
    CLOSE,
    CLOSE_BEFORE,
    HANG,
    HANG_BEFORE,
    RESET,
    TRUNCATED,
    Fault,
)
from bots.local.telegram import TelegramStandIn
from bots.telegram.channel import Settings, TelegramChannel
from bots.telegram.polling import Patience
from bots.telegram.request import AiohttpRequest, Limits
from core.channel import Channel
from core.conversation.model import Address, Choice, Edit, Erase, Mark, Message, Rich, Send
from core.errors import (
    Blocked,
    ConfigError,
    DeliveryError,
    Halted,
    NotSent,
    Refused,
    SlowDown,
    StoreError,
    Unsure,
)

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
    stand_in.world.press("alice", int(receipt.ref), "好")
    running(channel)
    await until(lambda: inbox.stored)
    stand_in.world.say("alice", "还在吗")
    await until(lambda: len(inbox.stored) == 2)


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
    running(channel)
    await asyncio.sleep(0.3)
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
    make_channel: Any, stand_in: TelegramStandIn, inbox: Any, language: str
) -> None:
    token = f"{stand_in.token[:-1]}X"
    channel = make_channel(token, Settings(api_url=stand_in.url, languages=[language]))
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


# --- going out -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault", [HANG, HANG_BEFORE, RESET, CLOSE, CLOSE_BEFORE, BAD_GATEWAY, BROKEN_JSON, TRUNCATED]
)
async def test_an_answer_that_never_came_is_unsure_and_never_repeated_here(
    channel: TelegramChannel, stand_in: TelegramStandIn, fault: Fault
) -> None:
    at = address_of(stand_in)
    stand_in.faults.queue("sendMessage", fault)
    with pytest.raises(Unsure) as caught:
        await channel.perform(at, Send(message()), "1.1")
    assert len(stand_in.ledger.sent()) == int(fault.performs)
    assert stand_in.faults.calls["sendmessage"] == 1
    assert stand_in.token not in "".join(traceback.format_exception(caught.value))


async def test_what_certainly_did_not_happen(channel: TelegramChannel, stand_in: TelegramStandIn) -> None:
    at = address_of(stand_in)
    stand_in.faults.queue("sendMessage", Fault("slow_down", committed=False, retry_after=9))
    with pytest.raises(SlowDown) as slow:
        await channel.perform(at, Send(message()), "1.1")
    assert slow.value.after == 9
    stand_in.world.block("alice")
    with pytest.raises(Blocked):
        await channel.perform(at, Send(message()), "1.1")
    await channel.close()  # a connection that breaks while it is used again would be Unsure, and rightly
    await stand_in.stop()
    with pytest.raises(NotSent):
        await channel.perform(at, Send(message()), "1.1")
    assert not stand_in.ledger.sent()


async def test_a_connection_that_is_never_made_is_safe_and_tells_nothing(
    make_channel: Any, full_listener: Any, stand_in: TelegramStandIn
) -> None:
    with full_listener() as port:
        limits = Limits(connect=0.2, pool_wait=0.2)
        channel = make_channel("", Settings(api_url=f"http://127.0.0.1:{port}", limits=limits))
        with pytest.raises(NotSent) as caught:
            await channel.perform(Address("tg", "1", "1"), Send(message()), "1.1")
    assert stand_in.token not in "".join(traceback.format_exception(caught.value))
    context = caught.value.__context__
    assert context is None or context.__context__ is None


async def test_edit_erase_and_their_repetitions(channel: TelegramChannel, stand_in: TelegramStandIn) -> None:
    at = address_of(stand_in)
    ref = (await channel.perform(at, Send(message("一")), "1.1")).ref
    for _ in range(2):
        assert (await channel.perform(at, Edit(ref, message("二")), "1.2")).ref == ref
    shown = stand_in.world.private("alice").shown
    assert shown[int(ref)].text == "二"
    theirs = stand_in.world.say("alice", "我的助记词是……")
    for _ in range(2):
        await channel.perform(at, Erase(str(theirs.id)), "1.3")
    assert theirs.deleted


@pytest.mark.parametrize("ref", ["999999", "not-a-number"])
async def test_what_cannot_be_edited_is_said_anew(
    channel: TelegramChannel, stand_in: TelegramStandIn, ref: str
) -> None:
    receipt = await channel.perform(address_of(stand_in), Edit(ref, message("新的")), "1.1")
    assert receipt.ref != ref
    assert stand_in.world.private("alice").shown[int(receipt.ref)].text == "新的"


async def test_a_refused_form_goes_out_once_as_plain_text(
    channel: TelegramChannel, stand_in: TelegramStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    at = address_of(stand_in)
    odd = Message((Rich("粗体", (Mark(0, 1, "bold"),)),), (Choice("x", "好", "not a url"),))
    receipt = await channel.perform(at, Send(odd), "1.1")
    shown = stand_in.world.private("alice").shown[int(receipt.ref)]
    assert shown.text == "粗体"
    assert "entities" not in shown.message
    assert said(caplog, "plain text") == 1


async def test_a_button_too_long_for_the_platform_is_refused_and_not_sent(
    make_channel: Any, stand_in: TelegramStandIn
) -> None:
    channel = make_channel()
    with pytest.raises(DeliveryError) as caught:
        await channel.perform(address_of(stand_in), Send(message("?", Choice("长" * 30, "好"))), "1.1")
    assert isinstance(caught.value, Refused) or not stand_in.ledger.sent()


async def test_busy_shows_typing_and_raises_nothing(
    channel: TelegramChannel, stand_in: TelegramStandIn
) -> None:
    at = address_of(stand_in)
    await channel.busy(at)
    assert stand_in.faults.calls["sendchataction"] == 1
    stand_in.world.block("alice")
    await channel.busy(at)
    await stand_in.stop()
    await channel.busy(at)


# --- secrets ---------------------------------------------------------------------------------


async def test_no_log_at_any_level_holds_the_token_or_what_people_write(
    make_channel: Any,
    stand_in: TelegramStandIn,
    running: Any,
    inbox: Any,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    channel = make_channel()
    running(channel)
    stand_in.faults.queue("getUpdates", RESET, BAD_GATEWAY, BROKEN_JSON, TRUNCATED)
    stand_in.world.inject({"message": "私密的话"})
    stand_in.world.say("alice", "私密的话")
    await until(lambda: len(inbox.stored) == 2)
    at = Address("tg", str(stand_in.world.private("alice").id), "1")
    for fault in (HANG, RESET, BROKEN_JSON, BAD_GATEWAY):
        stand_in.faults.queue("sendMessage", fault)
        with pytest.raises(Unsure):
            await channel.perform(at, Send(message("私密的话")), "1.1")
    # The stand-in runs in this process; its own server may log what it likes.
    ours = "\n".join(caplog.handler.format(r) for r in caplog.records if r.name != "aiohttp.access")
    assert "is online as" in ours
    assert stand_in.token.partition(":")[2] not in ours
    assert "私密的话" not in ours
    assert stand_in.token not in repr(vars(channel)["_request"])


# --- configuration ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "api_url",
    [
        "http://api.telegram.org",
        "ftp://127.0.0.1",
        "https://",
        "https://me:pw@api.telegram.org",
        "http://127.0.0.1.evil.example",
    ],
)
def test_the_token_goes_nowhere_in_the_open(make_channel: Any, api_url: str) -> None:
    with pytest.raises(ConfigError):
        make_channel("", Settings(api_url=api_url))


@pytest.mark.parametrize(
    ("api_url", "warned"),
    [
        ("https://api.telegram.org", 0),
        ("https://api.telegram.org/", 0),
        ("https://bot.example", 1),
        ("http://[::1]:8081", 1),
    ],
)
async def test_another_host_is_warned_of(
    make_channel: Any, api_url: str, warned: int, caplog: pytest.LogCaptureFixture
) -> None:
    make_channel("", Settings(api_url=api_url))
    assert said(caplog, "instead of api.telegram.org") == warned


@pytest.mark.parametrize("token", ["123", '"1:abc"', "1:ab c", "1:abc\n", ""])
async def test_a_token_of_the_wrong_shape_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(ConfigError) as caught:
        TelegramChannel("tg", token, lambda *_: "", Settings(patience=Patience()))
    assert not token or token not in str(caught.value)
