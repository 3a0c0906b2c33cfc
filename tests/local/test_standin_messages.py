"""Sends, edits, deletions, callback answers and files: each rule and each refusal, as the real library meets it."""

from __future__ import annotations

import pytest
from telegram import (
    Bot,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    Message,
    MessageEntity,
    ReplyParameters,
)
from telegram.error import ChatMigrated, Forbidden

from bots.local.attachments import TINY_PNG
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.local.world import World
from tests.local.bot_api_spec import BotApiSpec
from tests.local.clients import Clock, refused
from tests.pictures import jpeg, png, qr

QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"

pytestmark = pytest.mark.usefixtures("spec")


@pytest.fixture(autouse=True)
def _wide_limits(stand_in: TelegramStandIn) -> None:
    stand_in.flood.limits = UNLIMITED


def keyboard(data: str = "v1:x", label: str = "好") -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=data)]])


async def test_a_sent_message_is_shown_with_its_entities_and_buttons(
    bot: Bot, world: World, alice: int
) -> None:
    rows = [
        [InlineKeyboardButton("取消", callback_data="a", style="danger")],
        [InlineKeyboardButton("官网", url="https://example.com")],
        [InlineKeyboardButton("复制", copy_text=CopyTextButton("0xabc"))],
    ]
    bold = MessageEntity("bold", 2, 2)
    sent = await bot.send_message(alice, "😀交易", entities=[bold], reply_markup=InlineKeyboardMarkup(rows))
    shown = world.private("alice").last()
    assert (shown.text, shown.labels) == ("😀交易", ["取消", "官网", "复制"])
    assert sent.entities == (bold,)
    assert sent.parse_entity(bold) == "交易"
    assert sent.reply_markup is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "message text is empty"), (" \n ", "message text is empty"), ("😀" * 2049, "message is too long")],
)
async def test_empty_and_long_texts_are_refused(bot: Bot, alice: int, text: str, said: str) -> None:
    with refused(said):
        await bot.send_message(alice, text)


async def test_a_text_of_just_4096_utf16_units_goes(bot: Bot, alice: int) -> None:
    assert (await bot.send_message(alice, "😀" * 2048)).text == "😀" * 2048


@pytest.mark.parametrize(
    ("entity", "said"),
    [
        (MessageEntity("bold", 0, 5), "entity beginning at UTF-16 offset 0 ends after the end of the text"),
        (MessageEntity("bold", 4, 1), "ends after the end of the text at UTF-16 offset 5"),
        (MessageEntity("bold", -1, 1), "offset and length"),
        (MessageEntity("bold", 0, 0), "offset and length"),
        (MessageEntity("bold", 1, 3), "middle of a UTF-16 symbol"),
        (MessageEntity("sparkle", 0, 2), "Unsupported type"),
        (MessageEntity("text_link", 0, 2), "URL must be non-empty"),
    ],
)
async def test_entities_that_do_not_fit_are_refused(
    bot: Bot, alice: int, entity: MessageEntity, said: str
) -> None:
    with refused(said):
        await bot.send_message(alice, "😀交易", entities=[entity])


async def test_a_parse_mode_is_refused_rather_than_shown_raw(bot: Bot, alice: int) -> None:
    with refused("unsupported parse_mode"):
        await bot.send_message(alice, "<b>x</b>", parse_mode="HTML")


async def test_callback_data_is_1_to_64_bytes(bot: Bot, alice: int) -> None:
    await bot.send_message(alice, "x", reply_markup=keyboard("a" * 64))
    for data in ("字" * 22, "a" * 65):
        with refused("button_data_invalid"):
            await bot.send_message(alice, "x", reply_markup=keyboard(data))


@pytest.mark.parametrize(
    ("button", "said"),
    [
        (InlineKeyboardButton("x"), "Text buttons are unallowed in the inline keyboard"),
        (InlineKeyboardButton("", callback_data="a"), "must be of type String"),
        (InlineKeyboardButton("x", callback_data="a", url="https://e.com"), "exactly one"),
        (InlineKeyboardButton("x", url="nowhere"), "button_url_invalid"),
        (InlineKeyboardButton("x", callback_data="a", style="loud"), "unsupported style"),
        (InlineKeyboardButton("x", copy_text=CopyTextButton("")), "button_copy_text_invalid"),
    ],
)
async def test_bad_buttons_are_refused(bot: Bot, alice: int, button: InlineKeyboardButton, said: str) -> None:
    with refused(said):
        await bot.send_message(alice, "x", reply_markup=InlineKeyboardMarkup([[button]]))


