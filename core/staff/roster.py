"""Who may speak for the house. Pure: a person is one, whatever platform they write from.

author      writes broadcasts and hands them in
approver    stands behind somebody else's, and stops one that runs
admin       confirms who enrolls, and agrees to changes of the roster
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff: all their ids ("channel:user"), and what they may do."""

    name: str
    ids: tuple[str, ...]
    roles: tuple[str, ...]

    def may(self, role: str) -> bool:
        """Whether they have this role."""
        return role in self.roles


class Roster:
    """All of them, by name."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = {person.name: person for person in sorted(people, key=lambda one: one.name)}

    def of(self, channel: str, user: str) -> Person | None:
        """Who this is on that platform; None for nobody of ours."""
        wanted = f"{channel}:{user}"
        return next((person for person in self.people.values() if wanted in person.ids), None)

    @property
    def hash(self) -> str:
        """Of everything in it, so that two who agree have seen the same."""
        rows = [[p.name, sorted(p.ids), sorted(p.roles)] for p in self.people.values()]
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()

    def changes(self, wished: Roster) -> list[str]:
        """What is different in `wished`, a line each: "+" who comes, "-" who goes, "~" who changes."""
        names = sorted({*self.people, *wished.people})
        pairs = [(self.people.get(name), wished.people.get(name)) for name in names]
        return [_change(before, after) for before, after in pairs if before != after]


def _change(before: Person | None, after: Person | None) -> str:
    if after is None:
        return f"- {before.name}" if before else ""
    sign = "~" if before else "+"
    return f"{sign} {after.name}: {', '.join(after.roles)} ({', '.join(after.ids)})"
