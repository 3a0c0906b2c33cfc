"""Seed phrases written in letters: runs of words of one wallet's list.

Length is the detection, not the checksum: a phrase with a typo, a missing word or a foreign checksum is as
dangerous. What may stand between two words (numbers, commas, new lines, dashes, the same tag again and again)
does not matter, and ordinary prose is told apart by its everyday words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from core.safety import glued
from core.safety.checksums import certain
from core.safety.found import Found
from core.safety.runs import BREAK, stretches
from core.safety.wordlists import AROUND, ORDINARY, SIZES, WORDS

PHRASE, PART = "seed_phrase", "seed_part"
_TOKEN: Final = re.compile(
    r"(?<![^\W_])[a-zß-ɏ](?: [a-zß-ɏ]){2,7}(?![^\W_]| [a-zß-ɏ](?![^\W_]))|[^\W\d_\u3400-\u9fff]+"
)
"""A word, or one whose letters stand apart ("z o o"), as a program that reads pictures writes it."""
_MISREAD: Final = re.compile(r"[a-z]+(?:[015][a-z]+)+")
_MEANT: Final = str.maketrans("015", "ols"), str.maketrans("015", "ois")
"""Digits in the midst of a word are what such a program takes for letters."""
LABEL: Final = re.compile(
    r"(?<![^\W\d_])(?:word|no|nr|mot|palabra|palavra|parola|slovo|단어|単語)[ .#]{0,2}\d{1,2}(?=\s?[:.)=-])"
)
_DIGIT: Final = re.compile(r"\d")
_ESCAPE: Final = re.compile(r"\\[nrt]")
GAP: Final = 16
"""More characters than this between two words end a run."""
_RARE, _ORDINARY, _STRANGE = 2, 1, -5
LEAST: Final = 13
"""Fixed on phrases with one typo or one word less (the lowest reach 14) and on ordinary talk (12 at most)."""
_FEWEST: Final = 9
"""List words that a phrase has at least, however rare they are: eleven of twelve, two of them run together."""
_PIECE: Final = 4
"""Words that a part of a phrase has at least; hardly ever more than one of them twice."""
_VARIED: Final = 0.6
"""The share of different words: chance repeats hardly any."""
_STEPS: Final = (2, 3, 4, 5)
"""A phrase may be every second to fifth word of a text; then it takes more, for there are more ways to be wrong."""
_STRIDING, _WIDE = 18, 64


class Word(NamedTuple):
    """One word of the text: its place, and the lists that it is in."""

    start: int
    end: int
    word: str
    lists: int


def find(low: str) -> Iterator[Found]:
    """The seed phrases and parts of one in a plain, lower-case text."""
    text = _MISREAD.sub(_meant, blank(LABEL, low)) if _DIGIT.search(low) else low
    text = blank(_ESCAPE, text) if "\\" in text else text
    spelled = [word.replace(" ", "") for word in _TOKEN.findall(text)]
    lists = [WORDS.get(word, 0) for word in spelled]
    words: list[Word] = []  # made once, when they are needed
    found = list(_in_row(text, lists, 1, words))
    yield from found
    if len(spelled) >= 2 * _FEWEST and not any(one.kind == PHRASE for one in found):
        for step in _STEPS:
            found = list(_in_row(text, lists, step, words))
            yield from found
            if found:
                break
    if len(text) >= glued.SHORTEST and any(len(word) >= glued.SHORTEST for word in spelled):
        for match in _TOKEN.finditer(text):
            if match.end() - match.start() >= glued.SHORTEST and glued.is_glued(match.group()):
                yield Found(*match.span(), PHRASE)


def _in_row(text: str, lists: list[int], step: int, words: list[Word]) -> Iterator[Found]:
    """What lies in every `step`-th word: between the others stand tags or numbers ("<li>x</li>", "first word is x")."""
    if len(lists) - lists.count(0) < _PIECE:
        return
    for start in range(step):
        for bit in _promising(lists[start::step]):
            if not words:
                words += (
                    Word(*match.span(), match.group().replace(" ", ""), mask)
                    for match, mask in zip(_TOKEN.finditer(text), lists, strict=True)
                )
            yield from _runs_of(words[start::step], text, bit, step)


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


def _meant(match: re.Match[str]) -> str:
    """The list word that a picture showed, else what was read."""
    meant = (match.group().translate(table) for table in _MEANT)
    return next((word for word in meant if word in WORDS), match.group())


def _runs_of(words: list[Word], text: str, bit: int, step: int) -> Iterator[Found]:
    """Phrases of one list, and parts of one outside them."""
    gap, least = (GAP, LEAST) if step == 1 else (_WIDE, _STRIDING)
    whole = [_widened(words, *run, bit) for run in stretches(_scores(words, bit, gap), least)]
    for first, last in whole:
        spelled = [word.word for word in words[first : last + 1] if word.lists & bit]
        sure = len(set(spelled)) > 1 and certain(spelled)
        if len(spelled) >= _FEWEST and (sure or not _repeats(spelled)):
            yield Found(words[first].start, words[last].end, PHRASE, sure)
    for first, last in _unbroken(words, bit) if step == 1 else ():
        inside = any(a <= first and last <= b for a, b in whole)
        if last - first + 1 >= _PIECE and not inside and _is_part(words, text, first, last):
            yield Found(words[first].start, words[last].end, PART)


def _repeats(spelled: Sequence[str]) -> bool:
    """Whether this is a table or a program. Chance repeats hardly any word, an example ("abandon abandon ...") one."""
    most = max(Counter(spelled).values())
    return most * 2 < len(spelled) and 3 < len(set(spelled)) < _VARIED * len(spelled)


def _scores(words: list[Word], bit: int, gap: int) -> list[int]:
    """How much each word speaks for a phrase of this list. A word that a space cut in two is one word."""
    scores: list[int] = []
    for place, word in enumerate(words):
        before = words[place - 1] if place else None
        score = _STRANGE
        if word.lists & bit:
            score = _ORDINARY if ORDINARY.get(word.word, 0) & bit else _RARE
        elif before and not before.lists & bit and WORDS.get(before.word + word.word, 0) & bit:
            score = _RARE - _STRANGE
        scores.append(score + BREAK if before and word.start - before.end > gap else score)
    return scores


def _unbroken(words: list[Word], bit: int) -> Iterator[tuple[int, int]]:
    """(first, last) of runs in which every word is of this list."""
    first = -1
    for place, word in enumerate(words):
        near = first >= 0 and word.start - words[place - 1].end <= GAP
        if first >= 0 and not (near and word.lists & bit):
            yield first, place - 1
            first = -1
        if first < 0 and word.lists & bit:
            first = place
    if first >= 0:
        yield first, len(words) - 1


def _widened(words: list[Word], first: int, last: int, bit: int) -> tuple[int, int]:
    """The run with what a typo near its edge cut off; where its length is still no phrase's, with both neighbours."""
    first, last = _beyond(words, first, -1, bit), _beyond(words, last, 1, bit)
    if last - first + 1 not in SIZES:
        first -= _near(words, first, -1)
        last += _near(words, last, 1)
    return first, last


