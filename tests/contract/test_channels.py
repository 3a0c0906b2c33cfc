"""One suite for every face: whatever core may count on, each platform does, through its real library."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from core.channel import PERMIT, Shows
from core.conversation.model import Choice, Edit, Erase, Mark, Message, Rich, Send
from core.errors import Blocked, Malformed, NotSent, Refused
from core.runtime.album import StoredAlbum
from core.store.sqlite import open_sqlite
from tests.contract.faces import FACES, Face
from tests.pictures import picture, qr


def message(text: str, *choices: Choice) -> Message:
    return Message((Rich(text),), choices, visit=1)


@pytest.fixture(params=FACES)
async def face(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Face]:
    async with FACES[request.param](tmp_path, monkeypatch) as one:
        yield one


async def test_what_a_person_says_comes_in_as_it_was_said(face: Face) -> None:
    face.say("我的转账还没到账")
    event = await face.heard(1)
    assert (event.kind, event.text, event.address, event.public) == (
        "said",
        "我的转账还没到账",
        face.address,
        False,
    )


async def test_what_was_said_one_after_the_other_comes_in_that_order(face: Face) -> None:
    for number in range(5):
        face.say(f"第 {number} 句")
    await face.heard(5)
    assert [event.text for event in face.events] == [f"第 {number} 句" for number in range(5)]
    assert len({event.event_id for event in face.events}) == 5


async def test_messages_are_shown_in_the_order_in_which_they_were_sent(face: Face) -> None:
    for number in range(5):
        await face.channel.perform(face.address, Send(message(f"第 {number} 条")), f"i{number}.0")
    assert [seen.text for seen in face.seen()] == [f"第 {number} 条" for number in range(5)]


async def test_what_is_called_back_at_the_last_moment_reaches_nobody(face: Face) -> None:
    async def called_back() -> None:
        raise NotSent("called back")

    before = PERMIT.set(called_back)
    try:
        with pytest.raises(NotSent, match="called back"):
            await face.channel.perform(face.address, Send(message("不再需要")), "i1.0")
    finally:
        PERMIT.reset(before)
    await face.channel.perform(face.address, Send(message("还在")), "i2.0")
    assert [seen.text for seen in face.seen()] == ["还在"]


async def test_a_press_brings_back_the_route_that_was_signed(face: Face) -> None:
    choices = (Choice("yes", "解决了"), Choice("no", "没有"))
    await face.channel.perform(face.address, Send(message("解决了吗？", *choices)), "i1.0")
    assert face.seen()[-1].labels == ["解决了", "没有"]
    face.press("没有")
    event = await face.heard(1)
    assert (event.kind, event.text, event.address.key) == ("pressed", "v1.1.no", face.address.key)


async def test_an_edit_shows_the_new_text(face: Face) -> None:
    sent = await face.channel.perform(face.address, Send(message("旧的")), "i1.0")
    await face.channel.perform(face.address, Edit(sent.ref, message("新的", Choice("a", "好"))), "i2.0")
    texts = [seen.text for seen in face.seen()]
    assert texts[-1] == "新的"
    assert face.seen()[-1].labels == ["好"]
    assert len(texts) == (1 if face.keeps else 2)


async def test_an_edit_of_nothing_is_said_anew(face: Face) -> None:
    await face.channel.perform(face.address, Edit("999999999999999999", message("新的")), "i1.0")
    assert [seen.text for seen in face.seen()] == ["新的"]


async def test_the_longest_text_that_it_says_it_can_show_it_shows(face: Face) -> None:
    text = "字" * min(face.channel.abilities.text_limit, 5_000)
    await face.channel.perform(face.address, Send(message(text)), "i1.0")
    assert "".join(seen.text for seen in face.seen()) == text


@pytest.mark.parametrize(
    "text",
    ["**粗** _斜_ `码` [官网](https://evil.example)", "@everyone <@1> <#2>", "# 标题", "<b>x</b> &amp;"],
)
async def test_what_looks_like_markup_is_only_text(face: Face, text: str) -> None:
    await face.channel.perform(face.address, Send(message(text)), "i1.0")
    assert face.seen()[-1].text == text


async def test_marks_do_not_change_the_words(face: Face) -> None:
    rich = Rich("请发交易哈希", (Mark(2, 6, "bold"),))
    await face.channel.perform(face.address, Send(Message((rich, Rich("谢谢")))), "i1.0")
    assert "请发交易哈希" in "".join(seen.text for seen in face.seen())


async def test_a_picture_does_not_change_the_words_or_the_buttons(face: Face, tmp_path: Path) -> None:
    store = await open_sqlite(tmp_path / "pictures.db")
    shown = Message((Rich("官网只有一个"),), (Choice("a", "好"),), 1, picture(qr()))
    assert isinstance(face.channel, Shows)
    face.channel.show_from(StoredAlbum(store.pictures))
    with suppress(Malformed):  # there is none of that name: a terminal shows the words at once
        await face.channel.perform(face.address, Send(shown), "i1.0")
    await store.pictures.put(picture(qr()).name, qr())
    await face.channel.perform(face.address, Send(shown), "i2.0")
    assert [seen.labels for seen in face.seen() if seen.labels][-1] == ["好"]
    assert sum("官网只有一个" in seen.text for seen in face.seen()) == (1 if face.keeps else 2)
    await store.close()


async def test_the_same_key_again_is_answered_again(face: Face) -> None:
    for _ in range(2):
        await face.channel.perform(face.address, Send(message("一次")), "i1.0")
    assert [seen.text for seen in face.seen()] == ["一次"] * (1 if face.closes else 2)


async def test_who_cannot_be_reached_is_blocked(face: Face) -> None:
    if face.block is None:
        return
    face.block()
    with pytest.raises(Blocked):
        await face.channel.perform(face.address, Send(message("在吗")), "i1.0")


async def test_erasing_is_done_where_it_is_promised(face: Face) -> None:
    face.say("助记词 …")
    said = await face.heard(1)
    try:
        await face.channel.perform(face.address, Erase(said.message_ref), "i1.0")
    except Refused:
        assert not face.channel.abilities.erase


async def test_being_busy_and_closing_never_fails_and_tells_core_nothing(face: Face) -> None:
    await face.channel.busy(face.address)
    await face.channel.close()
    await face.channel.busy(face.address)
    assert face.events == [], "to be busy is no event"
