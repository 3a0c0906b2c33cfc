"""Interactions through the real discord.py: answered in time, once, and to nobody else."""

from __future__ import annotations

import time

import pytest

from bots.local.discord import DiscordStandIn
from bots.local.faults import BAD_GATEWAY
from core.conversation.model import Choice, Edit, Send
from core.errors import NotSent, StoreError, Unsure
from tests.discord.conftest import SEAL, Inbox, Start, Until, direct, heard, message

pytestmark = pytest.mark.usefixtures("alice")


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
    old = address._replace(reply="")
    click = world.press("alice", asked, "press_here（中） / press_here (en)")
    await until(lambda: click.answer)
    await channel.perform(old, Send(message("您的提币")), "i1.0")
    assert [one.text for one in world.shown("alice")] == ["press_thanks（中）", "您的提币"]
