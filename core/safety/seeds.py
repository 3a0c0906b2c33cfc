"""Seed phrases written in letters: runs of words of one BIP39 list.

Length is the detection, not the checksum: a phrase with a typo, a missing word or a foreign checksum is as
dangerous. What may stand between two words (numbers, commas, new lines, dashes) does not matter, and ordinary
prose is told apart by its everyday words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from core.safety.wordlists import AROUND, EVERYDAY, SIZES, WORDS

Found = tuple[int, int, str]
"""(start, end, kind) in the plain text."""

PHRASE, PART = "seed_phrase", "seed_part"
_TOKEN: Final = re.compile(r"[^\W\d_\u3400-\u9fff]+")
LABEL: Final = re.compile(
    r"(?<![^\W\d_])(?:word|no|nr|mot|palabra|palavra|parola|slovo|단어|単語)[ .#]{0,2}\d{1,2}(?=\s?[:.)=-])"
)
_DIGIT: Final = re.compile(r"\d")
_ESCAPE: Final = re.compile(r"\\[nrt]")
GAP: Final = 16
"""More characters than this between two words end a run."""
_GLUED: Final = 36
"""A token of so many letters is tried as words without anything between them."""


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    word: str
    lists: int


def find(low: str) -> Iterator[Found]:
    """The seed phrases and parts of one in a plain, lower-case text."""
    text = blank(LABEL, low) if _DIGIT.search(low) else low
    text = blank(_ESCAPE, text) if "\\" in text else text
    words = _TOKEN.findall(text)
    bits = list(_promising([WORDS.get(word, 0) for word in words]))
    if bits:
        tokens = [_Token(*m.span(), m.group(), WORDS.get(m.group(), 0)) for m in _TOKEN.finditer(text)]
        for bit in bits:
            yield from _runs_of(tokens, text, bit)
    if len(text) >= _GLUED and any(len(word) >= _GLUED for word in words):
        for match in _TOKEN.finditer(text):
            if match.end() - match.start() >= _GLUED and _is_glued(match.group()):
                yield match.start(), match.end(), PHRASE


def _promising(lists: list[int]) -> Iterator[int]:
    """The lists that four neighbouring words are in."""
    together = 0
    for four in zip(lists, lists[1:], lists[2:], lists[3:], strict=False):
        together |= four[0] & four[1] & four[2] & four[3]
    while together:
        bit = together & -together
        together ^= bit
        yield bit


def blank(pattern: re.Pattern[str], text: str) -> str:
    """The text with spaces in place of what matches: every offset stays."""
    return pattern.sub(lambda match: " " * len(match.group()), text)


def _runs_of(tokens: list[_Token], text: str, bit: int) -> Iterator[Found]:
    """Runs of one list. `stretches` are (first, last) tokens of unbroken runs, in order."""
    stretches: list[tuple[int, int]] = []
    for place, token in enumerate(tokens):
        if not token.lists & bit:
            continue
        if stretches and stretches[-1][1] == place - 1 and token.start - tokens[place - 1].end <= GAP:
            stretches[-1] = (stretches[-1][0], place)
        else:
            stretches.append((place, place))
    for at, (first, last) in enumerate(stretches):
        if _is_phrase(tokens, stretches, at):
            yield _widened(tokens, *_joined(stretches, at))
        elif last - first >= 3 and _is_part(tokens, text, first, last):
            yield tokens[first].start, tokens[last].end, PART


def _joined(stretches: list[tuple[int, int]], at: int) -> tuple[int, int]:
    """The stretch with its neighbours that only one strange word (a typo) parts from it."""
    first, last = stretches[at]
    if at and stretches[at - 1][1] == first - 2:
        first = stretches[at - 1][0]
    if at + 1 < len(stretches) and stretches[at + 1][0] == last + 2:
        last = stretches[at + 1][1]
    return first, last


def _is_phrase(tokens: list[_Token], stretches: list[tuple[int, int]], at: int) -> bool:
    """Ten words in a row; or eleven with one typo among them, or fifteen with two."""
    first, last = stretches[at]
    if last - first + 1 < 10:
        first, last = _joined(stretches, at)
        known = sum(b - a + 1 for a, b in stretches[max(0, at - 1) : at + 2] if first <= a and b <= last)
        strange = last - first + 1 - known
        if known < (11 if strange == 1 else 15):
            return False
    return _everyday(tokens, first, last) <= 0.5


def _everyday(tokens: list[_Token], first: int, last: int) -> float:
    """The share of everyday words: prose has mostly them, a random phrase one in ten."""
    return sum(tokens[n].word in EVERYDAY for n in range(first, last + 1)) / (last - first + 1)


def _widened(tokens: list[_Token], first: int, last: int) -> Found:
    """The run as found; where its length is no phrase's, with the word on either side (a typo at the edge)."""
    if last - first + 1 not in SIZES:
        if first and tokens[first].start - tokens[first - 1].end <= GAP:
            first -= 1
        if last + 1 < len(tokens) and tokens[last + 1].start - tokens[last].end <= GAP:
            last += 1
    return tokens[first].start, tokens[last].end, PHRASE


def _is_part(tokens: list[_Token], text: str, first: int, last: int) -> bool:
    """Four words or more that are (nearly) all the text says, and that no sentence is made of."""
    count = last - first + 1
    rare = sum(tokens[n].word not in EVERYDAY for n in range(first, last + 1))
    gaps = [text[tokens[n].end : tokens[n + 1].start] for n in range(first, last)]
    if rare < 3 or rare / count < 0.6:
        return False
    others = [token.word for n, token in enumerate(tokens) if not first <= n <= last]
    if all(word in AROUND for word in others):
        return True
    return count >= 8 and not any(mark in gap for gap in gaps for mark in (". ", "? ", "! "))


def _is_glued(token: str) -> bool:
    """Whether a long token falls apart into ten list words or more (the fewest letters win no prize)."""
    fewest: list[int | None] = [0] + [None] * len(token)
    for end in range(1, len(token) + 1):
        for size in range(3, min(8, end) + 1):
            before = fewest[end - size]
            if before is not None and token[end - size : end] in WORDS:
                fewest[end] = before + 1
                break
        if end > 16 and not any(count is not None for count in fewest[end - 8 : end + 1]):
            return False
    count = fewest[len(token)]
    return count is not None and count >= 10
