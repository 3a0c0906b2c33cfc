"""The BIP39 word lists, read once when the room is imported (`words/README.md` says where they come from).

A list is known only by its number: bit `1 << number` in `WORDS`. Where the first four letters of a list's
words are unique, the list of those prefixes is one more list, because wallets accept them.
Lists of single Han characters are kept apart in `CHARACTERS`, mapped to the aligned first list.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

from core.safety.plain import is_han

SIZES: Final = (12, 15, 18, 21, 24)
_FOLDER: Final = Path(__file__).parent / "words"
_NOT_LISTS: Final = {"pairs", "everyday", "around", "states"}


def _lines(name: str) -> list[str]:
    return (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").split()


def _prefixes(words: list[str]) -> list[str]:
    """The four-letter forms of a list; none where they are not unique or the list needs no shortening."""
    short = [word[:4] for word in words]
    longest = max(len(word) for word in words)
    return short if longest > 5 and len(set(short)) == len(words) else []


_LISTS: Final = {
    path.stem: _lines(path.stem) for path in sorted(_FOLDER.glob("*.txt")) if path.stem not in _NOT_LISTS
}
_HAN_LISTS: Final = [words for words in _LISTS.values() if is_han(words[0])]
_LETTER_LISTS: Final = [words for words in _LISTS.values() if not is_han(words[0])]

EVERYDAY: Final = frozenset(_lines("everyday"))
"""List words that ordinary sentences are made of: a run of mostly these is prose."""

AROUND: Final = frozenset(_lines("around"))
"""What people write around a piece of a phrase."""

STATES: Final = frozenset(_lines("states"))
"""What follows "password is" or "password:" in a question: never a password."""

CHARACTERS: Final[dict[str, str]] = {
    letter: first
    for words in reversed(_HAN_LISTS)
    for first, letter in zip(_HAN_LISTS[0], words, strict=True)
}
"""A listed Han character -> its form in the first Han list."""

CHARACTER_INDEX: Final[dict[str, int]] = {letter: index for index, letter in enumerate(_HAN_LISTS[0])}
"""The BIP39 number of a character of the first Han list."""

PAIRS: Final = frozenset(line[0] + second for line in _lines("pairs") for second in line[1:])
"""Pairs of characters that are ordinary Chinese."""


def _masks() -> dict[str, int]:
    masks: dict[str, int] = {}
    lists = [*_LETTER_LISTS, *filter(None, map(_prefixes, _LETTER_LISTS))]
    for number, words in enumerate(lists):
        for word in words:
            masks[word] = masks.get(word, 0) | 1 << number
    return masks


WORDS: Final[dict[str, int]] = _masks()
"""A word -> the lists that it is in, one bit each."""


def checksum_holds(indices: list[int]) -> bool:
    """Whether so many BIP39 numbers (12, 15, 18, 21 or 24) end in the right checksum."""
    if len(indices) not in SIZES:
        return False
    bits = 0
    for index in indices:
        bits = bits << 11 | index
    check_bits = len(indices) // 3
    entropy = (bits >> check_bits).to_bytes(len(indices) * 4 // 3, "big")
    return sha256(entropy).digest()[0] >> (8 - check_bits) == bits & ((1 << check_bits) - 1)
