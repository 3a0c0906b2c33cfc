"""The form of a text in which secrets are looked for, and the way back to the original's characters.

People paste full-width letters, zero-width characters and Han with combining marks between them. The plain
form is NFKC without the invisible; `Plain.origin` says which characters of the original a stretch came from.
Most texts need no mapping at all: that is found out by one `str.translate`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

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


@dataclass(frozen=True, slots=True)
class Plain:
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
    if len(quick) == len(text) and unicodedata.is_normalized("NFKC", quick):
        return Plain(quick)
    return _mapped(text)


def is_han(letter: str) -> bool:
    """Whether a character is a Chinese character."""
    return "\u3400" <= letter <= "\u9fff" or "\U00020000" <= letter <= "\U0003ffff"


def _joins(code: int) -> bool:
    """Whether a character melts into the one before it: marks, and the later letters of a Korean syllable."""
    return code in _MARKS or 0x1160 <= code < 0x1200


def _mapped(text: str) -> Plain:
    letters: list[str] = []
    spans: list[tuple[int, int]] = []
    cluster, start, end = "", 0, 0
    for place, letter in enumerate(text):
        code = ord(letter)
        if code in _INVISIBLE:
            continue
        if cluster and _joins(code):
            if len(cluster) < LONGEST_CLUSTER and not (is_han(cluster[0]) and code in _MARKS):
                cluster += letter
            end = place + 1
            continue
        _flush(cluster, start, end, letters, spans)
        cluster, start, end = letter, place, place + 1
    _flush(cluster, start, end, letters, spans)
    return Plain("".join(letters), tuple(spans))


def _flush(cluster: str, start: int, end: int, letters: list[str], spans: list[tuple[int, int]]) -> None:
    """Write one character and its marks in NFKC; every character that comes of it maps to all of them."""
    if not cluster:
        return
    made = cluster if cluster.isascii() else unicodedata.normalize("NFKC", cluster)
    if len(cluster) == 1 and len(made) > LONGEST_FORM:
        made = cluster
    letters.append(made)
    spans.extend([(start, end)] * len(made))
