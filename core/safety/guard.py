"""The guard: finds secrets that a person pasted, and masks them, before anything is stored or logged.

`inspect` is the gate that every incoming text passes first. It is pure and takes linear time, looks at nothing
but the text, and gives back a text that is safe to keep, with the kinds of what was in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from core.safety import bait, characters, keys, labelled, numbers, recovery, seeds, tokens
from core.safety.found import Found
from core.safety.plain import plain

KINDS: Final = (
    *(
        "bait_seed",
        "seed_phrase",
        "seed_part",
        "private_key",
        "keystore",
        "password",
        "code",
        "recovery_codes",
    ),
    *("api_key", "bot_token", "card", "id_number"),
)
"""Every kind of secret, the worst first."""
MASK: Final = "▇▇▇▇"
"""What stands in place of a secret: always as long, so that it tells nothing."""
LONGEST: Final = 65_536
"""Characters that are looked at. What lies behind them is dropped, never passed on unseen."""
DEEPEST: Final = 64
"""Nesting of `mask`: what lies deeper is replaced as a whole."""


class Inspected(NamedTuple):
    """A text that is safe to keep, and the kinds (of `KINDS`, in that order) that were masked in it.

    `certain` are those of them that a checksum or a form of their own proves; the others are suspected.
    """

    text: str
    kinds: tuple[str, ...] = ()
    certain: tuple[str, ...] = ()


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
    merged = _merged(found)
    kinds = {one.kind for one in merged}
    if "seed_phrase" in kinds:
        kinds.discard("seed_part")
    if kinds & {"seed_phrase", "private_key"} and bait.is_bait(form.text.lower()):
        kinds.add(bait.BAIT)
    sure = {one.kind for one in merged if one.certain}
    return Inspected(
        _masked(text, [form.origin(one.start, one.end) for one in merged]) + tail,
        tuple(kind for kind in KINDS if kind in kinds),
        tuple(kind for kind in KINDS if kind in sure & kinds),
    )


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


def _find(text: str) -> Iterator[Found]:
    low = text.lower()
    if len(low) != len(text):  # a few letters grow when lowered: keep them, so that offsets stay
        low = "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
    yield from seeds.find(low)
    if not low.isascii():
        yield from characters.find(low)
    if len(low) >= keys.SHORTEST:
        yield from keys.find(text, low)
    if len(low) >= tokens.SHORTEST:
        yield from tokens.find(text, low)
    yield from labelled.find(text, low)
    yield from recovery.find(text, low)
    yield from numbers.find(low)


def _merged(found: Iterable[Found]) -> list[Found]:
    """Stretches that touch or overlap become one, of the kind that is certain, else of the worst."""
    merged: list[Found] = []
    for one in sorted(found):
        if not merged or one.start > merged[-1].end:
            merged.append(one)
            continue
        last = merged[-1]
        worst = min(last, one, key=lambda each: (not each.certain, KINDS.index(each.kind)))
        merged[-1] = Found(last.start, max(last.end, one.end), worst.kind, worst.certain)
    return merged


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with one mask for each stretch. In the original two may touch that are apart in plain form."""
    pieces: list[str] = []
    done = 0
    for start, end in spans:
        if start > done or not pieces:
            pieces += (text[done:start], MASK)
        done = max(done, end)
    return "".join([*pieces, text[done:]])
