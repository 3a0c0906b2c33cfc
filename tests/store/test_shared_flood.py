"""Several processes that receive count what one person writes together, on both engines."""

from __future__ import annotations

from core.runtime.flood import FEW, FLOOD, SharedBuckets
from tests.store.conftest import Reopen


async def test_several_receivers_count_one_person_together(reopen: Reopen) -> None:
    burst, receivers = 8, 4
    stores = [await reopen() for _ in range(receivers)]
    each = [SharedBuckets(burst, 1.0, store.rates) for store in stores]
    calm = 0
    for number in range(80):
        (hurried,) = await each[number % receivers].hurried(["p"], 10.0)
        calm += not hurried
    assert burst <= calm <= burst + FEW * receivers
    assert await each[0].hurried(["p", "q", "p"], 10.0) == [True, False, True], "and nobody else is hindered"
    assert await each[1].hurried(["p"], 10.0 + burst) == [False], "a full bucket is a new beginning"


async def test_a_batch_of_one_person_is_told_at_once_and_counted_one_by_one(reopen: Reopen) -> None:
    store = await reopen()
    found = await SharedBuckets(5, 1.0, store.rates).hurried(["p"] * 7 + ["q"], 10.0)
    assert found == [False] * 5 + [True] * 2 + [False]
    assert await SharedBuckets(0, 1.0, store.rates).hurried(["p"], 10.0) == [False]


async def test_who_writes_now_and_then_is_counted_nowhere_else(reopen: Reopen) -> None:
    store = await reopen()
    buckets = SharedBuckets(5, 1.0, store.rates)
    for number in range(10):
        await buckets.hurried(["p"], 10.0 + 3 * number)
    assert await store.rates.counted(FLOOD, "p") == ""


async def test_a_flood_that_is_thin_at_each_receiver_is_found(reopen: Reopen) -> None:
    """Four a second, of which each sees one: no bucket of its own would ever be less than full."""
    stores = [await reopen() for _ in range(4)]
    each = [SharedBuckets(8, 1.0, store.rates) for store in stores]
    late = [await each[n % 4].hurried(["p"], 10.0 + n / 4) for n in range(80)][40:]
    assert late == [[True]] * 40
