"""Texts: the markup compiles, values stay plain, marks stay inside, long texts are cut where a reader would."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.conversation.model import Mark, Rich
from core.conversation.texts import Template, TextError, join, negotiate, parse, split, utf16

LANGUAGES = ("zh", "en")
AWKWARD = st.text(st.sampled_from("ab 。.\n*`[](){}:-\\我👨‍👩‍👧e\u0301\u202e🇬🇧\u200d"), max_size=60)


def shown(template: Template, language: str = "en", **holes: str) -> str:
    return template.fill(holes, language, "Asia/Shanghai").text


def assert_marks(rich: Rich) -> None:
    """Marks are not empty, inside the text, in order, and never overlap."""
    at = 0
    for mark in rich.marks:
        assert at <= mark.start < mark.end <= len(rich.text)
        at = mark.end


def test_markup_becomes_marks() -> None:
    rich = parse(
        "把 **交易哈希** 或 `0x12` 发来：\n- [查看](https://a.example/x?y=1)\n- 5 \\* 3 [提示] -"
    ).fill({}, "zh")
    assert rich.text == "把 交易哈希 或 0x12 发来：\n• 查看\n• 5 * 3 [提示] -"
    marked = [(mark.kind, rich.text[mark.start : mark.end], mark.url) for mark in rich.marks]
    assert marked == [
        ("bold", "交易哈希", ""),
        ("code", "0x12", ""),
        ("link", "查看", "https://a.example/x?y=1"),
    ]


def test_a_static_text_is_one_precomputed_object() -> None:
    template = parse("**hello**")
    assert template.fill({}, "en") is template.fill({"x": "y"}, "zh")


def test_values_are_never_parsed() -> None:
    rich = parse("Hi {name}, `{id}`").fill({"name": "**x** [a](https://b.example) {id}", "id": "`\n1"}, "en")
    assert rich.text == "Hi **x** [a](https://b.example) {id}, ` 1"
    assert [mark.kind for mark in rich.marks] == ["code"]


def test_values_lose_control_and_direction_characters() -> None:
    assert shown(parse("<{x}>"), x="a\u202eb\x00\u200bc\r\n\td\ud800") == "<abc d>"
    assert shown(parse("<{x}>"), x="👨\u200d👩") == "<👨\u200d👩>"


def test_a_missing_value_shows_an_ellipsis() -> None:
    rich = parse("a **{x}** {n:number} {at:datetime} [b](https://c.example/{x})").fill({}, "zh")
    assert rich.text == "a … … … b"


def test_marks_join_over_the_parts_of_one_stretch() -> None:
    rich = parse("**a {x} b**{id:code}{id:code}").fill({"x": "1", "id": "z"}, "en")
    assert rich.marks == (Mark(0, 5, "bold"), Mark(5, 6, "code"), Mark(6, 7, "code"))


def test_an_empty_value_leaves_no_empty_mark() -> None:
    assert parse("a `{x}` b").fill({"x": ""}, "en") == Rich("a  b")


def test_a_hole_in_a_link_is_percent_encoded_and_listed() -> None:
    template = parse("[{x}](https://scan.example/tx/{x}?a=1)")
    assert template.holes == {"x"}
    assert template.links == ("https://scan.example/tx/{x}?a=1",)
    assert template.fill({"x": "a/../b c"}, "en").marks[0].url == "https://scan.example/tx/a%2F..%2Fb%20c?a=1"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", "text.empty"),
        (" \n", "text.empty"),
        ("**a", "text.unclosed"),
        ("`a", "text.unclosed"),
        ("**a `b` c**", "text.nested"),
        ("`a ** b`", "text.nested"),
        ("**[a](https://b.example)**", "text.nested"),
        ("[**a**](https://b.example)", "text.nested"),
        ("**{x:code}**", "text.nested"),
        ("[a](http://b.example)", "text.link_address"),
        ("[a](javascript:x)", "text.link_address"),
        ("[a](https://{host}/)", "text.link_address"),
        ("[a](https://b.example@c.example/)", "text.link_address"),
        ("{Name}", "text.hole"),
        ("{x!r}", "text.hole"),
        ("{}", "text.hole"),
        ("a } b", "text.hole"),
        ("a { b", "text.hole"),
        ("{x:money}", "text.hole_kind"),
    ],
)
def test_broken_markup_is_refused(source: str, code: str) -> None:
    with pytest.raises(TextError) as caught:
        parse(source)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({"count": "n", "one": "x"}, "text.plural"),
        ({"other": "x"}, "text.plural"),
        ({"count": "N", "other": "x"}, "text.plural"),
        ({"count": "n", "other": "x", "tons": "y"}, "text.plural_category"),
    ],
)
def test_broken_plurals_are_refused(mapping: dict[str, str], code: str) -> None:
    with pytest.raises(TextError) as caught:
        parse(mapping)
    assert caught.value.code == code


def test_plurals_follow_the_language() -> None:
    template = parse({"count": "n", "one": "{n} confirmation", "other": "{n:number} confirmations"})
    assert template.holes == {"n"}
    assert shown(template, n="1") == "1 confirmation"
    assert shown(template, n="1200") == "1,200 confirmations"
    assert shown(template, "zh", n="1") == "1 confirmations"
    assert shown(template) == "… confirmations"


def test_numbers_times_and_durations_follow_language_and_zone() -> None:
    text = parse("{n:number} | {at:datetime} | {at:time} | {left:duration}")
    holes = {"n": "1234.00012345", "at": "1790000000", "left": "5400"}
    english, chinese = (text.fill(holes, language, "Asia/Shanghai").text for language in ("en", "zh"))
    assert english == "1,234.00012345 | Sep 21, 2026 22:13 UTC+8 | 22:13 UTC+8 | 1 hour, 30 minutes"
    assert chinese == "1,234.00012345 | 2026年9月21日 22:13 UTC+8 | 22:13 UTC+8 | 1小时30分钟"
    assert text.fill(holes, "en", "No/Where").text.endswith("14:13 UTC | 1 hour, 30 minutes")


@pytest.mark.parametrize("value", ["abc", "", "nan", "1e999999999", "9" * 29, "１２", "inf"])
@pytest.mark.parametrize("kind", ["number", "datetime", "time", "duration"])
def test_what_is_not_numeric_is_shown_as_it_came(kind: str, value: str) -> None:
    assert shown(parse(f"<{{x:{kind}}}>"), x=value) == f"<{value}>"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [("0", "0 seconds"), ("-5", "0 seconds"), ("0.2", "1 second"), ("60", "1 minute"), ("86460", "1 day")],
)
def test_durations(seconds: str, expected: str) -> None:
    assert shown(parse("{x:duration}"), x=seconds) == expected


@settings(deadline=None)
@given(st.text(max_size=80) | AWKWARD, st.text(max_size=20), st.sampled_from([*LANGUAGES, "xx", ""]))
def test_whatever_parses_also_fills(source: str, value: str, language: str) -> None:
    try:
        template = parse(source)
    except TextError:
        return
    assert_marks(template.fill(dict.fromkeys(template.holes, value), language))
    assert_marks(template.fill({}, language))


@settings(deadline=None)
@given(st.text(), st.sampled_from(["number", "datetime", "time", "duration", "code"]))
def test_no_value_breaks_a_text(value: str, kind: str) -> None:
    template = parse(f"a {{x:{kind}}} b")
    text = template.fill({"x": value}, "en", value[:20]).text
    assert text.startswith("a ")
    assert text.endswith(" b")
    assert "\n" not in text
    text.encode()


@settings(deadline=None)
@given(st.from_regex(r"-?[0-9]{1,30}(\.[0-9]{1,20})?", fullmatch=True))
def test_no_number_breaks_a_text(value: str) -> None:
    for kind in ("number", "datetime", "time", "duration"):
        assert shown(parse(f"{{x:{kind}}}"), x=value)


@pytest.mark.parametrize(
    "source", ["{" * 100_000, "[" * 100_000, "*" * 99_999, "[a](" * 25_000, "\\" * 100_000]
)
def test_a_huge_source_ends(source: str) -> None:
    with suppress(TextError):
        assert_marks(parse(source).fill({}, "en"))


def test_join_moves_the_marks() -> None:
    rich = join([Rich("a👍", (Mark(0, 1, "bold"),)), Rich("bc", (Mark(1, 2, "code"),))])
    assert rich == Rich("a👍\n\nbc", (Mark(0, 1, "bold"), Mark(5, 6, "code")))


BLOCKS = st.lists(
    st.builds(lambda text, marks: Rich(text, tuple(Mark(a, b, "bold") for a, b in marks if b <= len(text))),
              st.text(max_size=40) | AWKWARD, st.sampled_from([[], [(0, 3)], [(1, 2), (5, 20)]])),
    max_size=5,
)  # fmt: skip


def letters(blocks: Sequence[Rich]) -> str:
    return "".join("".join(block.text.split()) for block in blocks)


@settings(deadline=None)
@given(BLOCKS, st.integers(2, 30))
def test_split_loses_nothing_and_fits(blocks: list[Rich], limit: int) -> None:
    for unit in ("utf16", "char"):
        messages = split(blocks, limit, "utf16" if unit == "utf16" else "char")
        assert messages
        assert letters(blocks) == "".join(map(letters, messages))
        marked = sum(len("".join(b.text[m.start : m.end].split())) for b in blocks for m in b.marks)
        for message in messages:
            whole = join(message).text
            assert (utf16(whole) if unit == "utf16" else len(whole)) <= limit
            for block in message:
                assert_marks(block)
                marked -= sum(len("".join(block.text[m.start : m.end].split())) for m in block.marks)
        assert marked == 0


def texts_of(text: str, limit: int) -> list[str]:
    return [join(message).text for message in split([Rich(text)], limit, "utf16")]


def test_split_prefers_paragraph_line_sentence_word() -> None:
    assert texts_of("aaaa bb\ncc\n\ndd ee ff", 14) == ["aaaa bb\ncc", "dd ee ff"]
    assert texts_of("aaaa bb\ncc dd ee ff", 12) == ["aaaa bb", "cc dd ee ff"]
    assert texts_of("第一句话。第二句话。第三句", 11) == ["第一句话。第二句话。", "第三句"]
    assert texts_of("aaaa bbbb cccc", 10) == ["aaaa bbbb", "cccc"]


def test_split_never_tears_a_character() -> None:
    assert texts_of("👍👍👍", 3) == ["👍", "👍", "👍"]
    assert texts_of("abe\u0301d", 3) == ["ab", "e\u0301d"]
    assert texts_of("ab👨\u200d👩\u200d👧c", 8) == ["ab", "👨\u200d👩\u200d👧"[:8], "c"]
    assert texts_of("a🇬🇧🇨🇳", 7) == ["a🇬🇧", "🇨🇳"]


def test_blocks_are_packed() -> None:
    blocks = [Rich("aa"), Rich("bb"), Rich("cc"), Rich("  ")]
    assert [len(message) for message in split(blocks, 6, "char")] == [2, 1]
    assert split([], 10, "char") == [()]
    with pytest.raises(ValueError):
        split(blocks, 0, "char")


@pytest.mark.parametrize("piece", ["a", "e\u0301", "\u0301", "🇬", "。", "a ", "\n", "\n\n", "👍\u200d"])
def test_a_huge_text_is_cut_in_linear_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    messages = split([Rich(text, (Mark(0, len(text), "code"),))], 1000, "utf16")
    assert "".join(map(letters, messages)) == "".join(text.split())


@pytest.mark.parametrize(
    ("hint", "language"),
    [("zh", "zh"), ("zh-hans", "zh"), ("zh-TW", "zh"), ("zh_Hant_HK", "zh"), ("en-GB", "en"), ("EN", "en"),
     ("fr", "zh"), ("", "zh"), ("-", "zh"), ("x" * 1000, "zh")],
)  # fmt: skip
def test_negotiate(hint: str, language: str) -> None:
    assert negotiate(hint, LANGUAGES) == language


def test_negotiate_knows_regions_on_offer() -> None:
    assert negotiate("pt_br", ("en", "pt-BR")) == "pt-BR"


@settings(deadline=None)
@given(st.text())
def test_negotiate_always_answers(hint: str) -> None:
    assert negotiate(hint, LANGUAGES) in LANGUAGES
