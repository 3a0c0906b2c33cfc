"""Pictures to show: QR codes of any text, plain PNGs of any sides, and the least that is a JPEG."""

from __future__ import annotations

import io
import struct
import zlib

import segno

from core.conversation.picture import Picture, measured


def qr(text: str = "https://helpline.example", scale: int = 10) -> bytes:
    """A QR code as the house makes them."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=scale)
    return out.getvalue()


def png(width: int, height: int) -> bytes:
    """A black PNG of these sides."""
    rows = zlib.compress(bytes(1 + (width + 7) // 8) * height)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
        (b"IDAT", rows),
        (b"IEND", b""),
    )
    made = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


def jpeg(width: int, height: int) -> bytes:
    """The parts of a JPEG that say what it is; nobody draws it."""
    head = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9)
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes(9)
    return b"\xff\xd8" + head + frame + b"\xff\xda" + struct.pack(">H", 12) + bytes(10) + b"\x5a\xff\xd9"


def picture(data: bytes, alt: str = "官网的二维码") -> Picture:
    """The picture of these bytes."""
    return Picture(measured(data).name, alt)
