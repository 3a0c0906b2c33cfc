"""Seed phrases of Han characters, whose list is simply the 2,048 most common ones.

So a run of them means nothing by itself. What tells a phrase from a sentence is how the characters come: in
Chinese a few are used all the time and neighbours form words, in a phrase all are used alike and neighbours are
strangers. Both are counted in bits (`RARITY`, and `_WORD` or `_NO_WORD` for a pair) and added up along the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, chain, compress, count, islice, pairwise, repeat, starmap
from operator import add, mul, sub
from typing import Final

from core.safety.checksums import bip39
from core.safety.found import Found
from core.safety.runs import BREAK, stretches
from core.safety.seeds import GAP, LABEL, PART, PHRASE, blank
from core.safety.wordlists import CHARACTER_INDEX, CHARACTERS, PAIRS, RARITY, SIZES

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
_WORD, _NO_WORD, _FOREIGN = -6, 1, -3
"""Bits for a pair that is a word, one that is none, and a character of no list."""
LEAST: Final = 8
"""The sum of a stretch that is enough behind a context word. Fixed on phrases and on reviews that no test reads."""
_SPACED, _CHECKED, _ALONE = -20, 3, 11
"""How much more it takes for characters that stand one by one, with a right checksum, and without anything."""
_CERTAIN, _TRIED, _LOOKED = 5, 40, 8
"""The sum of a window in the midst of a sentence that is enough with its right checksum (one window in 16 has that by
chance), how many such windows of a size are tried at most, and of how many stretches the checksum is looked at."""
_SHORTEST: Final = 10
_BLANK: Final = 2
"""White space so wide parts nothing: a phrase in two lines is one."""
_TAG: Final = 40
"""The longest tag between two characters: "</word><word id="."""


_NUMBER: Final = {letter: CHARACTER_INDEX[first] for letter, first in CHARACTERS.items()}
_BITS: Final = [*(RARITY[letter] for letter in CHARACTER_INDEX), _FOREIGN]
"""By number; the last one is that of -1."""
_NEXT: Final = 4096
_PAIR_BITS: Final = {_NUMBER[pair[0]] * _NEXT + _NUMBER[pair[1]]: _WORD for pair in PAIRS}

Span = tuple[int, int]
"""[start, end) of Han characters that touch."""


@dataclass(frozen=True, slots=True)
class _Row:
    """Han characters that follow each other: where each stands, and its score."""

    places: list[int]
    letters: list[str]
    scores: list[int]
    own: list[int]
    """The scores without the neighbours."""
    numbers: list[int]
    """In the list of BIP39; -1 for a character that is not listed."""
    sums: list[int]
    """The sums of the scores before each character."""

    def total(self, first: int, last: int) -> int:
        """The sum of a stretch, whatever parts it."""
        total = self.sums[last + 1] - self.sums[first]
        return total - BREAK * round(total / BREAK)

    def varied(self, first: int, last: int) -> bool:
        """Whether hardly a character comes twice: in a phrase one in a hundred does, in an exclamation all do."""
        letters = self.letters[first : last + 1]
        return len(set(letters)) >= min(_SHORTEST, 0.75 * len(letters))


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
        yield from _spaced(row, size)
    if size >= _SHORTEST:
        row = _row(low, spans, GAP if announced else 0)
        yield from _dense(row, announced=announced)
        yield from _exact(row, spans, announced=announced)
        yield from _hidden(row, low if announced else "")


def _spans(low: str) -> list[Span]:
    return [match.span() for match in _HAN.finditer(low)]


def _row(low: str, spans: list[Span], gap: int, *, spaced: bool = False) -> _Row:
    """The characters with their scores; a wider gap begins anew. What is `spaced` has neighbours all the same.
    Columns at a time, not characters: the longest texts have thousands of them."""
    places = list(chain.from_iterable(starmap(range, spans)))
    letters = list(map(low.__getitem__, places))
    numbers = list(map(_NUMBER.get, letters, repeat(-1)))
    own = list(map(_BITS.__getitem__, numbers))
    pairs = map(_PAIR_BITS.get, map(add, map(mul, numbers, repeat(_NEXT)), numbers[1:]), repeat(_NO_WORD))
    scores = own[:1] + list(map(add, own[1:], pairs))
    at = 0
    for (start, end), (following, _) in pairwise(spans):
        at += end - start
        width = following - end
        near = width <= _BLANK <= gap
        if not near and width > (_BLANK if low[end:following].isspace() else gap):
            scores[at] = own[at] + BREAK
        elif not spaced:
            scores[at] = own[at]
    return _Row(
        places,
        letters,
        scores,
        own,
        numbers,
        list(accumulate(scores, initial=0)),
    )


# --- characters that stand one by one --------------------------------------------------------


def _one_by_one(low: str, spans: list[Span], least: int = 4) -> Iterator[_Row]:
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
        yield _row(low, row, _TAG, spaced=True)


def _parts(gap: str) -> bool:
    """Whether this can stand between two characters of a phrase: marks and tags, no other script's letters."""
    return len(gap) <= (_TAG if gap.isascii() else GAP) and (
        gap.isascii() or not any(letter.isalpha() for letter in gap)
    )


