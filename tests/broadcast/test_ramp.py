"""How much of an audience may have a broadcast by now, and what stops it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.broadcast.ramp import FEWEST, LATEST, RAMP, TOLERANCE, allowed, strayed, trips


@given(st.integers(0, 10**7))
def test_every_stage_reaches_more_and_none_more_than_was_approved(approved: int) -> None:
    stages = [allowed(approved, stage) for stage in range(len(RAMP) + 2)]
    assert stages[0] == 0, "the staff first"
    assert all(before <= after for before, after in pairwise(stages))
    assert stages[-1] <= approved * (1 + TOLERANCE) + 1
    assert not strayed(approved, approved)
    assert strayed(2 * approved + 1, approved)


@given(st.integers(0, LATEST), st.integers(0, LATEST), st.integers(0, LATEST))
def test_who_blocked_us_never_stops_it_and_one_in_ten_that_went_wrong_does(
    sent: int, failed: int, blocked: int
) -> None:
    ended = ["sent"] * sent + ["failed"] * failed + ["blocked"] * blocked
    wrong = sent + failed >= FEWEST and 10 * failed > sent + failed
    assert trips(ended) is wrong  # type: ignore[arg-type]
