"""No flow can ask for a secret: the rule against paraphrases in both languages.

`asks` and `fine` tuned the rule. `held_*` were written in one go before the rule was last changed, by somebody who knew
the rule, and were only ever counted, some ten times between the last changes: 2 of 36 questions and 12 of 36 statements
before the rule was widened with the tuning sentences, 29 and 30 after it, 30 and 30 since the quick look at stems lets no
secret pass; 2 of 30 ordinary ones refused at all times. Then 24, 16 and 30 more were written, by somebody else, before the
rule was changed again: with them 47 of 60 questions, 41 of 52 statements and 12 of 60 ordinary ones before it, 51, 46 and 2 after.
The same author wrote both kinds within an hour and had the held-out ones in mind, so expect less of other people's words.
Whoever looks at a miss moves that sentence to the tuning files and writes a new one.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conversation import asks
from core.conversation.asks import asks_for_secret

DATA = Path(__file__).resolve().parents[1] / "data/asks"
LANGUAGES = ("zh", "en")


def lines(name: str) -> list[str]:
    return [
        line
        for language in LANGUAGES
        for line in (DATA / f"{name}.{language}.txt").read_text("utf-8").splitlines()
    ]


def test_there_are_enough_sentences() -> None:
    assert len(lines("asks")) >= 260
    assert len(lines("fine")) >= 130
    assert min(len(lines(f"held_{kind}")) for kind in ("questions", "statements")) >= 50
    assert len(lines("held_fine")) >= 60


@pytest.mark.parametrize("text", lines("asks"))
def test_a_sentence_that_asks_is_refused(text: str) -> None:
    assert asks_for_secret(text, strict=True)


@pytest.mark.parametrize("text", lines("fine"))
def test_a_sentence_that_warns_or_explains_passes(text: str) -> None:
    assert asks_for_secret(text, strict=True) == ""
    assert asks_for_secret(text, strict=False) == ""


def test_held_out_sentences() -> None:
    """Counted, not shown: whoever sees one has tuned on it."""
    questions, statements, fine = (lines(f"held_{kind}") for kind in ("questions", "statements", "fine"))
    asked = sum(bool(asks_for_secret(text, strict=True)) for text in questions)
    said = sum(bool(asks_for_secret(text, strict=False)) for text in statements)
    wrong = sum(bool(asks_for_secret(text, strict=True)) for text in fine)
    print(
        f"held out: {asked} of {len(questions)} questions, {said} of {len(statements)} statements; "
        f"fine but refused: {wrong} of {len(fine)}"
    )
    assert asked >= 0.83 * len(questions)
    assert said >= 0.83 * len(statements)
    assert wrong <= 0.05 * len(fine)


@pytest.mark.parametrize(
    "text",
    [
        "请把那十二个字发给我",
        "请把手机上那串数字告诉我",
        "Please send me the six-digit one that you got",
        "Please send us the letters that unlock your wallet",
    ],
)
def test_a_secret_is_told_by_whichever_of_its_names(text: str) -> None:
    assert asks_for_secret(text, strict=True)


@given(st.from_regex(re.compile(asks._SECRET.pattern), fullmatch=True))
def test_each_secret_holds_a_stem(secret: str) -> None:
    """Else the quick look would let a sentence pass that the thorough one knows."""
    assert any(stem in secret.lower() for stem in asks._STEMS)
