"""Words of one list without anything between them: "wolfjuiceproudgown...", in whatever case.

All ways to part a token are followed at once, each with the lists that all its words are in: from the front, and, if that
does not reach the end, from the back, for a piece may be no word: one with a typo, or what stood before the phrase.
"""

from __future__ import annotations

from typing import Final

from core.safety.wordlists import WORDS

SHORTEST: Final = 20
"""Letters that a phrase in one piece has at least: eleven words of two syllables in Korean."""
_LONGEST: Final = 10
"""Letters of a word in the lists of BIP39, and of what may be none."""
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
    size, shortest = len(token), 3 if token.isascii() else 2
    lists, words = [-1] + [0] * size, [0] + [size] * size
    reached = 0
    for end in range(shortest, size + 1):
        if end - reached > _LONGEST:
            break
        for start in range(max(0, end - _LONGEST), end - shortest + 1):
            if lists[start]:
                piece = token[size - end : size - start] if back else token[start:end]
                both = lists[start] & WORDS.get(piece, 0)
                if both:
                    lists[end] |= both
                    words[end] = min(words[end], words[start] + 1)
                    reached = end
    return lists, words
