"""The second net under the guard: what lies in the store is looked through again, and no secret may be in it.

The guard stands before every row, so this finds only what a defect let through, or what an older guard did not know.
It tells where and which kind, never what.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, Final

from core.safety.guard import inspect
from core.store.texts import TextRoom

PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Leak:
    """A row in which the guard finds something."""

    table: str
    key: str
    kinds: tuple[str, ...]


async def leaks(room: TextRoom) -> AsyncIterator[Leak]:
    """Every row that holds a secret, table by table."""
    for table in room.tables:
        offset = 0
        while page := await room.page(table, offset, PAGE):
            offset += len(page)
            for key, text in page:
                kinds = {kind for part in _parts(text) for kind in inspect(part).kinds}
                if kinds:
                    yield Leak(table, inspect(key).text, tuple(sorted(kinds)))


def _parts(text: str) -> Iterator[str]:
    """The texts in a row: of JSON each string by itself, but for numbers and ids."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = text
    yield from _strings(value)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if not value.isdigit():
            yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
