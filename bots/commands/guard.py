"""`helpline guard`: what the guard makes of texts, a line at a time, without keeping any of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from bots.commands.common import say, told
from core.safety.guard import inspect
from core.sentences import operator_language, sentence

LONGEST = 1_048_576
"""Bytes of one line; a longer one is refused and passed over."""


@told
def guard(json_wanted: bool) -> int:
    """One line of output for each line of input. A line that cannot be read is answered with a sentence."""
    for line in _lines():
        say(_json(line) if json_wanted else _plain(line))
    return 0


def _lines() -> Iterator[bytes]:
    """The lines of the standard input; one that is too long comes cut, so that it is refused."""
    while line := sys.stdin.buffer.readline(LONGEST + 2):
        end = line
        while not end.endswith(b"\n") and (end := sys.stdin.buffer.readline(LONGEST)):
            pass
        yield line.rstrip(b"\r\n") if len(line) <= LONGEST + 1 else line


def _json(line: bytes) -> str:
    if len(line) > LONGEST:
        return _refused("guard.too_long", limit=LONGEST)
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return _refused("guard.no_json")
    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str):
        return _refused("guard.no_text")
    seen = inspect(text)
    shown = {"kinds": seen.kinds, "redacted": seen.text, "certain": seen.certain}
    return json.dumps(shown, ensure_ascii=False)


def _refused(key: str, **values: object) -> str:
    return json.dumps({"error": sentence(key, operator_language(), **values)}, ensure_ascii=False)


def _plain(line: bytes) -> str:
    if len(line) > LONGEST:
        return sentence("guard.too_long", operator_language(), limit=LONGEST)
    seen = inspect(line.decode("utf-8", "replace"))
    return f"{', '.join(seen.kinds) or '-':24} {seen.text}"
