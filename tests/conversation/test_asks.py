"""No flow can ask for a secret: the rule against paraphrases in both languages.

Held out by a fixed rule: every second line of `tests/data/asks/*.txt` was never tuned on. A held-out sentence that
anybody has looked at moves to the other half and is replaced by a new one.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from core.conversation.rules_safety import asks_for_secret

DATA = Path(__file__).resolve().parents[1] / "data/asks"
LANGUAGES = ("zh", "en")


def lines(name: str, half: int) -> list[str]:
    return [
        line
        for language in LANGUAGES
        for line in (DATA / f"{name}.{language}.txt").read_text("utf-8").splitlines()[half::2]
    ]


def test_there_are_enough_sentences() -> None:
    assert min(len(lines("asks", half)) for half in (0, 1)) >= 40
    assert min(len(lines("fine", half)) for half in (0, 1)) >= 24


@pytest.mark.parametrize("text", lines("asks", 0))
def test_a_sentence_that_asks_is_refused(text: str) -> None:
    assert asks_for_secret(text, strict=True)


@pytest.mark.parametrize("text", lines("fine", 0))
def test_a_sentence_that_warns_or_explains_passes(text: str) -> None:
    assert asks_for_secret(text, strict=True) == ""
    assert asks_for_secret(text, strict=False) == ""


def test_held_out_sentences() -> None:
    """Counted, not shown: whoever sees one has tuned on it."""
    asks, fine = lines("asks", 1), lines("fine", 1)
    asked = sum(bool(asks_for_secret(text, strict=True)) for text in asks)
    said = sum(bool(asks_for_secret(text, strict=False)) for text in asks)
    wrong = sum(bool(asks_for_secret(text, strict=False)) for text in fine)
    print(
        f"asks: {asked} of {len(asks)} as questions, {said} as statements; fine but refused: {wrong} of {len(fine)}"
    )
    assert asked >= 0.85 * len(asks)
    assert said >= 0.8 * len(asks)
    assert wrong <= 0.1 * len(fine)
