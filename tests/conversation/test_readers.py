"""Readers: a value or a complaint, for whatever a person writes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.conversation.readers import TEXT_LIMIT, build, read_number, read_text

HASH = "9f2c1d0b8a7e6f5d4c3b2a190817263544536271809faebdccdbeaf908172635"


def test_text_is_kept_without_invisible_characters() -> None:
    assert read_text("  你好\u202e，\r\n第二行 \x00").value == "你好，\n第二行"


@pytest.mark.parametrize("text", ["", " \n", "\u200b"])
def test_an_empty_text_is_refused(text: str) -> None:
    assert read_text(text).complaint == "reader.text_empty"


def test_a_long_text_is_refused_with_both_lengths() -> None:
    assert read_text("a" * TEXT_LIMIT).value
    read = read_text("a" * (TEXT_LIMIT + 1))
    assert read.complaint == "reader.text_long"
    assert read.holes == {"have": "1001", "limit": "1000"}
    assert read_text("字" * 100_000).complaint == "reader.text_long"


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", "5"), ("约 １,２００.50 个", "1200.50"), ("+3.", "3"), ("-0.5 BTC", "-0.5"), ("500u", "500")],
)
def test_numbers(text: str, value: str) -> None:
    assert read_number(text).value == value


@pytest.mark.parametrize("text", ["", "五", "1 或 2", "1,2", "1.2.3", "1" * 31, "9" * 100_000])
def test_not_one_number(text: str) -> None:
    read = read_number(text)
    assert (read.value, read.complaint) == ("", "reader.number")


@pytest.mark.parametrize(
    "text",
    [
        "https://he1pline.example/a?b=1",
        "看看 he1pline.example",
        "@helpline_support",
        "t.me/helpline",
        "help1ine点com",
    ],
)
def test_a_pasted_link_is_one(text: str) -> None:
    assert build()["link"](text).value == text


@pytest.mark.parametrize(
    "text",
    [
        "今天天气不错", "我的转账还没到账", "I forgot my password", "me@mail.example", "13800138000", "",
        "I read about it on https://news.example yesterday evening", "W10000003",
    ],
)  # fmt: skip
def test_what_is_no_pasted_link_begins_nothing(text: str) -> None:
    assert build()["link"](text).complaint


@settings(deadline=None)
@given(st.text(), st.sampled_from(["text", "number", "transaction_id", "link"]))
def test_a_value_or_a_complaint(text: str, name: str) -> None:
    read = build()[name](text)
    assert bool(read.value) != bool(read.complaint)
    assert not read.complaint or read.complaint.startswith("reader.")
    read.value.encode()


@pytest.mark.parametrize("text", [HASH, f"0x{HASH.upper()}", f"我的哈希是 {HASH}，帮我看看"])
def test_a_hash_has_one_normal_form(text: str) -> None:
    assert build()["transaction_id"](text).value == f"0x{HASH}"


def test_what_is_not_a_hash_is_explained() -> None:
    read = build()["transaction_id"]
    assert read("我不知道").complaint == "reader.tx_none"
    assert read(HASH[:-3]).complaint == "reader.tx_length"
    assert read(HASH[:10] + "…" + HASH[-6:]).complaint == "reader.tx_ellipsis"
    assert read("0x52908400098527886E0F7030069857D2E4169EE7").complaint == "reader.tx_is_address"
