"""Hashed character n-grams: each is the CRC-32 of its UTF-8, cut to so many bits.

What is all in one small alphabet is hashed a column at a time. A CRC is linear: the hash of a gram is that of the
gram one shorter behind its first letter, XOR what this letter adds so far from the end. One `bytes.translate` looks
that up for all places of a text at once, and one shift of a large number puts each beside its neighbour.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence, Set
from sys import byteorder
from zlib import crc32


class Grams:
    """All grams of `shortest` to `longest` characters -> places in a table of 2 ** `bits`."""

    def __init__(self, shortest: int, longest: int, bits: int, alphabet: str) -> None:
        self._shortest, self._mask = shortest, (1 << bits) - 1
        self._kind, self._width = ("H", 2) if bits <= 16 else ("I", 4)
        self._alphabet = alphabet.encode("ascii")
        size = len(self._alphabet)
        if size * self._width > 256:
            raise ValueError(alphabet)
        spread = {
            letter: bytes(range(at, size * self._width, size)) for at, letter in enumerate(self._alphabet)
        }
        self._codes = [spread.get(byte, b"") for byte in range(256)]
        self._added = [self._table(behind) for behind in range(longest)]

    def of(self, text: str) -> Set[int]:
        """The places of a text, each once."""
        raw = text.encode("utf-8", "surrogatepass")
        return self._foreign(text) if raw.translate(None, self._alphabet) else self._columns(raw)

    def _columns(self, raw: bytes) -> Set[int]:
        width, row, places = self._width, 0, array(self._kind)
        codes = b"".join(map(self._codes.__getitem__, raw))
        for behind, added in enumerate(self._added):
            row = int.from_bytes(codes.translate(added), "little") ^ (row >> 8 * width)
            if behind + 1 >= self._shortest:
                whole = row.to_bytes(len(codes), "little")
                places.frombytes(whole[: max(0, len(codes) - width * behind)])
        return set(places)

    def _foreign(self, text: str) -> Set[int]:
        """Letter by letter: each gram is the one before it in its row, and one letter more."""
        letters = [letter.encode("utf-8", "surrogatepass") for letter in text]
        row: Sequence[int] = [0] * len(letters)
        found: list[int] = []
        for behind in range(len(self._added)):
            row = list(map(crc32, letters[behind:], row))
            if behind + 1 >= self._shortest:
                found += row
        mask = self._mask
        return {one & mask for one in found}

    def _table(self, behind: int) -> bytes:
        """What each letter adds to a gram that has so many letters behind it: the first bytes of all, the second ..."""
        rest = bytes(behind)
        added = [(crc32(bytes((letter,)) + rest) ^ crc32(rest)) & self._mask for letter in self._alphabet]
        columns = zip(*(one.to_bytes(self._width, byteorder) for one in added), strict=True)
        return b"".join(map(bytes, columns)).ljust(256, b"\0")
