"""What is drawn for Discord: every mark as it was meant, and nothing that was not meant means anything."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bots.discord.draw import BUTTONS, LIMIT, columns, draw
from bots.discord.markdown import escape, markdown
from bots.discord.read import FORM
from core.conversation.model import Address, Choice, Mark, Message, Rich
from core.conversation.texts import utf16
from tests.discord.render import render

HERE = Address("dc", "1", "1")
SPECIAL = "\\*_~`|[]()<>#@:/-+.! \nabe1中😀"
TRICKS = (
    "@everyone", "@here", "<@123456789012345678>", "<@&1>", "<#1>", "</tx:1>", "<t:1700000000:R>", "<:a:1>", "<a:b:1>",
    "# 标题", "-# small", "> quote", ">>> all", "- item", "+ item", "* item", "**b**", "__u__", "~~s~~", "||x||", "`c`",
    "```py\nx\n```", "[官网](https://evil.example)", "[a](<https://evil.example>)", "http://evil.example",
    "discord.gg/abc", "https://discord.gg/abc", "https://discord.com/invite/abc", "steam://run", "\\", "*_", "<https://x",
    "https://helpline.example/a_b*c", "@\u200beveryone", "\\[a](https://evil.example)", "`", "``", "DISCORD.GG/x",
)  # fmt: skip
anything = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=SPECIAL, max_size=40),
    st.lists(st.one_of(st.sampled_from(TRICKS), st.text(alphabet=SPECIAL, max_size=5)), max_size=6).map(
        "".join
    ),
)


def sign(_address: Address, visit: int, choice: str) -> str:
    return f"v1.{visit}.{choice}.tag"


def seen(text: str) -> str:
    """A text without what is not drawn at all: control and direction characters, and the gap."""
    return "".join(
        c for c in text if c != "\u200b" and c not in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
        and c not in "\u2066\u2067\u2068\u2069" and (c in "\t\n" or not (c < " " or c == "\x7f"))
    )  # fmt: skip


@given(anything)
@example("a\n  - b")
@example("https://a.example/.")
@example("\\" * 3)
def test_a_plain_text_shows_itself_and_means_nothing(text: str) -> None:
    shown = render(escape(text))
    assert shown.text == seen(text)
    assert shown.others == []
    assert shown.marks == []


@given(st.lists(st.tuples(anything, st.sampled_from(["", "bold", "code", "link"])), max_size=5))
@example([("a", "bold"), ("b", "bold")])
@example([("a", "code"), ("b", "code")])
@example([("`", ""), ("b", "code")])
@example([("*", ""), ("b", "bold"), ("*", "")])
@example([("](https://evil.example)", "link")])
def test_marks_come_out_as_they_were_made(parts: list[tuple[str, str]]) -> None:
    text, marks = "", []
    for part, kind in parts:
        if kind:
            url = "https://helpline.example/x" if kind == "link" else ""
            marks.append(Mark(len(text), len(text) + len(part), kind, url))  # type: ignore[arg-type]
        text += part
    shown = render(markdown(Rich(text, tuple(marks))))
    assert shown.others == []
    for kind, _, url in shown.marks:
        assert kind in ("bold", "code", "link")
        assert (kind == "link") == bool(url)
        assert url in ("", "https://helpline.example/x")
    assert {kind for kind, *_ in shown.marks} <= {mark.kind for mark in marks}


def test_the_marks_of_a_real_text() -> None:
    text = "请把交易哈希（TxID）发给我，见官网。"
    rich = Rich(
        text,
        (Mark(2, 6, "bold"), Mark(7, 11, "code"), Mark(17, 19, "link", "https://helpline.example/x_(y)")),
    )
    drawn = markdown(rich)
    assert drawn == "请把**交易哈希**（`TxID`）发给我，见[官网](<https://helpline.example/x_%28y%29>)。"
    assert render(drawn).text == text


def test_a_link_that_is_not_https_is_no_link() -> None:
    drawn = markdown(Rich("a", (Mark(0, 1, "link", "javascript:alert(1)"),)))
    assert drawn == "a"


def test_a_plain_address_stays_one_without_a_preview() -> None:
    assert escape("官网：https://helpline.example/a_b。") == "官网：<https://helpline.example/a_b>。"


def test_nobody_is_ever_mentioned() -> None:
    for one in draw(HERE, Message((Rich("@everyone"),)), sign):
        assert one["allowed_mentions"] == {"parse": []}


@given(st.lists(anything, min_size=1, max_size=4), st.integers(1, 60))
def test_every_message_fits_and_says_something(texts: list[str], times: int) -> None:
    bodies = draw(HERE, Message(tuple(Rich(text * times) for text in texts)), sign)
    for one in bodies:
        assert 0 < utf16(one["content"]) <= LIMIT
        assert one["content"].strip()
    for first, _ in pairwise(bodies):
        assert first["components"] == []


def test_what_escaping_makes_too_long_is_cut_in_two() -> None:
    bodies = draw(HERE, Message((Rich("*" * 1500),), (Choice("a", "A"),)), sign)
    assert len(bodies) == 2
    assert "".join(render(one["content"]).text for one in bodies) == "*" * 1500
    assert bodies[1]["components"]
    assert not bodies[0]["components"]


# --- buttons ---------------------------------------------------------------------------------


def buttons(bodies: list[dict[str, object]]) -> list[list[dict[str, object]]]:
    rows = bodies[-1]["components"]
    assert isinstance(rows, list)
    return [row["components"] for row in rows]


def test_short_buttons_share_a_row_and_long_ones_do_not() -> None:
    choices = (Choice("a", "是"), Choice("b", "否"), Choice("c", "我想找一位人工客服来帮我处理"))
    rows = buttons(draw(HERE, Message((Rich("?"),), choices, visit=3), sign))
    assert [[one["label"] for one in row] for row in rows] == [["是", "否"], ["我想找一位人工客服来帮我处理"]]
    assert rows[0][0]["custom_id"] == "v1.3.a.tag"


@given(st.lists(st.text(max_size=90), max_size=70), st.booleans())
def test_any_number_of_choices_keeps_the_limits(labels: list[str], form: bool) -> None:
    choices = tuple(Choice(f"c{number}", label) for number, label in enumerate(labels))
    rows = buttons(draw(HERE, Message((Rich("?"),), choices), sign, "write" if form else ""))
    assert len(rows) <= 5
    assert all(1 <= len(row) <= 5 for row in rows)
    routes = []
    for one in (one for row in rows for one in row):
        if one["type"] == 3:
            options = one["options"]
            assert isinstance(options, list)
            assert 1 <= len(options) <= 25
            assert all(1 <= utf16(option["label"]) <= 100 for option in options)
            routes += [option["value"] for option in options]
        else:
            assert 1 <= utf16(str(one["label"])) <= 80
            routes.append(one["custom_id"])
    wanted = [f"v1.0.c{number}.tag" for number in range(len(labels))]
    assert sorted(map(str, routes)) == sorted(wanted[:100] + [FORM] * form)


def test_many_choices_become_a_menu() -> None:
    choices = tuple(Choice(f"c{number}", f"第{number}项") for number in range(BUTTONS + 1))
    rows = buttons(draw(HERE, Message((Rich("?"),), choices), sign))
    assert [one["type"] for row in rows for one in row] == [3, 3]


def test_links_open_and_other_addresses_are_left_out() -> None:
    choices = (Choice("x", "官网", "https://helpline.example"), Choice("y", "坏", "javascript:1"))
    rows = buttons(draw(HERE, Message((Rich("?"),), choices), sign))
    assert rows == [[{"type": 2, "style": 5, "label": "官网", "url": "https://helpline.example"}]]


def test_the_way_into_the_private_conversation_is_a_button_for_everybody() -> None:
    rows = buttons(draw(HERE, Message((Rich("?"),), (Choice("private_open", "打开", "open:flow_tx"),)), sign))
    assert rows[0][0]["custom_id"] == "open:flow_tx"


def test_a_button_that_is_shown_elsewhere_says_where_it_belongs() -> None:
    there = Address("dc", "222222222222222222", "1")
    rows = buttons(draw(there, Message((Rich("?"),), (Choice("a", "A"),)), sign, elsewhere=True))
    assert rows[0][0]["custom_id"] == "222222222222222222~v1.0.a.tag"


def test_a_choice_that_cannot_be_signed_is_an_error() -> None:
    def refuse(*_: object) -> str:
        raise ValueError

    with pytest.raises(ValueError):
        draw(HERE, Message((Rich("?"),), (Choice("a", "A"),)), refuse)


@given(st.text(max_size=30))
def test_columns_count_wide_characters_twice(label: str) -> None:
    assert len(label) <= columns(label) <= 2 * len(label)
