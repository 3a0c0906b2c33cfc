"""The QR code of the official site, made of the signed list and of nothing else. Pure."""

from __future__ import annotations

import io
from functools import lru_cache

import segno

from core.safety.official import Official

SCALE = 10
"""Pixels of a module."""


def code_of(official: Official) -> segno.QRCode:
    """The code: never a micro one, which phones' cameras do not read."""
    return _made(official.site)


def _made(site: str) -> segno.QRCode:
    return segno.make(site, error="m", micro=False)


def picture_of(official: Official) -> bytes:
    """The code as a PNG."""
    return _drawn(official.site)


@lru_cache(maxsize=4)
def _drawn(site: str) -> bytes:
    """Drawn once, however many ask."""
    out = io.BytesIO()
    _made(site).save(out, kind="png", scale=SCALE)
    return out.getvalue()
