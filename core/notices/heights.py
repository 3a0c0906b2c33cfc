"""When a block will be made: a range from how fast blocks really come. Pure.

The pace of the last few hours and that of the last days are both measured; the range spans them, and twice the spread
that independent blocks have (the time of n of them is uncertain by their square root).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from core.chain.mined import Mined

BACK = (200, 2000)
"""Blocks over which the pace is measured."""


def reached(newest: Mined, earlier: Sequence[Mined], height: int) -> tuple[float, float] | None:
    """(earliest, latest) moment in epoch seconds; None when no pace can be told from these blocks."""
    paces = [
        (newest.at - one.at) / (newest.number - one.number)
        for one in earlier
        if one.number < newest.number and one.at < newest.at
    ]
    if not paces:
        return None
    left = max(height - newest.number, 0)
    spread = 2 * sum(paces) / len(paces) * sqrt(left)
    return max(newest.at + left * min(paces) - spread, newest.at), newest.at + left * max(paces) + spread
