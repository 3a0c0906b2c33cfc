"""What a rule does about what it sees, as one table. Pure: what is open and a sight in, what to write out.

An occasion begins once, may move (the height of an upgrade was changed), is repeated at its further lead times, and
ends once. Where nobody can tell, nothing changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Phase = Literal["unknown", "calm", "ahead", "trouble"]
"""unknown: nobody can tell. calm: there is nothing, or it is over. ahead: it will come, and it is too early to say so.
trouble: it is there, or near enough to be announced."""
Deed = Literal["begin", "again", "move", "end", "nothing"]


@dataclass(frozen=True, slots=True)
class Sight:
    """What a rule sees now. `key`: what makes this another occasion than the one before, "" where nothing does.
    `step`: which draft of the occasion it is time for. `text`: how the template is called, with `values` for it."""

    phase: Phase
    key: str = ""
    step: str = "first"
    text: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Open:
    """An occasion that has begun. `steps`: those that were written or counted already."""

    key: str
    steps: frozenset[str]


def decide(open_: Open | None, sight: Sight) -> Deed:
    """What is to be done now."""
    if sight.phase == "unknown":
        return "nothing"
    if open_ is None:
        return "begin" if sight.phase == "trouble" else "nothing"
    if sight.phase == "calm":
        return "end"
    if sight.key not in ("", open_.key):
        return "move"
    return "again" if sight.phase == "trouble" and sight.step not in open_.steps else "nothing"


class Lasting:
    """Something counts when it has been so for a while: what flickers begins nothing and ends nothing. Not pure: it
    remembers since when; `seconds` is how long that has to be."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._bad: bool | None = None
        self._since = 0.0

    def see(self, bad: bool | None, now: float) -> tuple[Phase, float]:
        """The phase, and since when it is like that (epoch seconds). `bad` None: nobody can tell."""
        if bad is None:
            return "unknown", now
        if bad is not self._bad:
            self._bad, self._since = bad, now
        if now - self._since < self._seconds:
            return "unknown", self._since
        return ("trouble" if bad else "calm"), self._since