async def test_more_than_100_buttons_are_refused(bot: Bot, alice: int) -> None:
    rows = [[InlineKeyboardButton("x", callback_data="a")] * 8] * 13
    with refused("reply_markup_too_long"):
        await bot.send_message(alice, "x", reply_markup=InlineKeyboardMarkup(rows))


async def test_edits_change_what_is_shown_and_drop_a_keyboard_not_given(
    bot: Bot, world: World, alice: int
) -> None:
    sent = await bot.send_message(alice, "一", reply_markup=keyboard())
    edited = await bot.edit_message_text("二", alice, sent.message_id)
    assert not isinstance(edited, bool)
    assert (edited.text, edited.edit_date is not None, edited.reply_markup) == ("二", True, None)
    await bot.edit_message_reply_markup(alice, sent.message_id, reply_markup=keyboard(label="行"))
    assert (world.private("alice").last().text, world.private("alice").last().labels) == ("二", ["行"])


async def test_an_edit_without_a_change_is_refused(bot: Bot, alice: int) -> None:
    sent = await bot.send_message(alice, "一", reply_markup=keyboard())
    with refused("message is not modified: specified new message content"):
        await bot.edit_message_text("一", alice, sent.message_id, reply_markup=keyboard())
    with refused("message is not modified"):
        await bot.edit_message_reply_markup(alice, sent.message_id, reply_markup=keyboard())


async def test_edits_of_what_is_not_there_or_not_ours_are_refused(bot: Bot, world: World, alice: int) -> None:
    theirs = world.say("alice", "hi").id
    document = (await bot.send_document(alice, b"x", filename="a.txt")).message_id
    for number, said in ((999, "message to edit not found"), (theirs, "message can't be edited")):
        with refused(said):
            await bot.edit_message_text("x", alice, number)
    with refused("there is no text in the message to edit"):
        await bot.edit_message_text("x", alice, document)
    await bot.edit_message_caption(alice, document, caption="说明")
    assert world.private("alice").last().text == "说明"


async def test_deletions_within_48_hours(bot: Bot, world: World, clock: Clock, alice: int) -> None:
    theirs = world.say("alice", "my seed phrase").id
    assert await bot.delete_message(alice, theirs)
    assert "my seed phrase" not in [shown.text for shown in world.private("alice").messages()]
    with refused("message to delete not found"):
        await bot.delete_message(alice, theirs)
    old = (await bot.send_message(alice, "x")).message_id
    clock.advance(48 * 3600 + 1)
    with refused("message can't be deleted"):
        await bot.delete_message(alice, old)


async def test_a_plain_member_deletes_only_its_own_in_a_group(bot: Bot, world: World) -> None:
    group = world.group("staff", "alice")
    theirs = world.say("alice", "/x", group).id
    with refused("message can't be deleted"):
        await bot.delete_message(group.id, theirs)
    world.set_bot_status(group, "alice", "administrator")
    assert await bot.delete_message(group.id, theirs)


async def test_a_press_is_answered_once_and_in_time(bot: Bot, world: World, clock: Clock, alice: int) -> None:
    sent = await bot.send_message(alice, "x", reply_markup=keyboard())
    first = world.press("alice", sent.message_id, "好")
    assert await bot.answer_callback_query(first, "收到", show_alert=True)
    notice = world.private("alice").notices[-1]
    assert (notice.text, notice.alert) == ("收到", True)
    with refused(QUERY_TOO_OLD):
        await bot.answer_callback_query(first)
    late = world.press("alice", sent.message_id, "v1:x")
    clock.advance(901)
    for callback in (late, "42"):
        with refused(QUERY_TOO_OLD):
            await bot.answer_callback_query(callback)


async def test_a_callback_answer_has_at_most_200_characters(bot: Bot, world: World, alice: int) -> None:
    sent = await bot.send_message(alice, "x", reply_markup=keyboard())
    with refused("message_too_long"):
        await bot.answer_callback_query(world.press("alice", sent.message_id, "好"), "字" * 201)


async def test_chats_that_cannot_be_written_to(bot: Bot, world: World, alice: int) -> None:
    stranger = world.add_person("never wrote").id
    with refused("chat not found"):
        await bot.send_message(12345, "x")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(stranger, "x")
    world.block("alice")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(alice, "x")
    world.unblock("alice")
    await bot.send_message(alice, "x")
    world.deactivate("alice")
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(alice, "x")


