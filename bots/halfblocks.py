"""A picture that is a QR code, as half blocks: so a phone can read it off a terminal. Pure.

Read is only what we draw ourselves: a PNG of one bit a pixel, whole and not interlaced. Everything else is no QR code.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

Rows = Sequence[Sequence[bool]]
"""True is dark."""
_MOST = 2_000
"""Pixels of a side; ours have a fifth of it."""
_ONE_BIT_GREY = b"\x01\x00\x00\x00\x00"
_FINDER = 7
"""Modules of a finder pattern's side: three of them tell what a QR code is, and how large its modules are."""
_HALVES = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


def half_blocks(data: bytes) -> str:
    """The code with two rows of modules in a line, dark on light; "" when the picture is none."""
    modules = _modules(_pixels(data))
    if not modules:
        return ""
    below = [*modules[1:], [False] * len(modules[0])]
    pairs = zip(modules[::2], below[::2], strict=True)
    return "\n".join("".join(_HALVES[pair] for pair in zip(*two, strict=True)) for two in pairs)


def _pixels(data: bytes) -> Rows:
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    if data[24:29] != _ONE_BIT_GREY or not 0 < width <= _MOST or not 0 < height <= _MOST:
        return []
    line = 1 + (width + 7) // 8
    try:
        raw = zlib.decompressobj().decompress(b"".join(_parts(data, b"IDAT")), line * height)
    except zlib.error:
        return []
    rows, before = [], bytes(line - 1)
    for at in range(0, len(raw) - line + 1, line):
        kind, row = raw[at], raw[at + 1 : at + line]
        if kind not in (0, 2):  # as it is, or what differs from the line above
            return []
        before = bytes((a + b) % 256 for a, b in zip(row, before, strict=True)) if kind else row
        rows.append([not before[x // 8] >> (7 - x % 8) & 1 for x in range(width)])
    return rows if len(rows) == height else []


def _parts(data: bytes, kind: bytes) -> Iterator[bytes]:
    at = 8
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        if data[at + 4 : at + 8] == kind:
            yield data[at + 8 : at + 8 + length]
        at += 12 + length


def _modules(pixels: Rows) -> list[list[bool]]:
    """One value a module, the light border included; nothing where the three patterns are not found."""
    top = next((row for row in pixels if any(row)), None)
    if top is None:
        return []
    left = top.index(True)
    dark = next((x for x, on in enumerate(top[left:]) if not on), len(top) - left)
    size = dark // _FINDER
    if not size or dark % _FINDER or left % size or len(pixels) % size or len(pixels) != len(top):
        return []
    half, border = size // 2, left // size
    modules = [list(row[half::size]) for row in pixels[half::size]]
    last = len(modules) - border - _FINDER
    corners = ((border, border), (last, border), (border, last))
    return modules if all(_finder(modules, x, y) for x, y in corners) else []


def _finder(modules: Rows, left: int, top: int) -> bool:
    if left < 0 or top < 0:
        return False
    far = _FINDER // 2
    rings = (
        modules[top + y][left + x] == (max(abs(x - far), abs(y - far)) != 2)
        for y in range(_FINDER)
        for x in range(_FINDER)
    )
    return all(rings)
