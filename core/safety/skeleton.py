"""What a name looks like, whatever it is written with: `key` is the same for names that the eye cannot tell apart.

NFKC, then what is invisible and what is no letter goes, accents go, letters of other alphabets become the ASCII
letter that they look like (UTS #39, `scam/confusables.txt`), and 0 = o, 1 = l = i, rn = m, vv = w.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from core.safety.plain import plain

WORDS = Path(__file__).parent / "scam"
LONGEST = 253
"""Characters of a name that are looked at: a host has no more."""
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "3": "e", "8": "b"})
_APART = re.compile(r"[\W_]+")
_NO_LETTER = re.compile(r"[^\w\n]+|_")


def skeleton(name: str) -> str:
    """A name in the ASCII letters that it looks like, small; separators, Han and the like stay as they are."""
    name = name[:LONGEST]
    return name.lower() if name.isascii() else _foreign(name)


@lru_cache(maxsize=4096)
def _foreign(name: str) -> str:
    table = _table()
    name = plain(name).text.translate(table)
    if not name.isascii():
        marked = unicodedata.normalize("NFKD", name)
        name = "".join(one for one in marked if not unicodedata.combining(one)).casefold().translate(table)
    return name.casefold()


@lru_cache(maxsize=4096)
def key(name: str) -> str:
    """The letters and digits of a skeleton, with those that are easily mistaken for one another made one."""
    return _alike(_APART.sub("", skeleton(name)))


def keys(names: Sequence[str]) -> list[str]:
    """The key of each of some names (one at least), in one go where all are ASCII. No name holds a line break."""
    lines = "\n".join([name[:LONGEST] for name in names])
    return _alike(_NO_LETTER.sub("", lines.lower())).split("\n") if lines.isascii() else list(map(key, names))


def _alike(text: str) -> str:
    for pair, one in _PAIRS:
        text = text.replace(pair, one)
    return text.translate(_ALIKE)


def alike(letter: str) -> str:
    """The characters that look like an ASCII letter or digit: Cyrillic and Greek ones first, as scammers do. None
    that is the letter itself where case is ignored, such as the dotless i."""
    common = range(0x0370, 0x0530)
    meant = (one for one, letter_of in _table().items() if letter_of == letter and one <= 0xFFFF)
    found = (one for one in meant if not (chr(one).upper().isascii() or chr(one).lower().isascii()))
    return "".join(map(chr, sorted(found, key=lambda one: (one not in common, one))))


@cache
def _table() -> dict[int, str]:
    """Character -> ASCII letter."""
    pairs = (line.split(" ", 1) for line in lines("confusables"))
    return {ord(one): letter for letter, alike in pairs for one in alike}


@cache
def lines(name: str) -> tuple[str, ...]:
    """The lines of a list that is shipped, such as "phrases", in the order of its file; read once."""
    shipped = (WORDS / f"{name}.txt").read_text("utf-8").splitlines()
    return tuple(line for line in shipped if line and not line.startswith("#"))


def listed(name: str) -> frozenset[str]:
    """The words of such a list."""
    return frozenset(word for line in lines(name) for word in line.split())
