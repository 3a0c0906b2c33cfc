"""The reading of YAML: every scalar is text, every trap is told, and whatever comes in, nothing is raised."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.conversation.document import Many, Node, Table, Text, places, read


def told(source: str, *, prose: bool = True) -> list[str]:
    return [f"{f.code}.{f.variant}".strip(".") for f in read("f.yaml", source, prose=prose)[1]]


def plain(node: Node | None) -> object:
    match node:
        case Text(value=value):
            return value
        case Many(items=items):
            return [plain(item) for item in items]
        case Table(entries=entries):
            return {key: plain(value) for key, value in entries.items()}
        case _:
            return None


@pytest.mark.parametrize(
    "typed", ["22:00", "09:30", "no", "on", "0123", "0x1f", "1e3", "~", "null", "1_000", "2026-11-22"]
)
def test_every_scalar_is_the_text_that_was_typed(typed: str) -> None:
    tree, faults = read("f.yaml", f"key: {typed}\n{typed if ':' not in typed else 'on'}: x\n", prose=True)
    assert faults == []
    assert isinstance(tree, Table)
    assert plain(tree.entries["key"]) == typed
    assert "on" in tree.entries or typed in tree.entries


def test_each_part_knows_its_place() -> None:
    tree, _ = read("f.yaml", "a:\n  b: 你好\n  c: [x, y]\n", prose=True)
    assert places(tree, "f") == {
        ("f", "a"): ("f.yaml", 1, 1),
        ("f", "a", "b"): ("f.yaml", 2, 6),
        ("f", "a", "c"): ("f.yaml", 3, 3),
        ("f", "a", "c", "0"): ("f.yaml", 3, 7),
        ("f", "a", "c", "1"): ("f.yaml", 3, 10),
    }


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a:\n\tb: 1\n\tc: 2\n", ["TAB", "TAB"]),
        ("a: b\n\tc: 1\n", ["TAB"]),
        ("a:\n　　say：你好\n", ["FWSPACE", "FWCOLON"]),
        ("a: {say：x, next: y}\n", ["FWCOLON"]),
        ("a: 订单 #123 已处理\n", ["HASH"]),
        ("- 我的 #1 订单\n", ["HASH"]),
        ("a: 一\n  二 #三\n", ["HASH"]),
        ("a: 1\na: 2\n", ["DUPKEY"]),
        ("a: &x y\nb: *x\n", ["ANCHOR", "ANCHOR"]),
        ("a: !!int 3\n", ["ANCHOR"]),
        ("a: 注意: 不要\n", ["YAML.colon"]),
        ("a: @客服\n", ["YAML.start"]),
        ("a: **粗体** 字\n", ["YAML.start"]),
        ("a: [链接](https://x.com) 字\n", ["YAML.start"]),
        ('a: "话" 多\n', ["YAML.quote"]),
        ('a: "没关\nb: 1\n', ["YAML.quote"]),
        ("a: [x, y\nb: 1\n", ["YAML.bracket"]),
        ("a: 1\nfoo\nb: 2\n", ["YAML.line"]),
        ("a:\n  b: 1\n c: 2\n", ["YAML.indent"]),
        ("a: 1\n---\nb: 2\n", ["YAML.documents"]),
        ("? [a]\n: b\n", ["YAML.key"]),
        ("\ufeffa: 1\n", ["ENCODING.bom"]),
        ("a: 你\u200b好\n", ["ENCODING.unseen"]),
        ("a: 你\u202e好\n", ["ENCODING.unseen"]),
        ("a: 你\udcff好\n", ["ENCODING.bytes"]),
        ("a: 你\x00好\n", ["ENCODING.control"]),
    ],
)
def test_traps(source: str, expected: list[str]) -> None:
    assert told(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        'a: "订单 #123" # a remark behind quotes\n',
        "a: |\n  第一行 #1\n  　　缩进的段落\n  TxID：说明\nb: x\n",
        "a: 一句话\n  TxID：接着上一句\n",
        "a: [x,\n  y] # fine\nb: c\n",
        "# remark\na: x\n",
        "a: 👨\u200d👩\u200d👧 ❤️\n",
        "a: b\r\nc: d\r\n",
        "a: 22：00 开始\n",
    ],
)
def test_what_is_fine_is_left_alone(source: str) -> None:
    assert told(source) == []


def test_a_remark_behind_a_plain_name_is_fine_where_no_sentences_are_expected() -> None:
    assert told("ask: transaction_id   # the slot\n", prose=False) == []
    assert told("ask: 订单 #1\n", prose=False) == ["HASH"]


def test_what_is_mended_shows_the_other_faults_too() -> None:
    tree, faults = read("f.yaml", "a:\n\tb: 1\n\tb: 2\nc：3\n", prose=True)
    assert [(fault.code, fault.line) for fault in faults] == [
        ("TAB", 2),
        ("TAB", 3),
        ("FWCOLON", 4),
        ("DUPKEY", 3),
    ]
    assert plain(tree) == {"a": {"b": "1"}, "c": "3"}


def test_depth_and_laughing_aliases_cost_nothing() -> None:
    for deep in ("[" * 3000 + "]" * 3000, "{a: " * 3000 + "}" * 3000, "{? [" * 2000 + "]}" * 2000):
        tree, faults = read("f.yaml", f"a: {deep}\n", prose=True)
        assert {f"{fault.code}.{fault.variant}" for fault in faults} <= {
            "YAML.deep",
            "YAML.key",
            "YAML.other",
        }
        assert faults
        assert len(repr(tree)) < 10_000  # whatever walks over it comes to its end
        places(tree, "f")
    bomb = "a: &a [x]\n" + "".join(
        f"{c}: &{c} [{', '.join([f'*{p}'] * 9)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert set(told(bomb)) == {"ANCHOR"}


_PIECES = st.sampled_from(
    ["a", "b", ": ", "：", "\n", "\n  ", "\n\t", "　", "- ", " #", "[", "]", "{", "}", ",", '"', "'", "&x", "*x", "!", "|", ">", "?", "\u200b", "\udcff", "\x00", "你", "\r\n", "---\n", "\\", "%"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=40).map("".join) | st.text(max_size=80))
def test_nothing_is_raised_and_faults_lie_inside_the_text(source: str) -> None:
    tree, faults = read("f.yaml", source, prose=True)
    lines = source.count("\n") + 2
    assert all(1 <= fault.line <= lines and fault.column >= 1 for fault in faults)
    if tree is None:
        assert faults or not source.replace("---", "").strip() or source.lstrip().startswith(("#", "%"))


_NAMES = st.text("abcdefghij", min_size=1, max_size=6)
_VALUES = st.text("abc你好：，1290:#-*", min_size=1, max_size=12)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(_NAMES, _VALUES, min_size=1, max_size=6))
def test_quoted_texts_come_back_as_they_are(texts: dict[str, str]) -> None:
    source = "".join(f'{name}: "{value}"\n' for name, value in texts.items())
    tree, faults = read("f.yaml", source, prose=True)
    assert faults == []
    assert plain(tree) == texts
