"""Stretches of a text that look drawn by lot: each unit has a score, high where a phrase has it and low in prose.

One rule finds phrases of every list and layout: the scores of neighbours add up; in prose the sum keeps falling
to nothing, in a phrase it climbs. A typo costs a little and does not part a phrase.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

BREAK: Final = -1_000_000
"""The score of a unit that begins anew: nothing before it belongs to it. Its own worth is added to this."""
_BROKEN: Final = BREAK // 2


def stretches(scores: Sequence[int], least: int) -> Iterator[tuple[int, int]]:
    """(first, last) of the stretches whose scores add up to `least` or more, in order, each to its highest sum."""
    total = top = first = last = 0
    for place, score in enumerate(scores):
        if score < _BROKEN:
            if top >= least:
                yield first, last
            total = top = 0
            score -= BREAK
        if total <= 0:
            if top >= least:
                yield first, last
            total, top, first = 0, 0, place
        total += score
        if total > top:
            top, last = total, place
    if top >= least:
        yield first, last
