"""A picture in a message: named by the hash of its bytes, and told in words. Pure.

What a file is, its own bytes say, never its name: a PNG or a JPEG, whole, and of a size that every platform shows. Its
bytes lie in the store, once; everything else (rows, approvals, addresses) holds only the name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from core.errors import HelplineError

MOST_BYTES = 1_000_000
"""Of one picture: phones show 1,280 pixels of it, and the database keeps it beside what people say."""
MOST_SIDES = 10_000
"""Width and height together, in pixels: the least that a platform takes."""
MOST_RATIO = 20
"""Of the longer side to the shorter one."""
ALT_LIMIT = 1_000
"""Code points of a picture's words."""
NAME = re.compile(r"([0-9a-f]{64})\.(png|jpg)")
_MIMES = {"png": "image/png", "jpg": "image/jpeg"}
_PNG = b"\x89PNG\r\n\x1a\n"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG's markers after which the dimensions stand."""
_BARE = frozenset((0x01, *range(0xD0, 0xD9)))
"""Its markers without a length."""


class PictureError(HelplineError):
    """A picture that nobody could be shown: `code` is a variant of the checker's sentences, `holes` its values."""

    def __init__(self, code: str, **holes: str) -> None:
        super().__init__(code)
        self.code = code
        self.holes = holes


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by its name, the SHA-256 of its bytes with the ending of its kind. `alt`: what it shows, in words."""

    name: str
    alt: str

    @property
    def mime(self) -> str:
        """Its kind, as networks write it."""
        return mime_of(self.name)


def mime_of(name: str) -> str:
    """The kind of the picture of this name."""
    return _MIMES.get(name.rpartition(".")[2], "")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a picture's bytes say: its name, and its sides in pixels."""

    name: str
    width: int
    height: int


def measured(data: bytes) -> Measured:
    """The name and the sides of a picture.

    Raises:
        PictureError: it is no whole PNG or JPEG, or larger than every platform shows.
    """
    if len(data) > MOST_BYTES:
        raise PictureError("large", count=f"{len(data):,}", limit=f"{MOST_BYTES:,}")
    found = sides(data)
    if found is None:
        raise PictureError("kind")
    kind, width, height = found
    if not fits(width, height):
        raise PictureError("sides", width=str(width), height=str(height), limit=f"{MOST_SIDES:,}")
    return Measured(f"{sha256(data).hexdigest()}.{kind}", width, height)


def sides(data: bytes) -> tuple[str, int, int] | None:
    """(the ending of its kind, width, height) of a whole PNG or JPEG, None for anything else."""
    for kind, sides_of in (("png", _png), ("jpg", _jpeg)):
        if found := sides_of(data):
            return (kind, *found)
    return None


def fits(width: int, height: int) -> bool:
    """Whether every platform shows a picture of these sides."""
    return max(width, height) <= MOST_RATIO * min(width, height) and width + height <= MOST_SIDES


def _png(data: bytes) -> tuple[int, int] | None:
    """The sides of a PNG with its first part and its last, and nothing behind."""
    if data[:8] != _PNG or data[12:16] != b"IHDR" or data[-8:-4] != b"IEND":
        return None
    return _sides(data[16:20], data[20:24])


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """The sides of a JPEG with its begin and its end: the first frame on the way along its parts says them."""
    if data[:2] != b"\xff\xd8" or data[-2:] != b"\xff\xd9":
        return None
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if marker in _FRAMES:
            return _sides(data[at + 7 : at + 9], data[at + 5 : at + 7])
        at += 1 if marker == 0xFF else 2 if marker in _BARE else 2 + max(length, 2)
    return None


def _sides(width: bytes, height: bytes) -> tuple[int, int] | None:
    found = int.from_bytes(width), int.from_bytes(height)
    return found if min(found) else None


Fetch = Callable[[str], bytes]
"""A picture's path, as it is written in a file -> its bytes. Raises OSError."""
