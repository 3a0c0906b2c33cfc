"""Seed phrases of Han characters, whose list is simply the 2,048 most common ones.

So a run of them means nothing by itself. What tells a phrase from a sentence is how the characters come
(`neighbours`): the weights of all of them, in half bits, are added up along the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, compress, count, islice, pairwise
from operator import sub
from typing import Final

from core.safety.checksums import bip39
from core.safety.found import Found
from core.safety.rows import SHORTEST, Row, Span, row_of
from core.safety.runs import BREAK, stretches
from core.safety.seeds import GAP, LABEL, PART, PHRASE, blank
from core.safety.wordlists import SIZES

_HAN: Final = re.compile(r"[\u3400-\u9fff]+")
_LABEL: Final = re.compile(
    r"第\s?(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s?[个個位]?[单單]?[字词詞]?\s?(?:[:.、)\-为是]|(?=[\u3400-\u9fff](?![\u3400-\u9fff])))"
    r"|[单單]?[词詞字]\s?\d{1,2}(?:\s?[:.、)=-]|(?=\s))"
)
CONTEXT: Final = re.compile(
    r"助[记記憶][词詞]|[种種]子[词詞]?|恢[复復]短[语語]|恢[复復][词詞]|[备備]份[词詞短]|短[语語]|单词是"
    r"|seed|mnemonic|recovery phrase|secret phrase|backup phrase"
)
"""Words that announce a phrase."""
LEAST: Final = 22
"""The sum of a stretch that is enough by itself. Fixed on phrases and on texts that no test reads."""
_SPACED, _EVEN, _WHOLE = -26, -6, -16
"""How much less is enough for characters that stand one by one, for equal groups, and for pieces of exactly a phrase's
length that are announced or have the right checksum."""
_CERTAIN, _TRIED, _LOOKED = 4, 40, 8
"""The sum of a window in the midst of a sentence that is enough with its right checksum (one window in 16 has that by
chance), how many such windows of a size are tried at most, and of how many stretches the checksum is looked at."""
_RARE: Final = 1.5
"""What each character of a part of a phrase has to weigh."""
_NUMBER: Final = re.compile(r"\d+")
_TAG: Final = 40
"""The longest tag between two characters: "</word><word id="."""


def find(low: str) -> Iterator[Found]:
    """The seed phrases and parts of one in Han characters, in a plain, lower-case text."""
    size = sum(map(len, _HAN.findall(low)))
    if size < 4:
        return
    if "第" in low or "词" in low or "詞" in low or "字" in low:
        low = blank(_LABEL, blank(LABEL, low))
        size = sum(map(len, _HAN.findall(low)))
    spans = _spans(low)
    announced = CONTEXT.search(low) is not None
    for row in _one_by_one(low, spans):
        yield from _spaced(row, size, announced=announced)
    if size >= SHORTEST:
        row = row_of(low, spans, GAP if announced else 0)
        yield from _dense(row)
        yield from _exact(row, spans, low, announced=announced)
        yield from _hidden(row, low if announced else "")


def _spans(low: str) -> list[Span]:
    return [match.span() for match in _HAN.finditer(low)]


# --- characters that stand one by one --------------------------------------------------------


def _one_by_one(low: str, spans: list[Span], least: int = 4) -> Iterator[Row]:
    """Rows of characters each of which stands alone, with spaces, commas, numbers or tags between them."""
    row: list[Span] = []
    for start, end in spans:
        single = end - start == 1
        if row and not (single and _parts(low[row[-1][1] : start])):
            if len(row) >= least:
                yield _ended(low, row, start)
            row = []
        if single:
            row.append((start, end))
    if len(row) >= least:
        yield row_of(low, row, _TAG, spaced=True)


def _parts(gap: str) -> bool:
    """Whether this can stand between two characters of a phrase: marks and tags, no other script's letters."""
    return len(gap) <= (_TAG if gap.isascii() else GAP) and (
        gap.isascii() or not any(letter.isalpha() for letter in gap)
    )


def _ended(low: str, row: list[Span], following: int) -> Row:
    """A last character that is glued to the sentence behind it belongs to the phrase."""
    glued = len(row) + 1 in SIZES and following - row[-1][1] <= GAP
    return row_of(low, [*row, (following, following + 1)] if glued else row, _TAG, spaced=True)


def _spaced(row: Row, all_told: int, *, announced: bool) -> Iterator[Found]:
    """A phrase (an announced one may be glued to the sentence at both ends), or a part of one where it is (nearly) all
    that the text says."""
    size = len(row.places)
    listed = size - row.numbers.count(-1)
    start, end = row.places[0], row.places[-1] + 1
    if size >= SHORTEST - 2 * announced and listed >= size - 1 - size // 12:
        if row.worth(0, size - 1) >= LEAST + _SPACED:
            yield Found(start, end, PHRASE, -1 not in row.numbers and bip39(row.numbers))
    elif listed == size and all_told <= size + SHORTEST and row.worth(0, size - 1) >= _RARE * size:
        yield Found(start, end, PART)


