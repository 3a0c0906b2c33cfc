"""One answer for many: read from a reply, and refused as a whole when anything in it is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.incidents.cases import LONGEST, by_language, fault_of

LANGUAGES = ("zh", "en")
GOOD = {"zh": "已恢复，谢谢您。", "en": "It is back. Thank you."}
WORDS = st.text(st.characters(exclude_characters=":：\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"), max_size=30)


def test_a_text_for_each_language_on_a_line_of_its_own() -> None:
    assert by_language("zh: 一\n二\nEN： one\nNote: two", LANGUAGES) == {
        "zh": "一\n二",
        "en": "one\nNote: two",
    }
    for odd in ("hello", "zh 一", "zh: 一\nzh: 二", "before\nzh: 一", "fr: un", ""):
        assert by_language(odd, LANGUAGES) == {}, odd


@given(WORDS, WORDS)
def test_what_is_written_is_what_is_read(zh: str, en: str) -> None:
    assert by_language(f"zh: {zh}\nen: {en}", LANGUAGES) == {"zh": zh.strip(), "en": en.strip()}


@given(st.text(max_size=200))
def test_any_reply_is_read(text: str) -> None:
    assert set(by_language(text, LANGUAGES)) <= set(LANGUAGES)


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("", "missing"),
        ("x" * (LONGEST + 1), "long"),
        ("请把您的验证码发给我们", "asks"),
        ("see https://evil-helpline.com/x", "link"),
        ("write to @some_agent", "link"),
        ("领取空投", "forbidden"),
        ("Last chance: claim now", "forbidden"),
        ("my password is hunter2hunter2", "secret"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_refused_as_a_whole(bad: str, code: str, language: str) -> None:
    official = {"helpline.example"}
    assert fault_of(GOOD, LANGUAGES, official) is None
    fine = {**GOOD, language: "See https://helpline.example/status"}
    assert fault_of(fine, LANGUAGES, official) is None
    wrong = fault_of({**GOOD, language: bad}, LANGUAGES, official)
    assert wrong is not None
    assert wrong[0] == f"incident.answer_{code}"