async def test_groups_that_cannot_be_written_to(bot: Bot, world: World) -> None:
    group = world.group("staff", "alice")
    await bot.send_message(group.id, "x")
    world.set_bot_status(group, "alice", "kicked")
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(group.id, "x")
    world.set_bot_status(group, "alice", "left")
    with pytest.raises(Forbidden, match="bot is not a member of the group chat"):
        await bot.send_message(group.id, "x")
    group.gone, group.bot_status = True, "member"
    with pytest.raises(Forbidden, match="the group chat was deleted"):
        await bot.send_message(group.id, "x")


async def test_a_migrated_group_names_its_new_id(bot: Bot, world: World) -> None:
    old = world.group("staff", "alice")
    new = world.migrate(old, "alice")
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(old.id, "x")
    assert caught.value.new_chat_id == new.id
    assert (await bot.send_message(new.id, "x")).chat.type == "supergroup"


async def test_replies_and_threads(bot: Bot, alice: int) -> None:
    first = await bot.send_message(alice, "一")
    second = await bot.send_message(alice, "二", reply_parameters=ReplyParameters(first.message_id))
    assert second.reply_to_message is not None
    assert second.reply_to_message.text == "一"
    with refused("message to be replied not found"):
        await bot.send_message(alice, "x", reply_parameters=ReplyParameters(999))
    await bot.send_message(
        alice, "x", reply_parameters=ReplyParameters(999, allow_sending_without_reply=True)
    )
    with refused("message thread not found"):
        await bot.send_message(alice, "x", message_thread_id=3)


async def test_files_go_up_and_come_down(bot: Bot, world: World, alice: int) -> None:
    data = bytes(range(256)) * 20
    sent = await bot.send_document(alice, InputFile(data, "报告.pdf"), caption="给您")
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size, sent.caption) == ("报告.pdf", len(data), "给您")
    got = await bot.get_file(sent.document.file_id)
    assert bytes(await got.download_as_bytearray()) == data
    again = await bot.send_document(alice, sent.document.file_id)
    assert again.document is not None
    photo = await bot.send_photo(alice, TINY_PNG, reply_markup=keyboard())
    assert photo.photo
    with refused("can't use file of type document as photo"):
        await bot.send_photo(alice, sent.document.file_id)


async def test_files_that_are_refused(bot: Bot, world: World, alice: int) -> None:
    large = world.send("alice", "document", size=21 * 1024 * 1024).message["document"]["file_id"]
    for file_id, said in ((large, "file is too big"), ("nothing", "invalid file_id")):
        with refused(said):
            await bot.get_file(file_id)
    with refused("message caption is too long"):
        await bot.send_photo(alice, TINY_PNG, caption="字" * 1025)
    with refused("image_process_failed"):
        await bot.send_photo(alice, b"not a picture")
    with refused("failed to get http url content"):
        await bot.send_document(alice, "https://example.com/a.pdf")


async def test_typing_is_seen(bot: Bot, world: World, alice: int, spec: BotApiSpec) -> None:
    assert await bot.send_chat_action(alice, "typing")
    assert world.private("alice").actions == ["typing"]
    with refused("wrong parameter action in request"):
        await bot.send_chat_action(alice, "dancing")
    assert spec.exchanges >= 2


async def test_photos_are_measured_and_edited(bot: Bot, alice: int, world: World, spec: BotApiSpec) -> None:
    for data in (png(2001, 100), png(5000, 5001)):
        with refused("PHOTO_INVALID_DIMENSIONS"):
            await bot.send_photo(alice, data)
    with refused("IMAGE_PROCESS_FAILED"):
        await bot.send_photo(alice, qr()[:-4])
    first = await bot.send_photo(alice, qr(), caption="一")
    assert [(one.width, one.height) for one in first.photo] == [(330, 330)]
    text = (await bot.send_message(alice, "字")).message_id
    for number in (first.message_id, text):
        media = InputMediaPhoto(jpeg(64, 48), caption="二")
        edited = await bot.edit_message_media(media, alice, number)
        assert isinstance(edited, Message)
        assert ([(one.width, one.height) for one in edited.photo], edited.text) == ([(64, 48)], None)
    assert isinstance(edited, Message)
    with refused("message is not modified"):
        await bot.edit_message_media(InputMediaPhoto(edited.photo[-1].file_id, caption="二"), alice, text)
    with refused("there is no text in the message to edit"):
        await bot.edit_message_text("x", alice, text)
    world.files.forget(edited.photo[-1].file_id)
    with refused("wrong file identifier"):
        await bot.send_photo(alice, edited.photo[-1].file_id)
