"""Words of one list without anything between them: "wolfjuiceproudgown...", in whatever case.

All ways to part a token are followed at once, each with the lists that all its words are in: from the front, and, if that
does not reach the end, from the back, for a piece may be no word: one with a typo, or what stood before the phrase.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from core.safety.wordlists import WORDS

SHORTEST: Final = 20
"""Letters that a phrase in one piece has at least: eleven words of two syllables in Korean."""
_LONGEST: Final = 10
"""Letters of a word in the lists of BIP39, and of what may be none."""
_LETTERS, _SYLLABLES = (3, 10), (2, 7)
"""The shortest and the longest word of the lists, in letters and in Korean or Japanese characters."""
_WORDS, _SPOILT = 10, 9
"""How many words it takes, and how many beside a piece that is none. The way with the fewest words counts."""

Ways = tuple[list[int], list[int]]
"""For each place: the lists all words up to it are in (0: no way leads here), and the fewest words that it takes."""


def is_glued(token: str) -> bool:
    """Whether a lower-case token falls apart into enough words of one list, all but one piece of it. Linear time."""
    size = len(token)
    lists, words = _ways(token, back=False)
    if lists[size]:
        return words[size] >= _WORDS
    behind, after = _ways(token, back=True)
    for start in range(size + 1):
        for end in range(start + 1, min(size, start + _LONGEST) + 1) if lists[start] else ():
            if lists[start] & behind[size - end] and words[start] + after[size - end] >= _SPOILT:
                return True
    return False


def _ways(token: str, *, back: bool) -> Ways:
    """From the front, or from the back by how far it is from there. Given up where no word leads on."""
    size, (shortest, longest) = len(token), _SYLLABLES if ord(token[0]) >= 0x3040 else _LETTERS
    lists, words = [-1] + [0] * size, [0] + [size] * size
    reached, lately = 0, deque([0])
    for end in range(shortest, size + 1):
        if end - reached > _LONGEST:
            break
        while lately and lately[0] < end - longest:
            lately.popleft()
        for start in lately:
            if start > end - shortest:
                break
            both = lists[start] & WORDS.get(token[size - end : size - start] if back else token[start:end], 0)
            if both:
                lists[end] |= both
                words[end] = min(words[end], words[start] + 1)
        if lists[end]:
            reached = end
            lately.append(end)
    return lists, words
