"""Every kind of update becomes the right event, and no JSON whatever can do more than raise ReadError."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.shapes import ReadError
from bots.telegram.polling import translate_batch
from bots.telegram.read import presses, read
from bots.telegram.sentences import sayer
from core.conversation.model import Address, Attachment, Incoming

ME = "helpline_bot"
SENDER: dict[str, Any] = {
    "id": 5, "is_bot": False, "first_name": "小明", "last_name": "王", "language_code": "zh-hans"
}  # fmt: skip
PRIVATE = {"id": 5, "type": "private", "first_name": "小明"}
GROUP = {"id": -100200, "type": "supergroup", "title": "群"}
ME_USER = {"id": 9, "is_bot": True, "first_name": "Helpline", "username": "Helpline_Bot"}
FILE = {"file_id": "F1", "file_unique_id": "U1", "file_size": 1234}


def message(chat: Any = None, **fields: Any) -> dict[str, Any]:
    return {"message_id": 77, "date": 1, "chat": chat or PRIVATE, "from": SENDER, **fields}


def command(text: str, length: int) -> dict[str, Any]:
    return {"text": text, "entities": [{"type": "bot_command", "offset": 0, "length": length}]}


def events(kind: str, payload: Any) -> list[Incoming]:
    return read({"update_id": 321, kind: payload}, "tg", ME)


def event(kind: str, payload: Any) -> Incoming:
    (only,) = events(kind, payload)
    return only


def test_a_text_carries_who_where_and_in_which_language() -> None:
    assert event("message", message(text="我的转账还没到账")) == Incoming(
        "321",
        Address("tg", "5", "5"),
        "said",
        text="我的转账还没到账",
        message_ref="77",
        language_hint="zh-hans",
    )


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        ("/start tx_42", 6, "/start tx_42"),
        ("/tx@helpline_bot abc", 16, "/tx abc"),
        ("/tx@HELPLINE_bot", 16, "/tx"),
        ("/tx@other_bot abc", 13, None),
    ],
)
@pytest.mark.parametrize("chat", [PRIVATE, GROUP])
def test_commands_are_ours_unless_they_name_another_bot(
    chat: Any, text: str, length: int, expected: str | None
) -> None:
    found = [one.text for one in events("message", message(chat, **command(text, length)))]
    assert found == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"photo": [{**FILE, "file_id": "small", "file_size": 1}, FILE]}, Attachment("photo", 1234, "F1")),
        ({"voice": FILE}, Attachment("voice", 1234, "F1")),
        ({"audio": FILE}, Attachment("voice", 1234, "F1")),
        ({"video": FILE}, Attachment("video", 1234, "F1")),
        ({"video_note": FILE}, Attachment("video", 1234, "F1")),
        ({"animation": FILE, "document": {**FILE, "file_id": "old"}}, Attachment("video", 1234, "F1")),
        ({"sticker": FILE}, Attachment("sticker", 1234, "F1")),
        ({"document": {"file_id": "F1"}}, Attachment("file", 0, "F1")),
        ({"location": {"latitude": 1.0, "longitude": 2.0}}, Attachment("location")),
        ({"venue": {}, "location": {}}, Attachment("location")),
        ({"poll": {"id": "1"}}, Attachment("poll")),
        ({"contact": {"phone_number": "123"}}, Attachment("contact")),
        ({"dice": {"value": 1}}, Attachment("other")),
        ({"story": {}}, Attachment("other")),
    ],
)
def test_what_people_send_beside_text(fields: dict[str, Any], expected: Attachment) -> None:
    assert event("message", message(**fields)).attachments == (expected,)


def test_a_caption_is_the_text_of_what_it_belongs_to() -> None:
    entity = [{"type": "bot_command", "offset": 0, "length": 3}]
    read_ = event("message", message(photo=[FILE], caption="/tx 截图", caption_entities=entity))
    assert (read_.text, read_.attachments[0].kind) == ("/tx 截图", "photo")


def test_forwarded_edited_and_quoted() -> None:
    assert event("message", message(text="x", forward_origin={"type": "hidden_user"})).forwarded
    edited = event("edited_message", message(text="改过", edit_date=2))
    assert (edited.kind, edited.text, edited.message_ref) == ("edited", "改过", "77")
    earlier = message(text="整段话")
    assert event("message", message(text="x", reply_to_message=earlier)).quoted == "整段话"
    part = {"text": "一段", "position": 0}
    assert event("message", message(text="x", reply_to_message=earlier, quote=part)).quoted == "一段"
    assert event("message", message(text="x", reply_to_message=message(caption="图注"))).quoted == "图注"


def test_every_press_of_a_batch_is_answered_the_odd_ones_too() -> None:
    odd: list[Any] = [
        7,
        {},
        {"callback_query": 1},
        {"callback_query": {"id": 5}},
        {"callback_query": {"id": "b"}},
    ]
    assert presses([{"callback_query": {"id": "a", "data": "v1"}}, *odd]) == ["a", "b"]


@pytest.mark.parametrize("chat", [PRIVATE, GROUP])
def test_a_press_carries_the_route_and_the_message(chat: Any) -> None:
    inaccessible = {"message_id": 70, "date": 0, "chat": chat}
    query = {"id": "cb1", "from": SENDER, "chat_instance": "1", "message": inaccessible, "data": "v1"}
    press = event("callback_query", query)
    assert (press.kind, press.text, press.message_ref, press.reply_handle) == ("pressed", "v1", "70", "")
    assert (press.address.chat, press.address.user) == (str(chat["id"]), "5")
    assert press.public is (chat is GROUP)


@pytest.mark.parametrize(
    ("chat", "old", "new", "kind"),
    [
        (PRIVATE, "member", "kicked", "blocked"),
        (PRIVATE, "kicked", "member", "joined"),
        (GROUP, "left", "member", "joined"),
        (GROUP, "left", "administrator", "joined"),
        (GROUP, "member", "kicked", "left"),
        (GROUP, "administrator", "left", "left"),
        (GROUP, "member", "administrator", None),
    ],
)
def test_membership(chat: Any, old: str, new: str, kind: str | None) -> None:
    change = {
        "chat": chat,
        "from": SENDER,
        "old_chat_member": {"status": old},
        "new_chat_member": {"status": new},
    }
    found = events("my_chat_member", change)
    assert [(one.kind, one.public) for one in found] == ([(kind, chat is GROUP)] if kind else [])


def test_a_group_that_moved_names_its_new_id() -> None:
    old = {"id": -42, "type": "group", "title": "群"}
    moved = event("message", message(old, migrate_to_chat_id=-10042))
    assert (moved.moved_to, moved.address.chat, moved.public) == ("-10042", "-42", True)
    assert events("message", message(GROUP, migrate_from_chat_id=-42)) == []


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"text": "大家好"}, None),
        (
            {"text": "@helpline_bot 转账", "entities": [{"type": "mention", "offset": 0, "length": 13}]},
            "转账",
        ),
        (
            {"text": "😀 @Helpline_Bot", "entities": [{"type": "mention", "offset": 3, "length": 13}]},
            "😀 @Helpline_Bot",
        ),
        ({"text": "@other_bot 转账", "entities": [{"type": "mention", "offset": 0, "length": 10}]}, None),
        ({"text": "谢谢", "reply_to_message": {"message_id": 1, "from": ME_USER, "text": "早"}}, "谢谢"),
        ({"text": "谢谢", "reply_to_message": {"message_id": 1, "from": SENDER, "text": "早"}}, None),
        (
            {"text": "嗯", "reply_to_message": {"message_id": 1, "from": ME_USER, "forum_topic_created": {}}},
            None,
        ),
    ],
)
def test_in_a_group_only_what_is_meant_for_us(fields: dict[str, Any], text: str | None) -> None:
    found = events("message", message(GROUP, **fields))
    assert [one.text for one in found] == ([] if text is None else [text])
    assert all(one.public for one in found)


def test_a_topic_is_the_thread_and_a_reply_chain_is_not() -> None:
    start = command("/tx", 3)
    topic = message(GROUP, message_thread_id=12, is_topic_message=True, **start)
    assert event("message", topic).address.thread == "12"
    assert event("message", message(GROUP, message_thread_id=12, **start)).address.thread == ""


@pytest.mark.parametrize(
    "update",
    [
        {"channel_post": message({"id": -1, "type": "channel"}, text="x")},
        {"business_message": message(text="x")},
        {"message": message({"id": -1, "type": "channel"}, text="x")},
        {"message": message(GROUP, new_chat_members=[SENDER])},
        {"message": message(pinned_message={})},
        {"message": {**message(text="x"), "from": ME_USER}},
        {"message": {k: v for k, v in message(GROUP, text="x").items() if k != "from"}},
        {"edited_message": message(location={"latitude": 1.0, "longitude": 2.0})},
        {"callback_query": {"id": "1", "from": SENDER, "inline_message_id": "i", "data": "x"}},
        {},
    ],
)
def test_what_means_nothing_is_no_event(update: dict[str, Any]) -> None:
    assert read({"update_id": 1, **update}, "tg", ME) == []


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"update_id": "1"},
        {"update_id": True},
        {"update_id": 1, "message": 5},
        {"update_id": 1, "message": {"chat": PRIVATE, "from": SENDER, "text": "x"}},
        {"update_id": 1, "message": message(text=5)},
        {"update_id": 1, "message": message({"id": 5, "type": "cellar"}, text="x")},
        {"update_id": 1, "message": message({"id": {}, "type": "private"}, text="x")},
        {"update_id": 1, "message": message(photo=[])},
        {"update_id": 1, "message": message(document={"file_size": 1})},
    ],
)
def test_an_odd_shape_is_a_read_error(update: dict[str, Any]) -> None:
    with pytest.raises(ReadError):
        read(update, "tg", ME)


def test_texts_that_no_store_takes_are_mended_and_nothing_else() -> None:
    broken = json.loads('"a\\ud800b\\u0000c😀"')
    assert event("message", message(text=broken)).text == "a\ufffdb\ufffdc😀"


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
ANY_JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KNOWN = {
    **message(GROUP, **command("/tx@helpline_bot", 16)),
    "reply_to_message": message(text="x"),
    "photo": [FILE],
}


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """A good update with one place, however deep, replaced by any JSON."""
    update = json.loads(
        json.dumps({"update_id": 1, draw(st.sampled_from(["message", "edited_message"])): KNOWN})
    )
    place: Any = update
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or draw(st.booleans()):
            place[key] = draw(ANY_JSON)
            return update
        place = place[key]


@settings(deadline=None)
@given(
    update=spoiled() | st.dictionaries(st.sampled_from(["update_id", "message", "callback_query"]), ANY_JSON)
)
def test_any_json_is_events_or_a_read_error_and_can_be_stored(update: Any) -> None:
    try:
        found = read(update, "tg", ME)
    except ReadError:
        return
    for one in found:
        assert all(isinstance(text, str) for text in (one.text, one.quoted, one.message_ref))
        (one.text + one.quoted).encode()


@settings(deadline=None, max_examples=30)
@given(batch=st.lists(ANY_JSON | spoiled(), max_size=3))
def test_an_odd_update_never_stops_its_batch(batch: list[Any]) -> None:
    good = {"update_id": 9, "message": message(text="你好")}
    found = translate_batch([*batch, good], "tg", ME, sayer(["zh"]))
    assert found[-1].text == "你好"
    for one in found:
        one.text.encode()
