"""The named statements of `queries*.sql`, as one mapping: SQL lives in files, once, for both engines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

Key = TypeVar("Key")
_MARK = "-- name: "
_VALUES = re.compile(r"VALUES (\([^)]*\))")


def parse(text: str) -> Mapping[str, str]:
    """Name -> statement. Lines that begin with `--` are comments.

    Raises:
        ValueError: a name is there twice.
    """
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith(_MARK):
            name, lines = line.removeprefix(_MARK).strip(), []
            if name in found:
                raise ValueError(f"the statement {name} is there twice")
            found[name] = lines
        elif not line.startswith("--"):
            lines.append(line)
    return MappingProxyType({name: "\n".join(lines).strip() for name, lines in found.items()})


_FILES = sorted(Path(__file__).parent.glob("queries*.sql"))
SQL = parse("\n".join(path.read_text(encoding="utf-8") for path in _FILES))
"""Every statement of the store by its name, with `?` for each value."""


@cache
def listed(name: str, values: int) -> str:
    """The statement `name` with its `IN (?)` widened to as many markers as there are `values`; see `padded`."""
    return SQL[name].replace("(?)", f"({', '.join('?' * values)})")


def padded(values: tuple[Key, ...]) -> tuple[Key, ...]:
    """The same values, the last one repeated up to a power of two: an engine then plans a handful of statements."""
    return (*values, *values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values)))


@cache
def repeated(name: str, rows: int) -> str:
    """The statement `name` with its `VALUES (..)` written out for so many rows."""
    return _VALUES.sub(lambda one: "VALUES " + ", ".join([one[1]] * rows), SQL[name])
