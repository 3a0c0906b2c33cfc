"""What a rule decides, and when a block will come: whatever is seen in whatever order."""

from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from core.chain.mined import Mined
from core.notices.heights import reached
from core.notices.occasions import Lasting, Open, Phase, Sight, decide

PHASES = st.sampled_from(get_args(Phase))
KEYS = st.sampled_from(("", "1", "2"))
STEPS = st.sampled_from(("72h", "24h"))


@given(st.lists(st.tuples(PHASES, KEYS, STEPS), max_size=40))
def test_an_occasion_begins_once_repeats_no_step_and_ends_once(seen: list[tuple[Phase, str, str]]) -> None:
    open_: Open | None = None
    for phase, key, step in seen:
        deed = decide(open_, Sight(phase, key, step))
        if phase == "unknown":
            assert deed == "nothing"
        match deed:
            case "begin":
                assert open_ is None
                assert phase == "trouble"
                open_ = Open(key or "now", frozenset({step}))
            case "again":
                assert open_ is not None
                assert step not in open_.steps
                open_ = Open(open_.key, open_.steps | {step})
            case "move":
                assert open_ is not None
                assert key not in ("", open_.key)
                open_ = Open(key, frozenset())
            case "end":
                assert open_ is not None
                assert phase == "calm"
                open_ = None


@given(st.lists(st.tuples(st.sampled_from((True, False, None)), st.floats(0, 100)), max_size=40))
def test_what_flickers_counts_for_nothing(seen: list[tuple[bool | None, float]]) -> None:
    lasting, now, run, since = Lasting(60), 0.0, None, 0.0
    for bad, after in seen:
        now += after
        phase, told = lasting.see(bad, now)
        if bad is None:
            assert phase == "unknown"
            continue
        if bad is not run:
            run, since = bad, now
        expected = "unknown" if now - since < 60 else "trouble" if bad else "calm"
        assert (phase, told) == (expected, since)


@given(
    st.floats(0.5, 700),
    st.integers(1, 3000),
    st.integers(1, 100_000),
    st.floats(1e9, 2e9),
    st.floats(0.5, 2.0),
)
def test_a_range_holds_the_moment_that_the_pace_gives(
    pace: float, behind: int, left: int, at: float, drift: float
) -> None:
    newest = Mined(10_000, "", "", (), at)
    earlier = [
        Mined(10_000 - behind, "", "", (), at - behind * pace),
        Mined(1, "", "", (), at - 9_999 * pace * drift),
    ]
    found = reached(newest, earlier, 10_000 + left)
    assert found is not None
    low, high = found
    slack = 1e-6 * at
    assert at <= low <= high
    assert low - slack <= at + left * pace <= high + slack
    assert low - slack <= at + left * pace * drift <= high + slack


def test_blocks_of_one_moment_tell_no_pace() -> None:
    newest = Mined(5, "", "", (), 100.0)
    assert reached(newest, [Mined(4, "", "", (), 100.0), newest], 9) is None
