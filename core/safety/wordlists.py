"""The word lists of wallets, read once when the room is imported (`words/README.md` says where they come from).

A list is known only by its number: bit `1 << number` in `WORDS`. Where the first four letters of a list's
words are unique, the list of those prefixes is one more list, because wallets accept them; so is a list
without its accents. Lists of single Han characters are kept apart in `CHARACTERS`, mapped to the aligned first list.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Final

from core.safety.plain import is_han

SIZES: Final = (12, 15, 18, 21, 24)
FOLDER: Final = Path(__file__).parent / "words"
"""Where the lists are."""
_NOT_LISTS: Final = {"pairs", "commons", "everyday", "around", "states", "surnames", "lures"}
_BY_USE: Final = "electrum_english"
"""Its words stand in the order of their use: the first `_USED` are what everybody says."""
_USED: Final = 450


def _lines(name: str) -> list[str]:
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8").split()


def _prefixes(words: list[str]) -> list[str]:
    """The four-letter forms of a list; none where they are not unique or the list needs no shortening."""
    short = [word[:4] for word in words]
    longest = max(len(word) for word in words)
    return short if longest > 5 and len(set(short)) == len(words) else []


def _unaccented(words: list[str]) -> list[str]:
    """Latin words without their marks, as people type them; none where a list has no marks."""
    bare = [
        "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))
        for word in words
    ]
    return bare if bare != words and bare[0].isascii() else []


_LISTS: Final = {
    path.stem: _lines(path.stem) for path in sorted(FOLDER.glob("*.txt")) if path.stem not in _NOT_LISTS
}
_HAN_LISTS: Final = [words for words in _LISTS.values() if is_han(words[0])]
_LETTER_LISTS: Final = {name: words for name, words in _LISTS.items() if not is_han(words[0])}

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

SURNAMES: Final = frozenset(
    CHARACTER_INDEX[letter] for letter in "".join(_lines("surnames")) if letter in CHARACTER_INDEX
)
"""The numbers of the most common family names: a list of people is dense in them."""


def _masks() -> dict[str, int]:
    masks: dict[str, int] = {}
    lists = list(_LETTER_LISTS.values())
    lists += [*filter(None, map(_prefixes, lists)), *filter(None, map(_unaccented, lists))]
    for number, words in enumerate(lists):
        for word in words:
            masks[word] = masks.get(word, 0) | 1 << number
    return masks


WORDS: Final[dict[str, int]] = _masks()
"""A word -> the lists that it is in, one bit each."""


def _ordinary() -> dict[str, int]:
    lists = dict.fromkeys(_lines("everyday"), -1)
    by_use = 1 << list(_LETTER_LISTS).index(_BY_USE)
    return dict.fromkeys(_LETTER_LISTS[_BY_USE][:_USED], by_use) | lists


ORDINARY: Final[dict[str, int]] = _ordinary()
"""A word that ordinary sentences are made of -> the lists in which it weighs less: a run of these is prose."""

INDEX: Final[dict[str, dict[str, int]]] = {
    name: {word: index for index, word in enumerate(words)} for name, words in _LETTER_LISTS.items()
}
"""A list in letters -> its words with their numbers."""
