"""The form of a text in which secrets are looked for, and the way back to the original's characters.

People paste full-width letters, zero-width characters and Han with combining marks between them. The plain
form is NFKC without the invisible; `Plain.origin` says which characters of the original a stretch came from.
Most texts need no mapping at all: that is found out by one `str.translate`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import chain, repeat
from typing import Final, NamedTuple

LONGEST_FORM: Final = 3
"""A character whose plain form is longer stays as it is: no secret is written in ligatures of whole words."""
LONGEST_CLUSTER: Final = 16
"""More combining marks than this on one character are dropped (sorting them costs the square of their number)."""

_INVISIBLE: Final = frozenset(
    {0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0}.union(
        *(range(0x180B, 0x180E), range(0x200B, 0x2010), range(0x202A, 0x202F), range(0x2060, 0x2070)),
        *(range(0xFE00, 0xFE10), range(0xE0001, 0xE0080), range(0xE0100, 0xE01F0)),
    )
)
_MARKS: Final = frozenset(code for code in range(0x300, 0x1E950) if unicodedata.combining(chr(code)))
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x00A0: 0x20}
# Deleting in `translate` makes the text shorter: that is how the slow way is noticed.
_QUICK: Final[dict[int, int | None]] = {
    **dict.fromkeys(_INVISIBLE | _MARKS),
    **dict.fromkeys(range(0x1160, 0x1200)),
    **_FULL_WIDTH,
}
_MARK: Final = "\u0301"
_LATER: Final = dict.fromkeys(_INVISIBLE | _MARKS | set(range(0x1160, 0x1200)), _MARK)
"""What is not seen or melts into the character before it: marks, and the later letters of a Korean syllable."""
_CLUSTER: Final = re.compile(f"^{_MARK}+|[^{_MARK}]{_MARK}+")


class Plain(NamedTuple):
    """`text` in plain form. `spans` holds (start, end) in the original for each character; None: unchanged."""

    text: str
    spans: tuple[tuple[int, int], ...] | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where the stretch [start, end) of the plain text lies in the original."""
        if self.spans is None or start >= end:
            return start, end
        return self.spans[start][0], self.spans[end - 1][1]


def plain(text: str) -> Plain:
    """The plain form of a text, in linear time."""
    if text.isascii():
        return Plain(text)
    quick = text.translate(_QUICK)
    if len(quick) != len(text):
        return _mapped(text)
    if unicodedata.is_normalized("NFKC", quick):
        return Plain(quick)
    made: list[str] = []
    spans: list[tuple[int, int]] = []
    _singles(quick, 0, len(quick), made, spans)
    form = "".join(made)
    return Plain(form, tuple(spans) if len(form) > len(text) else None)


def is_han(letter: str) -> bool:
    """Whether a character is a Chinese character."""
    return "\u3400" <= letter <= "\u9fff" or "\U00020000" <= letter <= "\U0003ffff"


def _mapped(text: str) -> Plain:
    """Each character, or each with the marks that melt into it, in NFKC; what comes of it maps to all of that."""
    made: list[str] = []
    spans: list[tuple[int, int]] = []
    done = 0
    for match in _CLUSTER.finditer(text.translate(_LATER)):
        start, end = match.span()
        if start > done:
            _singles(text, done, start, made, spans)
        form = _melted(text[start:end])
        made.append(form)
        spans += ((start, end),) * len(form)
        done = end
    _singles(text, done, len(text), made, spans)
    return Plain("".join(made), tuple(spans))


def _singles(text: str, start: int, end: int, made: list[str], spans: list[tuple[int, int]]) -> None:
    """The forms of characters that nothing melts into: a column at a time, for these may be thousands."""
    forms = list(map(_form, text[start:end]))
    made += forms
    spans += chain.from_iterable(
        map(repeat, zip(range(start, end), range(start + 1, end + 1), strict=True), map(len, forms))
    )


@lru_cache(maxsize=8192)
def _form(letter: str) -> str:
    made = unicodedata.normalize("NFKC", letter)
    if len(made) > LONGEST_FORM or (
        made[:1] == " " and len(made) > 1
    ):  # an accent by itself is a letter to the eye
        return letter
    return made


def _melted(cluster: str) -> str:
    """The form of one character and its marks; none of Han characters, too many of none."""
    seen = ""
    for letter in cluster:
        code = ord(letter)
        if code in _INVISIBLE or (seen and code in _MARKS and is_han(seen[0])):
            continue
        seen += letter
        if len(seen) == LONGEST_CLUSTER:
            break
    return unicodedata.normalize("NFKC", seen) if len(seen) > 1 else _form(seen) if seen else ""
