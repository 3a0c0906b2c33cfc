"""The channel through the real discord.py: answered in time, once, and to nobody else."""

from __future__ import annotations

import logging
import time
from dataclasses import replace

import pytest

from bots.discord.channel import DiscordChannel, Settings
from bots.discord.read import FORM
from bots.local.discord import DiscordStandIn
from bots.local.faults import BAD_GATEWAY, RESET
from core.conversation.model import Address, Choice, Edit, Erase, Message, Rich, Send
from core.errors import Blocked, ConfigError, NotSent, Refused, StoreError, Unsure
from tests.discord.conftest import FORM_LABEL, SEAL, Inbox, Start, Until, sign


def message(text: str = "您好", *choices: Choice) -> Message:
    return Message((Rich(text),), choices, visit=1)


def direct(stand_in: DiscordStandIn) -> Address:
    person = str(stand_in.world.person("alice").id)
    return Address("dc", person, person)


@pytest.fixture(autouse=True)
def _commands(stand_in: DiscordStandIn) -> None:
    world = stand_in.world
    world.add_person("小明", username="alice", locale="zh-CN")
    world.join("alice", world.guild)
    command = {"id": "1", "type": 1, "name": "tx", "description": "x", "contexts": None, "options": []}
    world.commands[0] = [command]


# --- direct chats ----------------------------------------------------------------------------


