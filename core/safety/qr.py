"""The QR code of the official site, made of the signed list and of nothing else. Pure."""

from __future__ import annotations

import io

import segno

from core.safety.official import Official

SCALE = 10
"""Pixels of a module."""


def code_of(official: Official) -> segno.QRCode:
    """The code: never a micro one, which phones' cameras do not read."""
    return segno.make(official.site, error="m", micro=False)


def picture_of(official: Official) -> bytes:
    """The code as a PNG."""
    out = io.BytesIO()
    code_of(official).save(out, kind="png", scale=SCALE)
    return out.getvalue()