def _ended(low: str, row: list[Span], following: int) -> _Row:
    """A last character that is glued to the sentence behind it belongs to the phrase."""
    glued = len(row) + 1 in SIZES and following - row[-1][1] <= GAP
    return _row(low, [*row, (following, following + 1)] if glued else row, _TAG, spaced=True)


def _spaced(row: _Row, all_told: int) -> Iterator[Found]:
    """A phrase, or a part of one where it is (nearly) all that the text says."""
    size = len(row.places)
    listed = size - row.numbers.count(-1)
    start, end = row.places[0], row.places[-1] + 1
    if not row.varied(0, size - 1):
        return
    if size >= _SHORTEST and listed >= size - 1 - size // 12:
        if row.total(0, size - 1) >= LEAST + _SPACED:
            yield Found(start, end, PHRASE, -1 not in row.numbers and bip39(row.numbers))
    elif listed == size and all_told <= size + _SHORTEST and row.total(0, size - 1) >= size:
        yield Found(start, end, PART)


def loose_characters(low: str) -> int:
    """How many rare characters a plain text consists of, each alone; 0 when it says anything else."""
    text = blank(_LABEL, low)
    spans = _spans(text)
    size = len(spans)
    if size < 2 or any(letter.isalpha() and not _HAN.match(letter) for letter in text):
        return 0
    row = next((row for row in _one_by_one(text, spans, 2) if len(row.places) == size), None)
    return size if row and row.total(0, size - 1) >= size else 0


# --- characters in one piece -----------------------------------------------------------------


def _dense(row: _Row, *, announced: bool) -> Iterator[Found]:
    """Stretches that no sentence has: long, rare, all of the list."""
    looked = 0
    for first, last in stretches(row.scores, LEAST if announced else LEAST + _CHECKED):
        enough = announced or row.total(first, last) >= LEAST + _ALONE
        listed = last + 1 - first - row.numbers[first : last + 1].count(-1)
        if listed <= _SHORTEST or not (enough or looked < _LOOKED) or not row.varied(first, last):
            continue
        looked += 1
        checked = _checked(row, first, last) if looked <= _LOOKED else None
        if checked:
            first, last = min(first, checked[0]), max(last, checked[1])
        if checked or enough:
            yield Found(row.places[first], row.places[last] + 1, PHRASE, checked is not None)


def _checked(row: _Row, first: int, last: int) -> tuple[int, int] | None:
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


def _exact(row: _Row, spans: list[Span], *, announced: bool) -> Iterator[Found]:
    """Pieces (or equal groups of two, three, four or six) that have exactly a phrase's length."""
    for first, last in _pieces(spans):
        numbers = row.numbers[first : last + 1]
        if -1 in numbers or row.total(first, last) < -2:
            continue
        checked = bip39(numbers)
        if (announced or checked) and row.varied(first, last):
            yield Found(row.places[first], row.places[last] + 1, PHRASE, checked)


def _hidden(row: _Row, low: str) -> Iterator[Found]:
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
            if numbers[first] >= 0 and bip39(numbers[first : last + 1]) and row.varied(first, last):
                yield Found(places[first], places[last] + 1, PHRASE, True)


def _pieces(spans: list[Span]) -> Iterator[tuple[int, int]]:
    """(first, last) of unbroken pieces, and of rows of equal pieces (the last may be shorter), as long as a phrase."""
    at = began = whole = parts = behind = 0
    for start, end in [*spans, (0, 0)]:
        size = end - start
        if size in SIZES:
            yield at, at + size - 1
        near = whole > 0 and size > 0 and start - behind < 5
        if not near or size != whole:
            shorter = near and size < whole
            told = at + size if shorter else at
            if parts + shorter > 1 and told - began in SIZES:
                yield began, told - 1
            whole, began, parts = (size if 2 <= size <= 6 else 0), at, 0
        parts, behind, at = parts + 1, end, at + size
