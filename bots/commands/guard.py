"""`helpline guard`: what the guard makes of texts, a line at a time, without keeping any of them."""

from __future__ import annotations

import json

from bots.commands.common import say, told
from bots.commands.lines import lines, refused, too_long
from core.safety.guard import inspect


@told
def guard(json_wanted: bool) -> int:
    """One line of output for each line of input. A line that cannot be read is answered with a sentence."""
    for line in lines():
        if line is None:
            say(too_long(json_wanted))
        else:
            say(_json(line) if json_wanted else _plain(line))
    return 0


def _json(line: bytes) -> str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return refused("guard.no_json")
    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str):
        return refused("guard.no_text")
    seen = inspect(text)
    shown = {"kinds": seen.kinds, "redacted": seen.text, "certain": seen.certain}
    return json.dumps(shown, ensure_ascii=False)


def _plain(line: bytes) -> str:
    seen = inspect(line.decode("utf-8", "replace"))
    return f"{', '.join(seen.kinds) or '-':24} {seen.text}"
