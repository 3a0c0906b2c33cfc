"""Seed phrases of Han characters, whose list is simply the 2,048 most common ones.

So a run of them means nothing by itself. What counts is the layout (characters one by one, or exactly as many
as a phrase has) and how unnatural the run is: the share of neighbours that form an ordinary pair. Ordinary text
has a third or more, a random phrase almost none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import Final

from core.safety.seeds import GAP, LABEL, PART, PHRASE, Found, blank
from core.safety.wordlists import CHARACTER_INDEX, CHARACTERS, PAIRS, SIZES, checksum_holds

_HAN: Final = re.compile(r"[\u3400-\u9fff]+")
_LABEL: Final = re.compile(
    r"第\s?(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s?[个個位]?[单單]?[字词詞]?\s?[:.、)\-为是]"
    r"|[单單]?[词詞字]\s?\d{1,2}\s?[:.、)=-]"
)
CONTEXT: Final = re.compile(
    r"助[记記][词詞]|[种種]子[词詞]?|恢[复復]短[语語]|恢[复復][词詞]|[备備]份[词詞]|短[语語]"
    r"|seed|mnemonic|recovery phrase|secret phrase|backup phrase"
)
"""Words that announce a phrase."""
_GROUPS: Final = (2, 3, 4, 6)
_WINDOW: Final = 12


def find(low: str) -> Iterator[Found]:
    """The seed phrases and parts of one in Han characters, in a plain, lower-case text."""
    runs = [match.span() for match in _HAN.finditer(low)]
    if sum(1 for start, end in runs if end - start == 1) >= 4 or (runs and "第" in low):
        yield from _one_by_one(low)
    announced = CONTEXT.search(low) is not None
    yield from _in_groups(low, runs, announced=announced)
    for start, end in runs:
        if end - start in SIZES and _is_random(low[start:end], announced=announced):
            yield start, end, PHRASE
        elif announced and end - start >= _WINDOW:
            yield from _inside(low, start, end)


def naturalness(letters: str) -> float:
    """The share of neighbours that form an ordinary pair; 1.0 when there are no neighbours."""
    first = [CHARACTERS.get(letter, letter) for letter in letters]
    pairs = [a + b in PAIRS for a, b in pairwise(first)]
    return sum(pairs) / len(pairs) if pairs else 1.0


def _is_random(letters: str, *, announced: bool) -> bool:
    """Whether so many characters in one piece are a phrase: all listed, unnatural, and announced or checked."""
    first = [CHARACTERS.get(letter, "") for letter in letters]
    if not all(first) or naturalness(letters) > 0.1:
        return False
    return announced or checksum_holds([CHARACTER_INDEX[letter] for letter in first])


def _one_by_one(low: str) -> Iterator[Found]:
    """Characters that stand alone, with spaces, commas or numbers between them."""
    text = blank(_LABEL, blank(LABEL, low))
    row: list[tuple[int, int, str]] = []
    strange = 0
    for match in [*_HAN.finditer(text), None]:
        alone = match is not None and len(match.group()) == 1
        near = match is not None and (not row or _only_marks(text[row[-1][1] : match.start()]))
        if match is not None and alone and near and (match.group() in CHARACTERS or (row and not strange)):
            strange += match.group() not in CHARACTERS
            row.append((*match.span(), match.group()))
            continue
        yield from _judged(row, match.start() if match and near and row else None, match)
        row, strange = [], 0
        if match is not None and alone and match.group() in CHARACTERS:
            row = [(*match.span(), match.group())]


def _only_marks(gap: str) -> bool:
    return len(gap) <= GAP and not any(letter.isalpha() for letter in gap)


def _judged(row: list[Found], after: int | None, match: re.Match[str] | None) -> Iterator[Found]:
    """A row of single characters: a phrase, a part of one, or ordinary text with spaces in it."""
    letters = "".join(letter for _, _, letter in row)
    if len(row) < 4 or naturalness(letters) > 0.2:
        return
    start, end = row[0][0], row[-1][1]
    if len(row) >= 10:
        # A last character that is glued to the sentence behind it belongs to the phrase.
        glued = after is not None and len(row) + 1 in SIZES and match is not None
        yield start, after + 1 if glued and after is not None else end, PHRASE
    elif len(set(letters)) >= 4 and naturalness(letters) == 0.0:
        yield start, end, PART


def _in_groups(low: str, runs: list[tuple[int, int]], *, announced: bool) -> Iterator[Found]:
    """Runs of two, three, four or six characters that together have a phrase's length."""
    row: list[tuple[int, int]] = []
    for start, end in [*runs, (0, 0)]:
        size = end - start
        fits = bool(row) and size == row[-1][1] - row[-1][0] and 0 <= start - row[-1][1] <= 4
        if row and not fits:
            letters = "".join(low[a:b] for a, b in row)
            if len(row) > 1 and len(letters) in SIZES and _is_random(letters, announced=announced):
                yield row[0][0], row[-1][1], PHRASE
            row = []
        if size in _GROUPS:
            row.append((start, end))


def _inside(low: str, start: int, end: int) -> Iterator[Found]:
    """Windows without ordinary pairs inside a longer run of an announced phrase."""
    run = blank(CONTEXT, low[start:end])
    first = [CHARACTERS.get(letter, "") for letter in run]
    listed = [0, *accumulate(bool(letter) for letter in first)]
    natural = [0, *accumulate(a + b in PAIRS for a, b in pairwise(first))]
    open_at = open_to = -1
    for at in range(len(first) - _WINDOW + 1):
        if listed[at + _WINDOW] - listed[at] == _WINDOW and natural[at + _WINDOW - 1] - natural[at] <= 1:
            if at > open_to:
                if open_at >= 0:
                    yield start + open_at, start + open_to, PHRASE
                open_at = at
            open_to = at + _WINDOW
    if open_at >= 0:
        yield start + open_at, start + open_to, PHRASE
