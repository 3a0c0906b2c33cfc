"""The room of watches on both engines: begun once, found by what there is news of, told once, gone without a trace."""

from __future__ import annotations

from dataclasses import replace

from core.store.rooms import Store
from core.store.rows import NewEvent
from core.store.watches import Told, WatchRow

NOW = 1_000.0


def watch(id_: str, transaction_id: str = "0xa", lane: str = "main|1|1", **more: object) -> WatchRow:
    row = WatchRow(id_, lane, "[]", "f", "Bitcoin", transaction_id, "credited", NOW + 100)
    return replace(row, **more)  # type: ignore[arg-type]


def told(row: WatchRow, keeps: WatchRow | None, block: str = "b1", *, begins_bar: bool = False) -> Told:
    says = NewEvent("main", f"watch:{row.id}:progress:{block}", row.lane, "{}")
    return Told(row, keeps, "progress", block, says, begins_bar)


async def test_a_watch_is_begun_once_and_a_person_has_so_many(store: Store) -> None:
    begin = store.watches.begin
    assert await begin(watch("w1"), 2) == "watching"
    assert await begin(watch("w1"), 2) == "watching"
    assert await begin(watch("w2"), 2) == "already"
    assert await begin(watch("w3", "0xb"), 2) == "watching"
    assert await begin(watch("w4", "0xc"), 2) == "full"
    assert await begin(watch("w5", "0xa", "main|2|2"), 2) == "watching"
    assert await store.watches.networks() == ["Bitcoin"]


async def test_they_are_found_by_what_there_is_news_of(store: Store) -> None:
    rows = [
        watch("w1", look_at=NOW),
        watch("w2", "0xb", block=7, block_hash="0x7", due=9, look_at=NOW),
        watch("w3", "0xc", look_at=NOW + 50, until=NOW),
    ]
    for row in rows:
        await store.watches.begin(row, 9)
    many = [f"0x{number}" for number in range(1500)]
    assert await store.watches.found("Bitcoin", [*many, "0xb", "0xa"]) != []
    assert {row.id for row in await store.watches.found("Bitcoin", [*many, "0xb", "0xa"])} == {"w1", "w2"}
    assert await store.watches.found("TRON", ["0xa"]) == []
    assert await store.watches.found("Bitcoin", []) == []
    assert await store.watches.of_blocks("Bitcoin", ["0x7", "0x8"]) == [rows[1]]
    assert await store.watches.due("Bitcoin", 8, 9) == []
    assert await store.watches.due("Bitcoin", 9, 9) == [rows[1]]
    assert await store.watches.to_look("Bitcoin", NOW, 9) == [rows[0]]
    assert await store.watches.over(NOW, 9) == [rows[2]]


async def test_a_notice_is_told_once_for_each_block(store: Store) -> None:
    row = watch("w1")
    await store.watches.begin(row, 9)
    tips = [("Bitcoin", 1, "b1")]
    events, gone = await store.watches.commit([told(row, row, begins_bar=True)], tips, 5, NOW)
    assert ([event.lane for event in events], gone) == (["main|1|1"], [])
    (kept,) = await store.watches.found("Bitcoin", ["0xa"])
    assert kept.message == f"i{events[0].id}.0"
    assert (await store.watches.commit([told(row, kept)], tips, 5, NOW))[0] == []
    assert len((await store.watches.commit([told(row, kept, "b2")], tips, 5, NOW))[0]) == 1


async def test_the_end_leaves_nothing_and_says_what_nobody_needs(store: Store) -> None:
    first, other = watch("w1"), watch("w2", lane="main|2|2")
    await store.watches.begin(first, 9)
    await store.watches.begin(other, 9)
    events, gone = await store.watches.commit([told(first, None)], [], 5, NOW)
    assert (len(events), gone) == (1, [])  # somebody else still watches it
    follows = replace(other, transaction_id="0xnew")
    assert (await store.watches.commit([told(other, follows)], [], 5, NOW))[1] == ["0xa"]
    assert (await store.watches.commit([told(follows, None)], [], 5, NOW))[1] == ["0xnew"]
    assert await store.watches.networks() == []


async def test_only_the_newest_blocks_are_remembered(store: Store) -> None:
    for number in range(1, 9):
        await store.watches.commit([], [("Bitcoin", number, f"b{number}")], 5, NOW)
    assert await store.watches.tips("Bitcoin") == {number: f"b{number}" for number in range(4, 9)}
    await store.watches.commit([], [("Bitcoin", 6, "other")], 5, NOW)
    assert await store.watches.tips("Bitcoin") == {4: "b4", 5: "b5", 6: "other"}
    assert await store.watches.tips("TRON") == {}
