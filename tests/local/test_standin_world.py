"""What people do reaches the library as updates that it can read and that fit the published tables."""

from __future__ import annotations

import asyncio

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update

from bots.local.attachments import KINDS
from bots.local.world import World
from tests.local.bot_api_spec import BotApiSpec

pytestmark = pytest.mark.usefixtures("spec")


async def updates(bot: Bot, world: World) -> tuple[Update, ...]:
    """Everything that waits, acknowledged."""
    world.updates.slow_repeats = False
    batch = await bot.get_updates()
    if batch:
        await bot.get_updates(offset=batch[-1].update_id + 1)
    return batch


async def message(bot: Bot, world: World) -> Message:
    """The message of the one update that waits."""
    (update,) = await updates(bot, world)
    assert update.message is not None
    return update.message


async def test_commands_links_and_mentions_are_marked_in_utf16(bot: Bot, world: World) -> None:
    world.say("alice", "😀 /tx@helpline_bot 看 https://example.com/a 和 @bobby a/b")
    told = await message(bot, world)
    assert {told.parse_entity(entity): entity.type for entity in told.entities} == {
        "/tx@helpline_bot": "bot_command",
        "https://example.com/a": "url",
        "@bobby": "mention",
    }


async def test_the_sender_is_told_as_the_platform_does(bot: Bot, world: World) -> None:
    world.add_person("‮evil", username="mallory", last_name="李", language="")
    world.say("mallory", "/start tx_1")
    sender = (await message(bot, world)).from_user
    assert sender is not None
    assert (sender.first_name, sender.last_name, sender.language_code) == ("‮evil", "李", None)


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_attachment_arrives(bot: Bot, world: World, kind: str) -> None:
    world.send("alice", kind, caption="看" if kind in ("photo", "document") else "")
    told = await message(bot, world)
    assert getattr(told, kind)


async def test_a_persons_file_can_be_downloaded(bot: Bot, world: World) -> None:
    world.send("alice", "voice", data=b"abc")
    told = await message(bot, world)
    assert told.voice is not None
    assert bytes(await (await told.voice.get_file()).download_as_bytearray()) == b"abc"


async def test_an_unknown_kind_is_refused(bot: Bot, world: World) -> None:
    with pytest.raises(LookupError, match="location"):
        world.send("alice", "hologram")
    assert await updates(bot, world) == ()


async def test_forwards_name_their_author(bot: Bot, world: World) -> None:
    world.forward("alice", "转来的", "bob")
    origin = (await message(bot, world)).forward_origin
    assert origin is not None
    assert origin.type == "user"


async def test_edits_of_people(bot: Bot, world: World) -> None:
    number = world.say("alice", "一").id
    world.edit("alice", number, "二")
    first, second = await updates(bot, world)
    assert first.message is not None
    assert first.message.text == "一"
    assert second.edited_message is not None
    assert second.edited_message.text == "二"
    with pytest.raises(LookupError):
        world.edit("alice", 999, "x")


async def test_a_press_carries_the_data_of_the_button(bot: Bot, world: World, alice: int) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="v1:yes")]])
    sent = await bot.send_message(alice, "?", reply_markup=markup)
    world.press("alice", sent.message_id, "好")
    await bot.edit_message_text("?!", alice, sent.message_id)
    with pytest.raises(LookupError, match="has no button"):
        world.press("alice", sent.message_id, "好")
    world.press("alice", sent.message_id, "v1:yes", stale=True)
    await bot.delete_message(alice, sent.message_id)
    world.press("alice", sent.message_id, "v1:yes", stale=True)
    presses = [update.callback_query for update in await updates(bot, world)]
    assert [press.data for press in presses if press] == ["v1:yes"] * 3
    assert [press.message.is_accessible for press in presses if press and press.message] == [
        True,
        True,
        False,
    ]


async def test_blocking_and_coming_back(bot: Bot, world: World) -> None:
    world.block("alice")
    world.block("alice")
    world.say("alice", "/start")
    blocked, back, said = await updates(bot, world)
    assert blocked.my_chat_member is not None
    assert blocked.my_chat_member.new_chat_member.status == "kicked"
    assert back.my_chat_member is not None
    assert back.my_chat_member.new_chat_member.status == "member"
    assert said.message is not None


async def test_groups_privacy_and_migration(bot: Bot, world: World) -> None:
    group = world.group("客服", "alice", "bob")
    world.say("bob", "chatter", group)
    world.say("bob", "/tx", group)
    world.set_bot_status(group, "alice", "administrator")
    world.say("bob", "now heard", group)
    new = world.migrate(group, "alice")
    seen = await updates(bot, world)
    told = [update.message for update in seen if update.message]
    assert [message.text for message in told[:2]] == ["/tx", "now heard"]
    assert (told[2].migrate_to_chat_id, told[3].migrate_from_chat_id) == (new.id, group.id)
    assert [u.my_chat_member.new_chat_member.status for u in seen if u.my_chat_member] == [
        "member",
        "administrator",
    ]
    with pytest.raises(ValueError, match="once"):
        world.migrate(group, "alice")


async def test_an_odd_update_is_delivered_as_it_is(world: World, bot: Bot, spec: BotApiSpec) -> None:
    number = world.inject({"mystery": {"x": 1}})
    world.say("alice", "一")
    batch = await updates(bot, world)
    assert [update.update_id for update in batch] == [number, number + 1]
    assert spec.blind or spec.unknown.pop() == "getUpdates answer[0]: mystery"


async def test_waiting_for_the_bot(bot: Bot, world: World, alice: int) -> None:
    chat = world.private("alice")
    since = chat.version
    waiting = asyncio.create_task(chat.reply(since))
    await bot.send_message(alice, "一")
    assert (await waiting).text == "一"
    assert not await chat.changed(chat.version, 0.01)
    with pytest.raises(TimeoutError, match="一"):
        await chat.until(lambda _chat: False, 0.01)


async def test_supergroups_count_their_own_messages(bot: Bot, world: World) -> None:
    group = world.group("大群", "alice", supergroup=True)
    assert (await bot.send_message(group.id, "x")).message_id == 1
