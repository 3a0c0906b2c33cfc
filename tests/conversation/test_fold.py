"""Folding: what a person means by a word does not depend on how they typed it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.conversation.fold import fold, same


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("菜單", "菜单"),
        (" 菜单。", "菜单"),
        ("「菜单」！！", "菜单"),
        ("ＭＥＮＵ", "menu"),
        ("Menu 😀", "menu"),
        ("✅ 解决了", "解决了"),
        ("me\u200bnu\u202e", "menu"),
        ("no   way\n", "NO WAY"),
        ("沒有交易雜湊", "没有交易杂凑"),
        ("1️⃣", "1"),
        ("yes\ufe0f\ud800", "yes"),
    ],
)
def test_same_word(typed: str, word: str) -> None:
    assert same(typed, word)
    assert fold(typed) == fold(word) != ""


@pytest.mark.parametrize(("one", "other"), [("menu", "back"), ("", "menu"), ("👍", "👎"), ("!", "")])
def test_other_words(one: str, other: str) -> None:
    assert not same(one, other)
    assert not same(other, one)


def test_a_bare_emoji_is_only_itself() -> None:
    assert fold("👍") == ""
    assert same("👍 ", "👍")


@settings(deadline=None)
@given(st.text())
def test_folded_texts_are_clean(text: str) -> None:
    folded = fold(text)
    folded.encode()
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in folded)
    assert "  " not in folded
    for edge in folded[:1] + folded[-1:]:
        assert unicodedata.category(edge)[0] not in "PSZ"


@settings(deadline=None)
@given(st.text(st.sampled_from("aＡ帳单 !。é"), max_size=12))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("piece", ["a", " ", "帳", "\u0301", "ﷺ", "!", "\u200b", "👍"])
def test_a_huge_text_folds(piece: str) -> None:
    assert len(fold(piece * 100_000)) <= 2000 * 18
