"""Flows and events that nobody wrote, read from a tape of bytes: quick to make, and hypothesis shrinks a tape well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TypeVar

from core.conversation.flow import Ask, Do, Flow, Person, Say, Step, Wait, Words
from core.conversation.model import END
from core.conversation.router import Router
from core.conversation.texts import parse

PHRASES = {"one": ("香蕉怎么种", "how do bananas grow"), "two": ("茶壶在哪里", "where is the teapot")}
CHOICES = ("yes", "no", "x")
OUTCOMES = ("a", "b", "confirmed", "opened")
T = TypeVar("T")


class Tape:
    """Bytes that decide; when they are used up, everything is the first of its kind."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def more(self) -> bool:
        """Whether anything is left to decide."""
        return self._at < len(self._data)

    def number(self, below: int) -> int:
        """From 0 to `below`, exclusive; at most 256 different ones."""
        self._at += 1
        return self._data[self._at - 1] % below if self._at <= len(self._data) else 0

    def pick(self, options: Sequence[T]) -> T:
        """One of them."""
        return options[self.number(len(options))]


@cache
def router_of() -> Router:
    """A router for the two flows."""
    return Router.build(PHRASES)


def flows_of(tape: Tape) -> list[Flow]:
    """Two flows, "one" and "two"."""
    return [_flow(name, tape) for name in PHRASES]


def _flow(name: str, tape: Tape) -> Flow:
    steps = [f"s{number}" for number in range(1 + tape.number(6))]
    made = {step: _step(step, [END, *steps], tape) for step in steps}
    return Flow(name, 1, name * 20, tape.pick(["", "owner"]), name, "title", "s0", made, _words(name))


def _step(name: str, targets: Sequence[str], tape: Tape) -> Step:
    match tape.number(6):
        case 0 | 1:
            readers = ("", "text", "number", "transaction_id")
            reads, choices = tape.pick(readers), _ways(CHOICES, targets, tape)
            give_up, goes, joins = tape.pick(targets), tape.pick(targets), bool(tape.number(2))
            return Ask(name, name, reads, choices, 1 + tape.number(3), give_up, goes, joins=joins)
        case 2:
            return Say(name, name, tape.pick(targets))
        case 3:
            return Do(name, "act", ("s0", "s1"), _ways(OUTCOMES, targets, tape))
        case 4:
            return Wait(name, 60.0, tape.pick(targets))
        case _:
            return Person(name, "desk", tape.pick(("normal", "emergency")))


def _ways(names: Sequence[str], targets: Sequence[str], tape: Tape) -> Mapping[str, str]:
    return {name: tape.pick(targets) for name in names if tape.number(2)}


@cache
def _words(name: str) -> Mapping[str, Words]:
    texts = {f"s{number}": parse(f"**{name}** {number} {{s0}}") for number in range(6)}
    return {
        language: Words(
            {**texts, "title": parse(f"{name} {language}")},
            {choice: f"{choice} {language}" for choice in CHOICES[:2]},
            PHRASES[name],
        )
        for language in ("zh", "en")
    }
