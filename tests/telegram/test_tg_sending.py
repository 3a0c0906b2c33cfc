"""What goes out: each failure by what really happened, nothing said twice here, and no secret in any log."""

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
from bots.telegram.request import Limits
from core.conversation.model import Address, Choice, Edit, Erase, Mark, Message, Rich, Send
from core.errors import (
    Blocked,
    ConfigError,
    Malformed,
    NotSent,
    SlowDown,
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


# --- going out -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault", [HANG, HANG_BEFORE, RESET, CLOSE, CLOSE_BEFORE, BAD_GATEWAY, BROKEN_JSON, TRUNCATED]
)
async def test_an_answer_that_never_came_is_unsure_and_never_repeated_here(
    make_channel: Any, stand_in: TelegramStandIn, fault: Fault
) -> None:
    at = address_of(stand_in)
    channel = make_channel(read=1.0 if fault.spoil == "hang" else 20.0)
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


async def test_a_refused_form_is_told_as_such(channel: TelegramChannel, stand_in: TelegramStandIn) -> None:
    odd = Message((Rich("粗体", (Mark(0, 1, "bold"),)),), (Choice("x", "好", "not a url"),))
    with pytest.raises(Malformed):
        await channel.perform(address_of(stand_in), Send(odd), "1.1")
    assert not stand_in.ledger.sent()


async def test_a_button_too_long_for_the_platform_is_refused_and_not_sent(
    make_channel: Any, stand_in: TelegramStandIn
) -> None:
    channel = make_channel()
    with pytest.raises(Malformed):
        await channel.perform(address_of(stand_in), Send(message("?", Choice("长" * 30, "好"))), "1.1")
    assert not stand_in.ledger.sent()


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
    channel = make_channel(read=1.0)
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