def _beyond(words: list[Word], edge: int, way: int, bit: int) -> int:
    """Where the run ends that goes on behind one strange word."""
    if _near(words, edge, way) and _near(words, edge + way, way) and words[edge + 2 * way].lists & bit:
        edge += 2 * way
        while _near(words, edge, way) and words[edge + way].lists & bit:
            edge += way
    return edge


def _near(words: list[Word], edge: int, way: int) -> bool:
    """Whether there is a next word in this direction, and no wide gap before it."""
    other = edge + way
    if not 0 <= other < len(words):
        return False
    return abs(words[max(edge, other)].start - words[min(edge, other)].end) <= GAP


def _is_part(words: list[Word], text: str, first: int, last: int) -> bool:
    """Four words or more that are (nearly) all the text says, and that no sentence is made of."""
    count = last - first + 1
    rare = sum(words[n].word not in ORDINARY for n in range(first, last + 1))
    gaps = [text[words[n].end : words[n + 1].start] for n in range(first, last)]
    if (
        rare < 2
        or rare / count < 0.5
        or len({words[n].word for n in range(first, last + 1)}) < max(_PIECE, count) - 1
    ):
        return False
    others = [word.word for n, word in enumerate(words) if not first <= n <= last]
    if all(word in AROUND for word in others):
        return True
    return (
        count >= 8
        and rare / count >= 0.6
        and not any(mark in gap for gap in gaps for mark in (". ", "? ", "! "))
    )


def loose_words(low: str) -> int:
    """How many rare words of one list a plain, lower-case text consists of, beside what people write around them;
    0 when it says anything else."""
    spelled = [word for word in _TOKEN.findall(blank(LABEL, low)) if word not in AROUND]
    if (
        not spelled
        or len(spelled) > SIZES[-1]
        or any(word in ORDINARY and ORDINARY[word] < 0 for word in spelled)
    ):
        return 0
    together = -1
    for word in spelled:
        together &= WORDS.get(word, 0)
    return len(spelled) if together else 0
