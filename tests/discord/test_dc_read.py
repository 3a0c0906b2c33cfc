"""Every event of the gateway that means something, and every one that does not; odd ones are errors of ours."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.discord.inbound import translate
from bots.discord.read import read
from bots.shapes import ReadError
from core.conversation.model import Address, Attachment, Incoming

ME, ANN, DM, GUILD, PLACE = ("100000000000000001", "200000000000000002", "300000000000000003",
                             "400000000000000004", "500000000000000005")  # fmt: skip
Json = dict[str, Any]


def message(**fields: Any) -> Json:
    author = {"id": ANN, "username": "ann"}
    return {
        "id": "9",
        "channel_id": DM,
        "author": author,
        "content": "你好",
        "type": 0,
        "attachments": [],
    } | fields


def click(kind: int, data: Json, **fields: Any) -> Json:
    base = {"id": "7", "type": kind, "token": "tok.en:x", "data": data, "channel_id": DM, "locale": "zh-CN"}
    return base | {"user": {"id": ANN}, "message": {"id": "8"}} | fields


def in_server(**fields: Any) -> Json:
    return {"guild_id": GUILD, "channel_id": PLACE, "member": {"user": {"id": ANN}}} | fields


def one(event: str, data: Json) -> Incoming:
    (incoming,) = read(event, data, "dc", ME)
    return incoming


def said(**fields: Any) -> Incoming:
    return one("MESSAGE_CREATE", message(**fields))


def nothing(event: str = "MESSAGE_CREATE", **fields: Any) -> bool:
    return read(event, message(**fields), "dc", ME) == []


# --- messages --------------------------------------------------------------------------------


def test_a_direct_message() -> None:
    assert said() == Incoming("m9", Address("dc", ANN, ANN), "said", "你好", message_ref="9")


def test_who_is_not_a_person_is_not_answered() -> None:
    assert nothing(author={"id": "1", "bot": True})
    assert nothing(webhook_id="1")
    assert nothing(author={})
    assert nothing(type=7)  # somebody joined
    assert nothing(content="")
    assert read("TYPING_START", {}, "dc", ME) == []


def test_an_edit_is_told_from_a_preview_that_was_added() -> None:
    edited = one("MESSAGE_UPDATE", message(edited_timestamp="2026-11-22T10:00:00+00:00"))
    assert (edited.kind, edited.event_id) == ("edited", "m9.2026-11-22T10:00:00+00:00")
    assert nothing("MESSAGE_UPDATE", edited_timestamp=None)
    assert nothing("MESSAGE_UPDATE", content="", edited_timestamp="2026-11-22T10:00:00Z")


def test_in_a_server_only_what_names_us_is_for_us() -> None:
    assert nothing(guild_id=GUILD, mentions=[{"id": ANN}])
    named = said(guild_id=GUILD, channel_id=PLACE, content=f"<@{ME}> 帮我 <@{ANN}>", mentions=[{"id": ME}])
    assert named.public
    assert (named.address, named.text) == (Address("dc", PLACE, ANN), f"帮我 <@{ANN}>")
    assert named.address.reply == "#9"
    assert said(guild_id=GUILD, content=f"<@!{ME}>", mentions=[{"id": ME}]).text == ""
    assert nothing(
        "MESSAGE_UPDATE", guild_id=GUILD, mentions=[{"id": ME}], edited_timestamp="2026-11-22T10:00:00Z"
    )
    with pytest.raises(ReadError):  # it would stand in an id
        read("MESSAGE_UPDATE", message(edited_timestamp="my secret"), "dc", ME)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"attachments": [{"id": "5", "size": 9, "content_type": "image/png"}]}, "photo"),
        ({"attachments": [{"id": "5", "size": 9, "content_type": "audio/ogg"}], "flags": 1 << 13}, "voice"),
        ({"attachments": [{"id": "5", "size": 9, "content_type": "video/mp4"}]}, "video"),
        ({"attachments": [{"id": "5", "size": 9}]}, "file"),
    ],
)
def test_what_is_sent_beside_text(fields: Json, kind: Any) -> None:
    assert said(content="", **fields).attachments == (Attachment(kind, 9, "5"),)


def test_a_sticker_and_a_poll() -> None:
    assert said(content="", sticker_items=[{"id": "1"}]).attachments == (Attachment("sticker"),)
    assert said(content="", poll={"question": {}}).attachments == (Attachment("poll"),)


def test_a_reply_quotes_and_names_what_it_answers() -> None:
    answer = said(type=19, message_reference={"message_id": "6"}, referenced_message={"content": "谁？"})
    assert (answer.quoted, answer.reply_to) == ("谁？", "6")


def test_a_forwarded_message_is_somebody_elses() -> None:
    copy = {"message": {"content": "转 100 USDT", "attachments": []}}
    forwarded = said(content="", message_snapshots=[copy], message_reference={"message_id": "6", "type": 1})
    assert forwarded.forwarded
    assert (forwarded.text, forwarded.reply_to) == ("转 100 USDT", "")


# --- interactions ----------------------------------------------------------------------------


def test_a_command_is_what_would_be_typed() -> None:
    event = one("INTERACTION_CREATE", click(2, {"id": "1", "name": "tx", "type": 1}))
    assert event == Incoming(
        "i7", Address("dc", ANN, ANN), "said", "/tx", reply_handle="7:c:tok.en:x", language_hint="zh-CN"
    )
    given_too = click(2, {"name": "tx", "options": [{"name": "id", "value": "0x1"}]})
    assert one("INTERACTION_CREATE", given_too).text == "/tx 0x1"


def test_in_a_server_the_conversation_is_private_all_the_same() -> None:
    event = one("INTERACTION_CREATE", click(2, {"name": "tx"}, **in_server()))
    assert event.address == Address("dc", PLACE, ANN)
    assert not event.public


def test_a_press_carries_its_route_and_its_message() -> None:
    event = one("INTERACTION_CREATE", click(3, {"custom_id": "v1.1.a.x", "component_type": 2}))
    assert (event.kind, event.text, event.message_ref) == ("pressed", "v1.1.a.x", "8")
    assert event.reply_handle == "7:p:tok.en:x"
    chosen = click(3, {"custom_id": "select0", "component_type": 3, "values": ["v1.1.b.x"]})
    assert one("INTERACTION_CREATE", chosen).text == "v1.1.b.x"


def test_an_open_button_is_a_command() -> None:
    for route, text in (("open:flow_tx", "/start flow_tx"), ("open:human", "/human"), ("open:menu", "/menu")):
        event = one("INTERACTION_CREATE", click(3, {"custom_id": route, "component_type": 2}, **in_server()))
        assert (event.kind, event.text) == ("said", text)
    forged = one("INTERACTION_CREATE", click(3, {"custom_id": "open:x y", "component_type": 2}))
    assert (forged.kind, forged.text) == ("pressed", "open:x y")


def test_a_button_that_was_shown_elsewhere_belongs_where_it_says() -> None:
    event = one("INTERACTION_CREATE", click(3, {"custom_id": f"{PLACE}~v1.1.a.x", "component_type": 2}))
    assert (event.address, event.text) == (Address("dc", PLACE, ANN), "v1.1.a.x")


@pytest.mark.parametrize(
    "components",
    [
        [{"type": 1, "components": [{"type": 4, "custom_id": "said", "value": "我的话"}]}],
        [{"type": 18, "component": {"type": 4, "custom_id": "said", "value": "我的话"}}],
    ],
)
def test_a_form_says_what_was_written_in_it(components: list[Json]) -> None:
    event = one("INTERACTION_CREATE", click(5, {"custom_id": "form", "components": components}))
    assert (event.kind, event.text) == ("said", "我的话")


def test_what_is_neither_command_nor_press_is_nothing() -> None:
    assert read("INTERACTION_CREATE", {"type": 1}, "dc", ME) == []
    assert read("INTERACTION_CREATE", click(2, {"name": "Report", "type": 4}), "dc", ME) == []


# --- odd ones --------------------------------------------------------------------------------

values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
samples = st.sampled_from(
    [
        ("MESSAGE_CREATE", message(guild_id=GUILD, mentions=[{"id": ME}], message_snapshots=[], attachments=[{"id": "1"}])),
        ("MESSAGE_UPDATE", message(edited_timestamp="2026-11-22T10:00:00+00:00", message_reference={"message_id": "6"})),
        ("INTERACTION_CREATE", click(2, {"name": "tx", "options": [{"value": "a"}]})),
        ("INTERACTION_CREATE", click(3, {"custom_id": "a", "component_type": 3, "values": ["b"]}, **in_server())),
        ("INTERACTION_CREATE", click(5, {"components": [{"components": [{"value": "a"}]}]})),
    ]
)  # fmt: skip


@given(samples, st.data())
def test_whatever_an_event_holds_it_is_read_or_refused(sample: tuple[str, Json], data: st.DataObject) -> None:
    event, fields = sample
    name = data.draw(st.sampled_from(sorted(fields)))
    odd = fields | {name: data.draw(values)}
    try:
        for incoming in read(event, odd, "dc", ME):
            assert isinstance(incoming.text, str)
            assert incoming.address.channel == "dc"
    except ReadError:
        pass


def test_an_odd_event_is_kept_without_the_token_and_without_names() -> None:
    user = {"id": ANN, "username": "abandon amount liar amount expir"}
    heard = translate("INTERACTION_CREATE", click(2, {}, user=user), "dc", ME, lambda key, **_: key)
    assert [one.kind for one in heard] == ["unread"]
    assert "tok.en" not in heard[0].text
    assert "abandon" not in heard[0].text
    assert heard[0].event_id == "u7"


def test_no_error_repeats_what_it_could_not_read() -> None:
    with pytest.raises(ReadError) as caught:
        read("MESSAGE_CREATE", message(content=["my secret"]), "dc", ME)
    assert "secret" not in str(caught.value)


# --- menus of people and of messages ---------------------------------------------------------

BO = "600000000000000006"


def test_a_person_is_verified_by_number_never_by_name() -> None:
    user = {"id": BO, "username": "okx_support", "global_name": "OKX 官方客服"}
    data = {"type": 2, "name": "核验此人", "target_id": BO, "resolved": {"users": {BO: user}}}
    for place in ({}, in_server()):
        (found,) = read("INTERACTION_CREATE", click(2, data, **place), "dc", ME)
        assert (found.kind, found.text) == ("said", f"/verify id:{BO}")


def test_a_message_is_checked_with_whoever_wrote_it() -> None:
    told = {"id": "9", "content": "请把助记词\n发给我", "author": {"id": BO, "username": "x"}}
    data = {"type": 3, "name": "举报此消息为诈骗", "target_id": "9", "resolved": {"messages": {"9": told}}}
    (found,) = read("INTERACTION_CREATE", click(2, data, **in_server()), "dc", ME)
    assert found.text == f"/verify 请把助记词\n发给我\nid:{BO}"
    assert found.forwarded
    assert not found.public


def test_where_we_are_not_the_answer_is_for_this_person_only() -> None:
    """In somebody's direct channel with a third person a plain answer would be read by both."""
    data = {"type": 2, "name": "核验此人", "target_id": BO}
    (there,) = read("INTERACTION_CREATE", click(2, data, context=2), "dc", ME)
    assert there.address == Address("dc", DM, ANN)
    (here,) = read("INTERACTION_CREATE", click(2, data, context=1), "dc", ME)
    assert here.address == Address("dc", ANN, ANN)


@pytest.mark.parametrize("data", [{"type": 2}, {"type": 3, "target_id": "9"}, {"type": 2, "target_id": "x"}])
def test_a_menu_without_its_target_is_an_error_of_shape(data: Json) -> None:
    with pytest.raises(ReadError):
        read("INTERACTION_CREATE", click(2, data | {"name": "x"}), "dc", ME)
