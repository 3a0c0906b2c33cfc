"""How much of its audience a broadcast may have by now, and what stops it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from core.store.broadcasts import Outcome

TOLERANCE = 0.1
"""How much an audience may have changed since it was approved."""
RAMP = (0.01, 0.1, 1.0)
"""How much of the audience each stage reaches in all."""
LATEST, FEWEST, WORST = 200, 20, 0.1
"""The breaker: of the last so many since it runs, when there are at least so many, more than this share went wrong. Whoever
resumes it has seen what went wrong before."""


def strayed(people: int, approved: int) -> bool:
    """Whether an audience is another one than the one that was approved."""
    return abs(people - approved) > TOLERANCE * approved


def allowed(approved: int, stage: int) -> int:
    """How many people may have it at this stage; never more than were approved, within the tolerance."""
    if stage == 0:
        return 0
    share = RAMP[min(stage, len(RAMP)) - 1]
    return ceil(approved * (share if share < 1 else 1 + TOLERANCE))


def trips(ended: Sequence[Outcome]) -> bool:
    """Whether too many of these went wrong; who blocked us is no error."""
    tried = [one for one in ended if one != "blocked"]
    return len(tried) >= FEWEST and sum(one != "sent" for one in tried) > WORST * len(tried)
