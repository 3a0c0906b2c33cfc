"""The contract of snapshots, for every engine."""

from __future__ import annotations

from core.store.rooms import Store
from core.store.snapshots import Snapshot

ETHEREUM, POLYGON = Snapshot("0xa", "Ethereum", "{1}"), Snapshot("0xa", "Polygon", "{2}")


async def test_a_snapshot_lasts_as_long_as_the_one_who_needs_it_longest(store: Store) -> None:
    room = store.snapshots
    await room.keep([ETHEREUM, POLYGON], until=100.0, now=1.0)
    await room.keep([Snapshot("0xa", "Ethereum", "{3}")], until=50.0, now=2.0)
    assert await room.recall("0xa", 99.0) == ["{3}", "{2}"]
    assert await room.recall("0xa", 100.0) == []
    assert await room.recall("0xb", 1.0) == []


async def test_what_is_past_its_time_goes_with_the_next_one_or_at_night(store: Store) -> None:
    room = store.snapshots
    await room.keep([ETHEREUM], until=10.0, now=1.0)
    await room.keep([Snapshot("0xb", "Ethereum", "{}")], until=30.0, now=10.0)
    assert await room.recall("0xa", 0.0) == []
    assert await room.purge(29.0) == 0
    assert await room.purge(30.0) == 1


async def test_forgotten_on_every_network(store: Store) -> None:
    await store.snapshots.keep([ETHEREUM, POLYGON], until=10.0, now=1.0)
    await store.snapshots.forget("0xa")
    assert await store.snapshots.recall("0xa", 1.0) == []
