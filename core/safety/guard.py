"""The guard: finds secrets that a person pasted, and masks them, before anything is stored or logged.

`inspect` is the gate that every incoming text passes first. It is pure and takes linear time, looks at nothing
but the text, and gives back a text that is safe to keep, with the kinds of what was in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from core.safety import characters, keys, labelled, seeds
from core.safety.plain import plain

KINDS: Final = ("seed_phrase", "seed_part", "private_key", "password", "code", "bot_token")
"""Every kind of secret, the worst first."""
MASK: Final = "▇▇▇▇"
"""What stands in place of a secret: always as long, so that it tells nothing."""
LONGEST: Final = 65_536
"""Characters that are looked at. What lies behind them is dropped, never passed on unseen."""
DEEPEST: Final = 64
"""Nesting of `mask`: what lies deeper is replaced as a whole."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """A text that is safe to keep, and the kinds (of `KINDS`, in that order) that were masked in it."""

    text: str
    kinds: tuple[str, ...] = ()


_NOTHING = Inspected("")


def inspect(text: str) -> Inspected:
    """Mask every secret in a text. Never raises; texts over `LONGEST` characters are cut with "…"."""
    if not text:
        return _NOTHING
    tail = "…" if len(text) > LONGEST else ""
    text = text[:LONGEST]
    form = plain(text)
    found = list(_find(form.text))
    if not found:
        return Inspected(text + tail)
    spans = [form.origin(start, end) for start, end, _ in found]
    kinds = {kind for _, _, kind in found}
    if "seed_phrase" in kinds:
        kinds.discard("seed_part")
    return Inspected(_masked(text, spans) + tail, tuple(kind for kind in KINDS if kind in kinds))


def mask(value: object) -> object:
    """The same JSON value with every string in it inspected, keys too. For updates that could not be read."""
    return _mask(value, DEEPEST)


def _mask(value: object, depth: int) -> object:
    if isinstance(value, str):
        return inspect(value).text
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth == 0:
        return MASK
    if isinstance(value, dict):
        return {inspect(str(key)).text: _mask(inner, depth - 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_mask(inner, depth - 1) for inner in value]
    return inspect(str(value)).text


def _find(text: str) -> Iterator[seeds.Found]:
    low = text.lower()
    if len(low) != len(text):  # a few letters grow when lowered: keep them, so that offsets stay
        low = "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
    yield from seeds.find(low)
    if not low.isascii():
        yield from characters.find(low)
    if len(low) >= keys.SHORTEST:
        yield from keys.find(text, low)
    yield from labelled.find(text, low)


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with one mask for each stretch; stretches that touch or overlap become one."""
    pieces: list[str] = []
    done = 0
    for start, end in _merged(spans):
        pieces += (text[done:start], MASK)
        done = end
    return "".join([*pieces, text[done:]])


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
