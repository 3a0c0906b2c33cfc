"""The bot's own data and the flood limits."""

from __future__ import annotations

import pytest
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat, MenuButtonCommands
from telegram.error import RetryAfter

from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import STRICT, Flood, Limits
from bots.local.world import World
from tests.local.bot_api_spec import BotApiSpec
from tests.local.clients import Clock, refused


@pytest.mark.usefixtures("spec")
async def test_commands_are_kept_per_scope_and_language(bot: Bot, alice: int) -> None:
    zh, en = [BotCommand("tx", "查询转账")], [BotCommand("tx", "Check a transfer")]
    scope = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands(zh, scope)
    await bot.set_my_commands(en, scope, "en")
    assert await bot.get_my_commands(scope) == tuple(zh)
    assert await bot.get_my_commands(scope, "en") == tuple(en)
    assert await bot.get_my_commands() == ()
    assert await bot.get_my_commands(BotCommandScopeChat(alice)) == ()
    await bot.delete_my_commands(scope, "en")
    assert await bot.get_my_commands(scope, "en") == ()


@pytest.mark.usefixtures("spec")
async def test_commands_that_are_refused(bot: Bot) -> None:
    for name, description, said in (
        ("Tx", "x", "bot_command_invalid"),
        ("a" * 33, "x", "bot_command_invalid"),
        ("tx", "", "bot_command_description_invalid"),
        ("tx", "x" * 257, "bot_command_description_invalid"),
    ):
        with refused(said):
            await bot.set_my_commands([BotCommand(name, description)])
    with refused("bot_commands_too_much"):
        await bot.set_my_commands([BotCommand(f"c{n}", "x") for n in range(101)])
    with refused("invalid language code specified"):
        await bot.set_my_commands([], language_code="zh-hans")


@pytest.mark.usefixtures("spec")
async def test_names_and_descriptions_per_language(bot: Bot) -> None:
    assert (await bot.get_my_name()).name == "Helpline"
    await bot.set_my_name("官方客服")
    await bot.set_my_name("Official support", "en")
    await bot.set_my_description("我们绝不索要助记词。")
    await bot.set_my_short_description("客服")
    assert (await bot.get_my_name("en")).name == "Official support"
    assert (await bot.get_my_name("fr")).name == "官方客服"
    assert (await bot.get_my_description("en")).description == "我们绝不索要助记词。"
    assert (await bot.get_my_short_description()).short_description == "客服"
    await bot.set_my_name("", "en")
    assert (await bot.get_my_name("en")).name == "官方客服"
    with refused("too long"):
        await bot.set_my_description("字" * 513)


@pytest.mark.usefixtures("spec")
async def test_menu_button_and_who_it_is(bot: Bot, world: World, alice: int) -> None:
    assert await bot.set_chat_menu_button(alice, MenuButtonCommands())
    assert (await bot.get_chat_menu_button(alice)).type == "commands"
    me = await bot.get_me()
    assert (me.id, me.is_bot, me.username) == (world.bot["id"], True, "helpline_bot")


async def test_close_is_refused_in_the_first_ten_minutes(bot: Bot, clock: Clock, spec: BotApiSpec) -> None:
    with pytest.raises(RetryAfter):
        await bot.close()
    clock.advance(601)
    assert await bot.close()
    assert spec.exchanges == 2


async def test_one_chat_gets_a_burst_and_then_one_a_second(
    bot: Bot, stand_in: TelegramStandIn, clock: Clock, alice: int
) -> None:
    for _ in range(STRICT.chat_burst):
        await bot.send_message(alice, "x")
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(alice, "refused")
    clock.advance(float(str(caught.value.retry_after.total_seconds())))  # type: ignore[union-attr]
    await bot.send_message(alice, "x")
    with pytest.raises(RetryAfter):
        await bot.send_message(alice, "refused")
    assert "refused" not in [row.text for row in stand_in.ledger.sent()]


async def test_a_group_gets_twenty_a_minute(
    bot: Bot, stand_in: TelegramStandIn, world: World, clock: Clock
) -> None:
    group = world.group("staff", "alice")
    for _ in range(20):
        await bot.send_message(group.id, "x")
        clock.advance(1)
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(group.id, "x")
    assert caught.value.retry_after.total_seconds() == 40  # type: ignore[union-attr]
    clock.advance(40)
    await bot.send_message(group.id, "x")


def test_thirty_a_second_overall() -> None:
    flood = Flood()
    assert [flood.admit(chat, False, 5.0) for chat in range(31)] == [0] * 30 + [1]
    assert flood.admit(31, False, 5.9) == 1
    assert flood.admit(31, False, 6.0) == 0


def test_limits_can_be_widened_one_by_one() -> None:
    flood = Flood(Limits(per_second=0, chat_burst=1, chat_every=0, group_per_minute=2))
    assert [flood.admit(1, True, 0.0) for _ in range(3)] == [0, 0, 60]
    assert [flood.admit(2, False, 0.0) for _ in range(100)] == [0] * 100


def test_a_refused_send_is_not_counted() -> None:
    flood = Flood(Limits(per_second=0, chat_burst=2, chat_every=1.0, group_per_minute=0))
    assert [flood.admit(1, False, 0.0) for _ in range(5)] == [0, 0, 1, 1, 1]
    assert flood.admit(1, False, 1.0) == 0