async def test_what_is_said_comes_in_and_is_answered(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    channel = await start()
    stand_in.world.say("alice", "你好")
    await until(lambda: inbox.stored)
    assert inbox.texts == ["你好"]
    assert inbox.stored[0].address == direct(stand_in)
    receipt = await channel.perform(inbox.stored[0].address, Send(message("您好", Choice("a", "是"))), "i1.0")
    shown = stand_in.world.dm("alice").last()
    assert (str(shown.id), shown.text, shown.labels) == (receipt.ref, "您好", ["是"])


async def test_the_same_effect_twice_is_one_message(stand_in: DiscordStandIn, start: Start) -> None:
    for _ in range(2):
        channel = await start()  # a restart between the two
        await channel.perform(direct(stand_in), Send(message()), "i1.0")
    await channel.perform(direct(stand_in), Send(message()), "i2.0")
    assert [row.text for row in stand_in.ledger.sent(stand_in.world.dm("alice").id)] == ["您好", "您好"]


async def test_a_reset_after_the_send_is_unsure_and_its_repetition_no_second_message(
    stand_in: DiscordStandIn, start: Start
) -> None:
    channel = await start()
    stand_in.faults.queue("create_message", RESET)
    with pytest.raises(Unsure):
        await channel.perform(direct(stand_in), Send(message()), "i1.0")
    await channel.perform(direct(stand_in), Send(message()), "i1.0")
    assert len(stand_in.ledger.sent()) == 1


async def test_an_earlier_message_is_changed_in_place_or_said_anew(
    stand_in: DiscordStandIn, start: Start
) -> None:
    channel = await start()
    dm = stand_in.world.dm("alice")
    first = await channel.perform(direct(stand_in), Send(message("一")), "i1.0")
    assert await channel.perform(direct(stand_in), Edit(first.ref, message("二")), "i2.0") == first
    assert [one.text for one in dm.messages(by_bot=True)] == ["二"]
    stand_in.world.remove(stand_in.world.find(int(first.ref)))
    await channel.perform(direct(stand_in), Edit(first.ref, message("三")), "i3.0")
    assert dm.last().text == "三"


async def test_who_takes_no_direct_messages_is_blocked(stand_in: DiscordStandIn, start: Start) -> None:
    channel = await start()
    stand_in.world.person("alice").dms_open = False
    with pytest.raises(Blocked):
        await channel.perform(direct(stand_in), Send(message()), "i1.0")


async def test_a_bot_cannot_delete_what_a_person_wrote_to_it(stand_in: DiscordStandIn, start: Start) -> None:
    channel = await start()
    said = stand_in.world.say("alice", "x")
    with pytest.raises(Refused):
        await channel.perform(direct(stand_in), Erase(str(said.id)), "i1.0")
    assert not channel.abilities.erase


async def test_before_the_login_nothing_is_sent(stand_in: DiscordStandIn) -> None:
    channel = DiscordChannel("dc", stand_in.token, sign, SEAL, Settings(api_url=stand_in.url))
    with pytest.raises(NotSent):
        await channel.perform(direct(stand_in), Send(message()), "i1.0")
    await channel.close()


# --- interactions ----------------------------------------------------------------------------


async def heard(inbox: Inbox, until: Until, count: int = 1) -> Address:
    await until(lambda: len(inbox.stored) >= count)
    return inbox.stored[-1].address


async def test_a_command_in_a_server_is_answered_to_one_person(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    channel = await start()
    click = stand_in.world.slash("alice", "tx", channel=stand_in.world.support)
    address = await heard(inbox, until)
    assert inbox.texts == ["/tx"]
    assert inbox.stored[0].language_hint == "zh-CN"
    receipt = await channel.perform(address, Send(message("一")), "i1.0")
    await channel.perform(address, Send(message("二")), "i1.1")
    shown = stand_in.world.shown("alice")
    assert [(one.text, one.ephemeral) for one in shown] == [("一", True), ("二", True)]
    assert (click.answer, str(shown[0].id)) == (4, receipt.ref)


async def test_in_private_the_first_answer_is_the_interactions_and_the_next_a_message(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    channel = await start()
    stand_in.world.slash("alice", "tx")
    address = await heard(inbox, until)
    for number, text in enumerate("一二"):
        await channel.perform(address, Send(message(text)), f"i1.{number}")
    assert [one.text for one in stand_in.world.dm("alice").messages(by_bot=True)] == ["一", "二"]
    assert not any(one.ephemeral for one in stand_in.world.shown("alice"))
    assert len(stand_in.ledger.of("create_message")) == 1


async def test_a_slow_store_is_deferred_and_the_answer_fills_it(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    channel = await start(defer_after=0.01)
    inbox.gate.clear()
    click = stand_in.world.slash("alice", "tx", channel=stand_in.world.support)
    await until(lambda: click.answer == 5)
    assert click.original is not None
    assert click.original.ephemeral
    inbox.failures.append(StoreError("busy"))
    inbox.gate.set()
    address = await heard(inbox, until)
    await channel.perform(address, Send(message("一")), "i1.0")
    await channel.perform(address, Send(message("一")), "i1.0")
    assert [(one.text, one.loading) for one in stand_in.world.shown("alice")] == [("一", False)]


async def test_after_a_restart_a_deferred_answer_is_filled_and_nothing_is_doubled(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    await start(defer_after=0.01)
    click = stand_in.world.slash("alice", "tx", channel=stand_in.world.support)
    address = await heard(inbox, until)
    await until(lambda: click.answer == 5)
    for key, text in (("i1.0", "一"), ("i1.0", "一"), ("i1.1", "二")):
        channel = await start()
        await channel.perform(address, Send(message(text)), key)
    assert [one.text for one in stand_in.world.shown("alice")] == ["一", "二"]


async def test_an_answer_that_was_lost_on_its_way_is_found_again(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    channel = await start()
    stand_in.world.slash("alice", "tx")
    address = await heard(inbox, until)
    stand_in.faults.queue("create_interaction_response", BAD_GATEWAY)
    with pytest.raises(Unsure):
        await channel.perform(address, Send(message("一")), "i1.0")
    await channel.perform(address, Send(message("一")), "i1.0")
    assert [one.text for one in stand_in.world.dm("alice").messages(by_bot=True)] == ["一"]


async def test_the_handle_stands_in_no_event_in_clear(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    await start()
    click = stand_in.world.slash("alice", "tx")
    address = await heard(inbox, until)
    assert click.token not in repr(inbox.stored) + address.reply
    assert inbox.stored[0].reply_handle == ""
    assert SEAL.open(address.reply, address.key) == f"{click.id}:c:{click.token}"
    assert SEAL.open(address.reply, "dc|somebody|else") is None


async def test_a_press_changes_the_menu_in_place(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    channel = await start()
    sent = await channel.perform(direct(stand_in), Send(message("菜单", Choice("a", "甲"))), "i1.0")
    click = stand_in.world.press("alice", int(sent.ref), "甲")
    address = await heard(inbox, until)
    pressed = inbox.stored[0]
    assert (pressed.kind, pressed.text, pressed.message_ref) == ("pressed", "v1.1.a", sent.ref)
    await channel.perform(address, Edit(sent.ref, message("下一层")), "i2.0")
    assert [one.text for one in stand_in.world.dm("alice").messages(by_bot=True)] == ["下一层"]
    assert click.answer == 7


async def test_a_form_takes_what_nobody_else_should_read(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    channel = await start()
    world = stand_in.world
    world.slash("alice", "tx", channel=world.support)
    await channel.perform(await heard(inbox, until), Send(message("交易哈希？")), "i1.0")
    world.press("alice", world.shown("alice")[0], FORM_LABEL)
    await until(lambda: world.person("alice").modal)
    world.submit("alice", {"said": "0xabc"})
    address = await heard(inbox, until, 2)
    assert inbox.stored[1].text == "0xabc"
    assert inbox.stored[1].address.key == inbox.stored[0].address.key
    await channel.perform(address, Send(message("查到了")), "i2.0")
    assert [one.text for one in world.shown("alice")] == ["交易哈希？", "查到了"]
    assert FORM == "form"


# --- after fifteen minutes -------------------------------------------------------------------


async def test_an_answer_that_comes_too_late_goes_to_the_person_directly(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    channel = await start(now=lambda: time.time() + 900)
    world = stand_in.world
    world.slash("alice", "tx", channel=world.support)
    address = await heard(inbox, until)
    await channel.perform(address, Send(message("查到了", Choice("a", "好"))), "i1.0")
    (shown,) = world.dm("alice").messages(by_bot=True)
    assert shown.text == "查到了"
    world.press("alice", shown, "好")
    pressed = await heard(inbox, until, 2)
    assert pressed.key == address.key  # the conversation of the server goes on


async def test_where_that_is_closed_too_a_press_is_asked_for_and_lends_its_answer(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    channel = await start(now=lambda: time.time() + 900)
    world = stand_in.world
    world.person("alice").dms_open = False
    world.slash("alice", "tx", channel=world.support)
    address = await heard(inbox, until)
    for _ in range(2):
        with pytest.raises(NotSent):
            await channel.perform(address, Send(message("您的提币")), "i1.0")
    (asked,) = world.support.messages(by_bot=True)
    assert "提币" not in asked.text
    assert [one["id"] for one in asked.message["mentions"]] == [str(world.person("alice").id)]
    channel = await start()
    old = replace(address, reply="")
    click = world.press("alice", asked, "press_here（中） / press_here (en)")
    await until(lambda: click.answer)
    await channel.perform(old, Send(message("您的提币")), "i1.0")
    assert [one.text for one in world.shown("alice")] == ["press_thanks（中）", "您的提币"]


# --- in public -------------------------------------------------------------------------------


async def test_a_mention_is_answered_in_public_without_pinging_anybody(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    world = stand_in.world
    channel = await start(supports=[str(world.support.id)])
    said = world.mention("alice", world.support, "我的钱呢")
    address = await heard(inbox, until)
    assert inbox.stored[0].public
    assert inbox.texts == ["我的钱呢"]
    await channel.perform(address, Send(message("只在私聊里说", Choice("p", "打开", "open:flow_tx"))), "i1.0")
    shown = world.support.last()
    assert (shown.text, shown.ephemeral, shown.message["mentions"]) == ("只在私聊里说", False, [])
    assert shown.message["message_reference"]["message_id"] == str(said.id)
    world.press("alice", shown, "打开")
    await heard(inbox, until, 2)
    assert (inbox.texts[1], inbox.stored[1].public) == ("/start flow_tx", False)


async def test_the_card_is_there_once_and_comes_back(
    stand_in: DiscordStandIn, start: Start, until: Until
) -> None:
    support = stand_in.world.support
    for _ in range(2):
        await start(supports=[str(support.id)])
        await until(lambda: support.messages(by_bot=True))
    (card,) = support.messages(by_bot=True)
    stand_in.world.delete(card)
    await until(lambda: support.messages(by_bot=True))
    assert [one.text for one in support.messages(by_bot=True)] == ["card"]


# --- a lost session --------------------------------------------------------------------------


async def test_what_was_said_without_a_session_is_read_afterwards(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    world = stand_in.world
    await start(supports=[str(world.support.id)])
    world.say("alice", "一")
    await until(lambda: inbox.texts == ["一"])
    inbox.people = [str(world.person("alice").id)]
    stand_in.gateway.lose_session()
    stand_in.gateway.drop()
    world.say("alice", "二")
    world.mention("alice", world.support, "三")
    await until(lambda: len(inbox.stored) >= 3)
    assert sorted(inbox.texts) == ["一", "三", "二"]


# --- what the operator sees ------------------------------------------------------------------


async def test_no_log_holds_the_token_or_a_text(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = await start()
    click = stand_in.world.slash("alice", "tx")
    stand_in.world.say("alice", "my secret words")
    address = await heard(inbox, until, 2)
    await channel.perform(address, Send(message("ours")), "i1.0")
    ours = "\n".join(caplog.handler.format(r) for r in caplog.records if r.name != "aiohttp.access")
    assert stand_in.token not in ours
    assert click.token not in ours
    assert "secret words" not in ours


@pytest.mark.parametrize("token", ["", "123:abc", "a.b", " a.b.c"])
def test_a_token_of_another_shape_is_refused(token: str) -> None:
    with pytest.raises(ConfigError):
        DiscordChannel("dc", token, sign, SEAL)


@pytest.mark.parametrize("url", ["http://discord.example/api/v10", "ftp://x", "", "https://u:p@discord.com"])
def test_the_token_goes_nowhere_in_clear(url: str) -> None:
    with pytest.raises(ConfigError):
        DiscordChannel("dc", "a.b.c", sign, SEAL, Settings(api_url=url))


def test_another_host_is_said_loudly(caplog: pytest.LogCaptureFixture) -> None:
    DiscordChannel("dc", "a.b.c", sign, SEAL, Settings(api_url="https://mirror.example/api"))
    assert "mirror.example" in caplog.text
