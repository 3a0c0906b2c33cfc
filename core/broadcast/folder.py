"""A folder with a series: `series.yaml` says its rhythm and whom it is for, `01_welcome.yaml` and so on are its lessons.

Each lesson is read as a broadcast of its own: its texts and buttons, with what the series says below them. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.broadcast.content import digest
from core.conversation.document import Fault
from core.store.broadcasts import Kept

RHYTHM = "series.yaml"
_LESSON = re.compile(r"([0-9]{2})_[a-z0-9_]{1,20}\.yaml")


@dataclass(frozen=True, slots=True)
class Source:
    """One lesson as a form. `own`: how many lines of it are its own file's."""

    name: str
    file: str
    text: str
    own: int

    def mended(self, faults: Sequence[Fault]) -> list[Fault]:
        """The faults, at their places in the two files."""
        return [
            replace(one, file=RHYTHM, line=one.line - self.own) if one.line > self.own else one
            for one in faults
        ]


def lessons_of(series: str, files: Mapping[str, str]) -> list[Source]:
    """The lessons of a folder in their order."""
    found = []
    for file in sorted(files):
        if number := _LESSON.fullmatch(file):
            own = files[file].rstrip("\n") + "\n"
            name = f"{series}-{file.removesuffix('.yaml')}"
            rest = f"{files.get(RHYTHM, '').rstrip()}\nseries: {series}\nbroadcast: {name}\nnumber: {int(number[1])}\n"
            found.append(Source(name, file, own + rest, own.count("\n")))
    return found


def no_lesson(series: str) -> Fault:
    """The folder has none."""
    return Fault(series, 1, 1, "MISSING", {"key": "01_….yaml"})


def hash_of(lessons: Sequence[Kept]) -> str:
    """One hash of all that waits for approval: the names and the hashes of these lessons, in their order."""
    return digest("\n".join(f"{one.name} {one.hash}" for one in lessons))
