"""The transcript format: what is written is read again, and what is not of the format is refused with its line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.conversation.transcript import Line, Outcome, Transcript, TranscriptError, parse, render

SAMPLE = """\
# 转账未到账：给出交易哈希，链上已确认
chain.look_up: confirmed confirmations=12 need=2 node="节点 A"

> 我的转账还没到账
< 先说明：官方客服绝不会索要私钥。
<
< 请把交易哈希发给我。
  [没有交易哈希] [转人工]
> [没有交易哈希]
> 4a5e
! chain.look_up transaction_id=4a5e
< 已确认，确认数 12。
~ 30m
< 收到了吗？

< 另一条消息。
"""


def test_reads_every_kind_of_line() -> None:
    transcript = parse(SAMPLE)
    assert transcript.title == "转账未到账：给出交易哈希，链上已确认"
    values = {"confirmations": "12", "need": "2", "node": "节点 A"}
    assert transcript.outcomes == (Outcome("chain.look_up", "confirmed", values),)
    assert transcript.turns == (
        Line("said", "我的转账还没到账"),
        Line("bot", "先说明：官方客服绝不会索要私钥。\n\n请把交易哈希发给我。"),
        Line("buttons", labels=("没有交易哈希", "转人工")),
        Line("pressed", "没有交易哈希"),
        Line("said", "4a5e"),
        Line("action", "chain.look_up", values={"transaction_id": "4a5e"}),
        Line("bot", "已确认，确认数 12。"),
        Line("passed", "30m"),
        Line("bot", "收到了吗？"),
        Line("bot", "另一条消息。"),
    )


def test_a_canonical_text_is_its_own_rendering() -> None:
    assert render(parse(SAMPLE)) == SAMPLE


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("no title\n", 1),
        ("# t\n\n? what\n", 3),
        ("# t\n\n> hello\nchain.look_up: confirmed\n", 4),
        ("# t\nchain.look_up: confirmed need\n", 2),
        ("# t\n\n! chain.look_up a=b c\n", 3),
        ("# t\n\n~ soon\n", 3),
        ("# t\n\n  not a button\n", 3),
    ],
)
def test_refuses_with_the_line(text: str, line: int) -> None:
    with pytest.raises(TranscriptError) as refused:
        parse(text)
    assert refused.value.line == line


def test_what_looks_like_a_button_can_still_be_said() -> None:
    said = Transcript("t", turns=(Line("said", "[菜单]"), Line("pressed", "菜单"), Line("said", "\\x")))
    assert parse(render(said)) == said


_row = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=12)
_message = st.lists(_row, min_size=1, max_size=4).map("\n".join)
_label = st.text(st.characters(exclude_characters="\n[]", exclude_categories=["Cs"]), min_size=1, max_size=8)
_name = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
_values = st.dictionaries(_name, st.text(st.characters(exclude_categories=["Cs"]), max_size=10), max_size=3)
_line = st.one_of(
    st.builds(lambda text: Line("said", text), _message),
    st.builds(lambda text: Line("bot", text), _message),
    st.builds(lambda text: Line("pressed", text), _label),
    st.builds(lambda labels: Line("buttons", labels=tuple(labels)), st.lists(_label, min_size=1, max_size=4)),
    st.builds(lambda name, values: Line("action", name, values=values), _name, _values),
    st.builds(lambda n, unit: Line("passed", f"{n}{unit}"), st.integers(0, 999), st.sampled_from("smhd")),
)


@settings(max_examples=60)
@given(
    title=_row.map(str.strip).filter(bool),
    outcomes=st.lists(st.builds(Outcome, _name, _name, _values), max_size=3),
    turns=st.lists(_line, max_size=8),
)
def test_what_is_rendered_is_read_again(title: str, outcomes: list[Outcome], turns: list[Line]) -> None:
    transcript = Transcript(title, tuple(outcomes), tuple(turns))
    assert parse(render(transcript)) == transcript


@settings(max_examples=60)
@given(st.text(st.sampled_from('# ><!~[]\\=":ab.\n '), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        transcript = parse("# t\n" + text)
    except TranscriptError:
        return
    assert parse(render(transcript)) == transcript
