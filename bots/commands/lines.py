"""The lines of the standard input, as strangers may have written them: none stops those behind it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from core.sentences import operator_language, sentence

LONGEST = 1_048_576
"""Bytes of one line; a longer one is passed over."""


def lines() -> Iterator[bytes | None]:
    """Each line without its end; None in place of one that is too long, of which little is ever in memory."""
    while line := sys.stdin.buffer.readline(LONGEST + 2):
        end, size = line, len(line)
        while not end.endswith(b"\n") and (end := sys.stdin.buffer.readline(LONGEST)):
            size += len(end)
        told = line.rstrip(b"\r\n")
        yield told if size == len(line) and len(told) <= LONGEST else None


def too_long(as_json: bool) -> str:
    """The answer to a line that was passed over."""
    return refused("guard.too_long", limit=LONGEST) if as_json else _sentence("guard.too_long", limit=LONGEST)


def refused(key: str, **values: object) -> str:
    """The answer to a line that cannot be read, for other programs."""
    return json.dumps({"error": _sentence(key, **values)}, ensure_ascii=False)


def _sentence(key: str, **values: object) -> str:
    return sentence(key, operator_language(), **values)
