"""JSON values as the interfaces of sources write them. Pure; what is not of the shape is `Odd`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from core.chain.asking import Odd

_HASH: Final = re.compile(r"[0-9a-f]{64}")


def record(value: object) -> Mapping[str, Any]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise Odd
    return value


def items(value: object) -> Sequence[Any]:
    """A JSON list."""
    if not isinstance(value, list):
        raise Odd
    return value


def whole(value: object) -> int:
    """A whole number that is not negative."""
    if type(value) is not int or value < 0:
        raise Odd
    return value


def bare_hash(value: object) -> str:
    """64 small hex digits."""
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise Odd
    return value
