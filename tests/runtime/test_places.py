"""So many at once, in the order in which they came, and nobody who goes away takes a place along."""

from __future__ import annotations

import asyncio

import pytest

from core.runtime.places import Places


async def test_whoever_comes_later_waits_in_order() -> None:
    places, entered = Places(2), []

    async def come(name: int) -> None:
        if not places.enter():
            await places.turn()
        entered.append(name)

    tasks = [asyncio.create_task(come(name)) for name in range(5)]
    await asyncio.sleep(0)
    assert (entered, places.free) == ([0, 1], 0)
    for many in (3, 4, 5):
        places.leave()
        await asyncio.sleep(0)
        assert entered == list(range(many))
    await asyncio.gather(*tasks)
    places.leave()
    assert places.free == 1


@pytest.mark.parametrize("late", [False, True])
async def test_who_is_sent_away_leaves_no_gap(late: bool) -> None:
    """Before their turn came, or in the very moment in which it came."""
    places = Places(1)
    assert places.enter()
    away, next_one = asyncio.create_task(places.turn()), asyncio.create_task(places.turn())
    await asyncio.sleep(0)
    if late:
        places.leave()
    away.cancel()
    with pytest.raises(asyncio.CancelledError):
        await away
    if not late:
        places.leave()
    await asyncio.wait_for(next_one, 5)
    assert places.free == 0
