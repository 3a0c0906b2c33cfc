"""The normal form in which words, choices and phrases are compared: how a person typed it does not matter.

Full-width or half-width, capitals, traditional characters, invisible characters, a smiley or a full stop at
the end: all of it folds to the same text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Protocol

CAP = 2000
"""Code points that are looked at; nobody names a button in more."""
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]+"
)
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _simplified() -> _Converter:
    from opencc import OpenCC

    converter: _Converter = OpenCC("t2s")
    return converter


def fold(text: str) -> str:
    """The normal form of a text; empty when nothing but punctuation, space and emoji is in it. Never raises."""
    text = text[:CAP]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
        text = unicodedata.normalize("NFKC", text.casefold())
        text = _INVISIBLE.sub("", text)
        if _HAN.search(text):
            text = _simplified().convert(text)
    else:
        text = (text if text.isprintable() else _INVISIBLE.sub("", text)).lower()
    return _trimmed(" ".join(text.split()))


def same(one: str, other: str) -> bool:
    """Whether two texts are the same word to a person; texts without letters are compared as they are."""
    folded = _kept(other)
    return _kept(one) == folded if folded else not fold(one) and one.strip() == other.strip()


@lru_cache(maxsize=2048)
def _kept_short(text: str) -> str:
    return fold(text)


def _kept(text: str) -> str:
    """Labels and words come again and again; what is longer than a label is not kept in memory."""
    return _kept_short(text) if len(text) <= 40 else fold(text)


def _trimmed(text: str) -> str:
    """Without punctuation, symbols and space at both ends."""
    start, end = 0, len(text)
    while start < end and _edge(text[start]):
        start += 1
    while end > start and _edge(text[end - 1]):
        end -= 1
    return text[start:end]


def _edge(character: str) -> bool:
    """Whether a character at an end says nothing; "Me" is the frame around the digit of a keycap emoji."""
    category = unicodedata.category(character)
    return category[0] in "PSZ" or category == "Me"


def spoken(text: str) -> str:
    """How words are compared; what has no letters, such as "?", only with itself."""
    return fold(text) or text.strip()
