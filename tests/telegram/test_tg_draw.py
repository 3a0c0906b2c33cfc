"""A drawn message says what was meant: the library itself parses our entities, and the buttons fit a phone."""

from __future__ import annotations

import datetime as dtm
import json
from typing import Any, Literal

import pytest
import telegram
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.telegram.draw import columns, draw
from core.conversation.model import Address, Choice, Mark, Message, Rich
from core.conversation.route import Routes

HERE = Address("tg", "5", "5")
TEXTS = st.text(
    alphabet=st.sampled_from("a_*[`😀👨‍👩‍👧🇨🇳转账，。<&\n ") | st.characters(exclude_categories=[]),
    max_size=40,
)


def sign(address: Address, visit: int, choice: str) -> str:
    return Routes([b"key"]).sign(address, visit, choice)


def drawn(*blocks: Rich, choices: tuple[Choice, ...] = (), at: Address = HERE) -> dict[str, Any]:
    return draw(at, Message(blocks, choices, visit=3), sign)


@st.composite
def rich(draw_: st.DrawFn) -> Rich:
    text = draw_(TEXTS)
    edges = sorted(draw_(st.lists(st.integers(0, len(text)), max_size=6)))
    kinds: st.SearchStrategy[Literal["bold", "code", "link"]] = st.sampled_from(["bold", "code", "link"])
    marks = []
    for start, end in zip(edges[::2], edges[1::2], strict=False):
        kind = draw_(kinds)
        marks.append(Mark(start, end, kind, "https://example.com/" if kind == "link" else ""))
    return Rich(text, tuple(marks))


@settings(deadline=None)
@given(blocks=st.lists(rich(), min_size=1, max_size=3))
def test_the_library_finds_under_each_entity_exactly_the_marked_text(blocks: list[Rich]) -> None:
    params = drawn(*blocks)
    entities = [telegram.MessageEntity(**one) for one in params.get("entities", [])]
    chat = telegram.Chat(5, "private")
    message = telegram.Message(1, dtm.datetime.now(dtm.UTC), chat, text=params["text"], entities=entities)
    marked = [block.text[m.start : m.end] for block in blocks for m in block.marks if m.start < m.end]
    mended = [_mended(text) for text in marked]
    assert [_mended(message.parse_entity(one)) for one in entities] == mended


def _mended(text: str) -> str:
    return text.replace("\0", "\ufffd").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


@settings(deadline=None)
@given(blocks=st.lists(rich(), min_size=1, max_size=3))
def test_whatever_people_wrote_goes_out_as_it_is(blocks: list[Rich]) -> None:
    params = drawn(*blocks)
    assert params["text"] == _mended("\n\n".join(block.text for block in blocks))
    assert "parse_mode" not in params
    json.dumps(params, ensure_ascii=False).encode()


def test_marks_become_entities_of_the_right_kind() -> None:
    block = Rich(
        "😀粗 abc 链接", (Mark(1, 2, "bold"), Mark(3, 6, "code"), Mark(7, 9, "link", "https://example.com/"))
    )
    assert drawn(block)["entities"] == [
        {"type": "bold", "offset": 2, "length": 1},
        {"type": "code", "offset": 4, "length": 3},
        {"type": "text_link", "offset": 8, "length": 2, "url": "https://example.com/"},
    ]


@pytest.mark.parametrize(
    ("labels", "rows"),
    [
        (["好", "不好"], [2]),
        (["没有交易哈希", "返回", "主菜单"], [2, 1]),
        (["一二三四五六七", "一二三四五六七八", "短", "短"], [1, 1, 2]),
        (["fourteen chars", "fifteen letters", "x"], [1, 1, 1]),
        ([], []),
    ],
)
def test_two_short_buttons_share_a_row(labels: list[str], rows: list[int]) -> None:
    choices = tuple(Choice(f"c{n}", label) for n, label in enumerate(labels))
    markup = drawn(Rich("?"), choices=choices).get("reply_markup", {"inline_keyboard": []})
    assert [len(row) for row in markup["inline_keyboard"]] == rows
    assert [button["text"] for row in markup["inline_keyboard"] for button in row] == labels


def test_a_button_carries_its_signed_route_or_its_link() -> None:
    choices = (Choice("yes", "好"), Choice("site", "官网", "https://example.com/"))
    ((press, link),) = drawn(Rich("?"), choices=choices)["reply_markup"]["inline_keyboard"]
    assert Routes([b"key"]).verify(HERE, press["callback_data"]) == ("yes", 3)
    assert len(press["callback_data"].encode()) <= 64
    assert link == {"text": "官网", "url": "https://example.com/"}


def test_where_it_goes_and_what_it_does_not_show() -> None:
    params = drawn(Rich("x"), at=Address("tg", "-100200", "5", "12"))
    assert (params["chat_id"], params["message_thread_id"]) == (-100200, 12)
    assert params["link_preview_options"] == {"is_disabled": True}
    assert "message_thread_id" not in drawn(Rich("x"))


def test_columns_count_what_is_seen() -> None:
    assert [columns(text) for text in ("ab", "转账", "（）", "e\u0301")] == [2, 4, 4, 1]
