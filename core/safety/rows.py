"""Han characters that follow each other in a text, with their weights: what a stretch of them is worth as a phrase."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, chain, pairwise, repeat, starmap
from operator import add, mul
from typing import Final

from core.safety.neighbours import ALONE, BEHIND, WIDTH
from core.safety.runs import BREAK
from core.safety.wordlists import CHARACTER_INDEX, CHARACTERS, SURNAMES

SHORTEST: Final = 10
"""Characters that a phrase has at least: eleven of twelve, the first of them everyday."""
_AGAIN: Final = 8
"""What a character costs that comes once more (in a phrase one in a hundred does, in a list of places many), and each
family name in what looks like a list of people."""
_NAMES: Final = 0.3
"""The share of family names, with what comes again, from which a stretch looks like that."""
_VERSES: Final = frozenset(",.!?;:。")
"""What stands between the verses of a poem and the parts of a sentence."""
_BLANK: Final = 2
"""White space so wide parts nothing: a phrase in two lines is one."""
_BROKEN: Final = BREAK // 2
_NUMBER: Final = {letter: CHARACTER_INDEX[first] for letter, first in CHARACTERS.items()}

Span = tuple[int, int]
"""[start, end) of Han characters that touch."""


@dataclass(frozen=True, slots=True)
class Row:
    """Han characters that follow each other: where each stands, and its score."""

    places: list[int]
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

    def listed(self, first: int, last: int) -> bool:
        """Whether a stretch is as long as a phrase and its characters are in the list, but for a typo."""
        size = last + 1 - first
        return size >= SHORTEST and self.numbers[first : last + 1].count(-1) <= 1 + size // 12

    def widened(self, first: int, last: int) -> tuple[int, int]:
        """A short stretch with its likelier neighbours: everyday characters at a phrase's ends belong to it, too."""
        scores, size = self.scores, len(self.scores)
        for _ in range(SHORTEST - (last + 1 - first)):
            left = right = BREAK
            if first > 0 and scores[first] > _BROKEN:
                left = scores[first - 1] if scores[first - 1] > _BROKEN else self.own[first - 1]
            if last + 1 < size:
                right = scores[last + 1]
            if max(left, right) < _BROKEN:
                break
            first, last = (first - 1, last) if left >= right else (first, last + 1)
        return first, last

    def even(self, first: int, last: int, low: str) -> bool:
        """Whether the same stands between all groups of a stretch, and nothing that stands between verses."""
        if self.places[last] - self.places[first] == last - first:
            return False
        places = self.places[first : last + 1]
        marks = {low[here + 1 : there] for here, there in pairwise(places) if there > here + 1}
        return len(marks) == 1 and _VERSES.isdisjoint("".join(marks))

    def worth(self, first: int, last: int) -> int:
        """The sum of a stretch, less for what comes again and for a list of people; nothing of an exclamation."""
        size = last + 1 - first
        different = set(self.numbers[first : last + 1])
        again = size - len(different)
        if len(different) < min(SHORTEST, 0.75 * size):
            return BREAK
        named = len(SURNAMES & different)
        return self.total(first, last) - _AGAIN * (again + named * (named + again >= _NAMES * size))


def row_of(low: str, spans: list[Span], gap: int, *, spaced: bool = False) -> Row:
    """The characters with their scores; a wider gap begins anew. What is `spaced` has neighbours all the same.
    Columns at a time, not characters: the longest texts have thousands of them."""
    places = list(chain.from_iterable(starmap(range, spans)))
    numbers = list(map(_NUMBER.get, map(low.__getitem__, places), repeat(-1)))
    own = list(map(ALONE.__getitem__, numbers))
    scores = own[:1] + list(map(BEHIND.__getitem__, map(add, map(mul, numbers, repeat(WIDTH)), numbers[1:])))
    at = 0
    for (start, end), (following, _) in pairwise(spans):
        at += end - start
        width = following - end
        near = width <= _BLANK <= gap
        if not near and width > (_BLANK if low[end:following].isspace() else gap):
            scores[at] = own[at] + BREAK
        elif not spaced:
            scores[at] = own[at]
    return Row(
        places,
        scores,
        own,
        numbers,
        list(accumulate(scores, initial=0)),
    )
