"""The watch over groups: who is told, who is not, and that no name goes on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.discord import overhear as discord
from bots.telegram import overhear as telegram
from core.conversation.model import Incoming
from core.safety.watch import NAMED, seen
from tests.safety.scam import KNOWN, NOW

STAFF, ME = "5000002", "7"
Json = dict[str, Any]


@pytest.mark.parametrize(
    ("names", "text", "codes"),
    [
        (["OKX Suppоrt"], "", (NAMED,)),
        (["官方客服小美✅"], "hello", (NAMED,)),
        (["OKXB0t", ""], "", (NAMED,)),
        (["Support Team"], "", (NAMED,)),
        (["CryptoBro", "小明"], "今天行情不错", ()),
        (["小明"], "DM me, I can recover your funds", ("recovers",)),
        (["小明"], "send 1 ETH get 2", ("doubles",)),
        (["小明"], "please validate your wallet", ("validates",)),
        (["小明"], "https://okx-login.top", ("like_inside",)),
        (["小明"], "有人说能帮我追回被骗的钱，要先付费，能信吗", ()),
        (["小明"], 'Is this a scam? "Send 1 ETH and get 2 back"', ()),
        (["小明"], "官方绝不会要您提供助记词", ()),
        (["小明"], "我的提现还没到账", ()),
    ],
)
def test_who_is_told(names: list[str], text: str, codes: tuple[str, ...]) -> None:
    assert seen(names, ME, text, KNOWN, NOW) == codes


def test_our_own_people_are_known_by_their_number_whatever_they_are_called() -> None:
    assert seen(["官方客服小美"], STAFF, "请验证钱包", KNOWN, NOW) == ()
    assert seen(["官方客服小美"], ME, "", KNOWN, NOW) == (NAMED,)


def look(names: Any, number: str, text: str) -> tuple[str, ...]:
    return seen(names, number, text, KNOWN, NOW)


def group_message(**fields: Any) -> Json:
    person = {"id": 7, "is_bot": False, "first_name": "OKX", "last_name": "客服", "username": "xx_1"}
    message = {"message_id": 5, "chat": {"id": -100, "type": "supergroup"}, "from": person, "text": "hi"}
    return {"update_id": 9, "message": message | fields}


def test_in_a_group_a_look_alike_is_seen_when_it_speaks_and_when_it_joins() -> None:
    (spoke,) = telegram.overheard([group_message()], "main", look)
    assert (spoke.kind, spoke.quoted, spoke.message_ref, spoke.public) == ("overheard", NAMED, "5", True)
    joined = [{"id": 8, "is_bot": False, "first_name": "Binance Support"}, {"id": 9, "is_bot": True}]
    (came,) = telegram.overheard([group_message(new_chat_members=joined)], "main", look)
    assert (came.address.user, came.message_ref, came.text) == ("8", "", "")


@pytest.mark.parametrize(
    ("was", "now", "seen_"),
    [
        ("left", "member", 1),
        ("kicked", "restricted", 1),
        ("member", "administrator", 0),
        ("member", "left", 0),
    ],
)
def test_a_look_alike_who_joins_by_a_link_is_seen_once(was: str, now: str, seen_: int) -> None:
    person = {"id": 8, "is_bot": False, "first_name": "Binance Support"}
    change = {
        "chat": {"id": -100, "type": "supergroup"},
        "from": {"id": 1, "is_bot": False, "first_name": "x"},
        "old_chat_member": {"status": was, "user": person},
        "new_chat_member": {"status": now, "user": person, "is_member": True},
    }
    found = telegram.overheard([{"update_id": 4, "chat_member": change}], "main", look)
    assert [(one.address.user, one.quoted, one.message_ref) for one in found] == [("8", NAMED, "")] * seen_
    assert "Binance" not in repr(found)


def test_a_press_of_a_look_alike_is_seen() -> None:
    message = group_message()["message"]
    press = {"id": "1", "from": message["from"], "message": message, "data": "x"}
    (pressed,) = telegram.overheard([{"update_id": 3, "callback_query": press}], "main", look)
    assert (pressed.quoted, pressed.message_ref) == (NAMED, "")


def test_private_talk_and_bots_are_not_watched() -> None:
    private = group_message(chat={"id": 7, "type": "private"})
    bot = group_message(**{"from": {"id": 1, "is_bot": True, "first_name": "OKX"}})
    assert telegram.overheard([private, bot, {}, {"update_id": "x", "message": 1}, 7], "main", look) == []


def server_message(**fields: Any) -> Json:
    user = {"id": "7", "username": "okx_support_1", "global_name": "小明"}
    return {"id": "5", "guild_id": "1", "channel_id": "2", "author": user, "content": ""} | fields


def test_in_a_server_names_are_looked_at_when_somebody_speaks_acts_or_joins() -> None:
    (spoke,) = discord.overheard("MESSAGE_CREATE", server_message(), "dc", look)
    assert (spoke.quoted, spoke.message_ref, spoke.address.chat) == (NAMED, "5", "2")
    user = server_message()["author"]
    acts = {"id": "4", "channel_id": "2", "member": {"user": user, "nick": None}}
    assert [one.quoted for one in discord.overheard("INTERACTION_CREATE", acts, "dc", look)] == [NAMED]
    joins = {"guild_id": "1", "user": {"id": "7", "username": "x"}, "nick": "Binance 客服"}
    (came,) = discord.overheard("GUILD_MEMBER_ADD", joins, "dc", look)
    again = discord.overheard("GUILD_MEMBER_UPDATE", joins, "dc", look)
    assert [came] == again  # the inbox drops the repetition
    assert discord.overheard("MESSAGE_CREATE", server_message(webhook_id="3"), "dc", look) == []
    assert discord.overheard("MESSAGE_CREATE", {"guild_id": "1", "author": 3}, "dc", look) == []


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
@settings(max_examples=50, deadline=None)
def test_no_name_goes_on(name: str) -> None:
    """Whoever is seen leaves a number and codes, never what they are called."""

    def always(names: Any, number: str, text: str) -> tuple[str, ...]:
        return (NAMED,)

    mark = f"‹{name}›"
    person = {"id": 7, "is_bot": False, "first_name": mark, "username": mark}
    user = {"id": "7", "username": mark, "global_name": mark}
    found: list[Incoming] = [
        *telegram.overheard([group_message(**{"from": person})], "main", always),
        *telegram.overheard([group_message(new_chat_members=[person])], "main", always),
        *discord.overheard("MESSAGE_CREATE", server_message(author=user), "dc", always),
        *discord.overheard("GUILD_MEMBER_ADD", {"guild_id": "1", "user": user, "nick": mark}, "dc", always),
    ]
    assert len(found) == 4
    assert mark not in repr(found)
