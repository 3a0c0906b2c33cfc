"""Deliveries of a broadcast in the store: held, given up, uncertain, or left by their person."""

from __future__ import annotations

from core.conversation.model import Address, Erase
from core.runtime.effects import low_row
from core.store.broadcasts import Reached
from core.store.queries import SQL
from core.store.rows import Settled
from tests.broadcast.approval import (
    EVERYBODY,
    FACES,
    NAME,
    content,
    digest,
    draft,
    line,
    opened,
    raw,
    row,
    running,
)


async def test_what_is_paused_waits_what_goes_on_goes_on_and_what_is_stopped_is_given_up() -> None:
    store = await opened()
    version = await running(store)
    keys = [f"b:{NAME}:{version}:{n}" for n in range(FACES)]
    assert await store.broadcasts.claim(keys[0], 2.0, 3.0) == (content("a"), "zh")
    assert await store.broadcasts.move(NAME, version, ["running"], "paused", "", line(4.0))
    assert await store.broadcasts.claim(keys[1], 5.0, 6.0) == "wait"
    assert [one.key for one in await store.outbox.due(1e6, 99)] == [keys[0]]
    assert await store.broadcasts.move(NAME, version, ["paused"], "running", "", line(7.0))
    assert len(await store.outbox.due(7.0, 99)) == FACES
    await store.outbox.settle([Settled(keys[1], "done", "77")], [], [], 8.0)
    assert await store.broadcasts.move(NAME, version, ["running"], "cancelled", "enough", line(9.0))
    await store.outbox.settle([Settled(keys[0], "done", "78")], [], [], 10.0)
    tally = {one.outcome: one.people for one in await store.broadcasts.tally(NAME, version)}
    assert tally == {"sent": 2, "failed": FACES - 2}, "what was in hand still tells how it ended"
    report = {
        one.key: (one.outcome, one.ref, one.error) for one in await store.broadcasts.report(NAME, "", 99)
    }
    assert report[keys[1]] == ("sent", "77", "")
    assert report[keys[2]] == ("failed", "", "stopped")
    await store.close()


async def test_who_held_a_message_and_never_said_how_it_ended_leaves_it_uncertain() -> None:
    store = await opened()
    version = await running(store, 1)
    key = f"b:{NAME}:{version}:0"
    assert isinstance(await store.broadcasts.claim(key, 2.0, 90.0), tuple)
    assert await store.broadcasts.claim(key, 89.0, 200.0) == "wait"
    assert await store.broadcasts.claim(key, 91.0, 200.0) == "lost"
    assert await store.broadcasts.queued(NAME, version)
    await store.outbox.settle([Settled(key, "uncertain")], [], [], 92.0)
    assert not await store.broadcasts.queued(NAME, version)
    await store.close()


async def test_whoever_blocks_or_leaves_meanwhile_is_counted_and_holds_up_nobody() -> None:
    store = await opened()
    version = await running(store)
    await store.people.blocked("face", "1", 2.0)
    await store.broadcasts.opt_out("face", "2", 2.0)
    rest = [f"b:{NAME}:{version}:{n}" for n in (0, 3, 4, 5)]
    await store.outbox.settle([Settled(key, "done") for key in rest], [], [], 3.0)
    assert not await store.broadcasts.queued(NAME, version)
    tally = {one.outcome: one.people for one in await store.broadcasts.tally(NAME, version)}
    assert tally == {"sent": 4, "blocked": 1, "failed": 1}
    page = await store.broadcasts.page(EVERYBODY, ("", ""), 99)
    assert [person.user for person in page.people] == ["0", "3", "4", "5"]
    await store.broadcasts.opt_in("face", "2")
    assert len((await store.broadcasts.page(EVERYBODY, ("", ""), 99)).people) == 5
    await store.close()


async def test_who_leaves_takes_back_neither_what_is_on_the_wire_nor_what_is_recalled() -> None:
    store = await opened()
    version = await running(store)
    key = f"b:{NAME}:{version}:2"
    assert isinstance(await store.broadcasts.claim(key, 2.0, 90.0), tuple)
    await store.broadcasts.queue_once([low_row("r:2", Address("face", "2", "2"), Erase("9", True), 2.0)])
    await store.broadcasts.opt_out("face", "2", 3.0)
    await store.outbox.settle([Settled(key, "done", "9")], [], [], 4.0)
    outcomes = {one.user: one.outcome for one in await store.broadcasts.report(NAME, "", 99)}
    assert outcomes["2"] == "sent", "a recall finds it"
    assert "r:2" in [row.key for row in await store.outbox.listing("queued", 99)]
    await store.close()


async def test_what_is_approved_but_not_begun_leaves_by_no_path() -> None:
    store = await opened()
    version = await store.broadcasts.write(draft("ada", '"at":"series"'), line(), 1.0)
    assert version
    await store.broadcasts.move(NAME, version, ["draft"], "in_review", "", line())
    seen = digest(content('"at":"series"'))
    assert await store.broadcasts.approve(NAME, version, seen, "bob", 1, line())
    forged = row(Reached("face", "1", "1", "zh", ""), version)
    await store.broadcasts.queue_once([forged])
    what = (forged.key, NAME, version, "face", "1", "1", "zh", 1.0)
    await raw(store, SQL["delivery_add"], *what)
    assert await store.broadcasts.claim(forged.key, 2.0, 90.0) == "no"
    await store.close()