def loose_characters(low: str) -> int:
    """How many rare characters a plain text consists of, each alone; 0 when it says anything else."""
    text = blank(_LABEL, low)
    spans = _spans(text)
    size = len(spans)
    if size < 2 or any(letter.isalpha() and not _HAN.match(letter) for letter in text):
        return 0
    numbers = _NUMBER.findall(text)
    if numbers and not _numbering(numbers, size):
        return 0
    row = next((row for row in _one_by_one(text, spans, 2) if len(row.places) == size), None)
    return size if row and row.total(0, size - 1) >= _RARE * size else 0


def _numbering(numbers: list[str], size: int) -> bool:
    """Whether these number so many words; amounts ("亏 30 万") do not."""
    first = int(numbers[0][:3])
    return [int(number[:3]) for number in numbers] == list(range(first, first + size))


# --- characters in one piece -----------------------------------------------------------------


def _dense(row: Row) -> Iterator[Found]:
    """Stretches that no sentence has: long, rare, all of the list."""
    looked = 0
    for first, last in stretches(row.scores, LEAST):
        first, last = row.widened(first, last)
        if not row.listed(first, last) or row.worth(first, last) < LEAST:
            continue
        looked += 1
        checked = _checked(row, first, last) if looked <= _LOOKED else None
        if checked:
            first, last = min(first, checked[0]), max(last, checked[1])
        yield Found(row.places[first], row.places[last] + 1, PHRASE, checked is not None)


def _checked(row: Row, first: int, last: int) -> tuple[int, int] | None:
    """The window with a right checksum that shares most with a stretch, at most three characters beyond it. Of a
    long stretch only the beginning is looked at: it needs no checksum to be masked."""
    last = min(last, first + SIZES[-1] + 3)
    numbers = row.numbers
    best: tuple[int, int, int] | None = None
    for size in SIZES:
        if size > last - first + 1 + 6:
            break
        for start in range(max(0, first - 3), min(last + 3, len(numbers) - 1) - size + 2):
            shared = min(last, start + size - 1) - max(first, start) + 1
            window = numbers[start : start + size]
            if shared > (best[0] if best else 0) and -1 not in window and bip39(window):
                best = shared, start, start + size - 1
    return best[1:] if best else None


def _exact(row: Row, spans: list[Span], low: str, *, announced: bool) -> Iterator[Found]:
    """Pieces (or equal groups of two to six) of a phrase's length; unlikely groups with the same between them, of
    nearly that."""
    for first, last in _pieces(spans):
        numbers = row.numbers[first : last + 1]
        whole = len(numbers) in SIZES and -1 not in numbers
        checked = whole and bip39(numbers)
        sure = checked or (whole and announced)
        if sure or (row.even(first, last, low) and row.listed(first, last)):
            if row.worth(first, last) < LEAST + (_WHOLE if sure else _EVEN):
                continue
            yield Found(row.places[first], row.places[last] + 1, PHRASE, checked)


def _hidden(row: Row, low: str) -> Iterator[Found]:
    """Phrases glued into a sentence that does not announce them: unlikely enough, and the checksum is right. The row of
    an announced text (`low`) is looser than such a phrase is."""
    places, numbers = row.places, row.numbers
    scores = row.scores.copy()
    if -1 in numbers:
        scores = [score if number >= 0 else BREAK for score, number in zip(scores, numbers, strict=True)]
    for at, (here, there) in enumerate(pairwise(places) if low else ()):
        if there != here + 1 and not low[here + 1 : there].isspace():
            scores[at + 1] = BREAK
    sums = list(accumulate(scores, initial=0))
    before = list(map(sub, sums[1:], row.own))
    for size in SIZES:
        unlikely = compress(count(), map(_CERTAIN.__le__, map(sub, sums[size:], before)))
        for first in islice(unlikely, _TRIED):
            last = first + size - 1
            if numbers[first] < 0 or not bip39(numbers[first : last + 1]):
                continue
            if row.worth(first, last) >= _CERTAIN:
                yield Found(places[first], places[last] + 1, PHRASE, True)


def _pieces(spans: list[Span]) -> Iterator[tuple[int, int]]:
    """(first, last) of unbroken pieces as long as a phrase, and of rows of equal pieces (the last may be shorter) that
    are nearly as long as one."""
    at = began = whole = parts = behind = 0
    for start, end in [*spans, (0, 0)]:
        size = end - start
        if size in SIZES:
            yield at, at + size - 1
        near = whole > 0 and size > 0 and start - behind < 5
        if not near or size != whole:
            shorter = near and size < whole
            told = at + size if shorter else at
            if parts + shorter > 1 and SHORTEST <= told - began <= SIZES[-1] + 1:
                yield began, told - 1
            whole, began, parts = (size if 2 <= size <= 6 else 0), at, 0
        parts, behind, at = parts + 1, end, at + size
