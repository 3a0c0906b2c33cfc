"""Incidents on both engines: only approved texts, one of a name, and exactly those affected hear of the end."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from core.errors import Conflict
from core.store.broadcasts import Draft, Group
from core.store.database import Db
from core.store.rooms import Store
from core.store.rows import Affected, AuditLine, Batch, NewEffect, Subscriber
from tests.broadcast.approval import digest
from tests.store.conftest import Reopen
from tests.store.test_postgres import database

MOST = 2
ALL = Group(("face",), ("face",), ("zh", "en"))


def line(at: float = 5.0) -> AuditLine:
    return AuditLine(at, "ada", "incident", "slow")


async def approved(store: Store, name: str = "slow") -> None:
    body = f'{{"name":"{name}"}}'
    await store.broadcasts.write(Draft(name, name.upper(), "ada", "", body, digest(body)), line(), 1.0)
    await store.broadcasts.move(name, 1, ["draft"], "in_review", "", line())
    assert await store.broadcasts.approve(name, 1, digest(body), "bob", 0, line())


async def begin(store: Store, name: str = "slow", person: str = "ada") -> int | None:
    post = [NewEffect(f"{name}:opened", "staff|n", 0, "send", '["face","-5","",""]', "[]", 1.0)]
    return await store.incidents.begin(name, person, MOST, line(), post)


async def test_only_what_two_people_approved_is_ever_shown(reopen: Reopen) -> None:
    store, other = await reopen(), await reopen()
    assert await begin(store) is None, "there is no such text"
    body = "{}"
    await store.broadcasts.write(Draft("slow", "SLOW", "ada", "", body, digest(body)), line(), 1.0)
    assert await begin(store) is None, "nobody approved it"
    assert not await store.incidents.was_open("slow", 1)

    def forged(db: Db) -> None:
        db.execute(
            "INSERT INTO incident (number, name, version, opened_at, opened_by) VALUES (9, 'slow', 1, 1, 'ada')"
        )

    with pytest.raises(Conflict):
        await database(store).write(forged)
    for name in ("one", "two", "three"):
        await approved(store, name)
    came = await asyncio.gather(begin(store, "one"), begin(other, "one"), return_exceptions=True)
    assert sum(number == 1 for number in came) == 1
    assert [row.name for row in await other.incidents.open()] == ["one"]
    assert await begin(store, "two") == 2
    assert await begin(store, "three") is None, "too many"
    assert not await store.incidents.change(1, "two", line(), []), "another incident shows it"
    assert not await store.incidents.change(1, "slow", line(), []), "nobody approved it"
    assert await store.incidents.change(1, "three", line(), [])
    rows = {row.number: (row.name, row.change) for row in await store.incidents.open()}
    assert rows == {1: ("three", 2), 2: ("two", 1)}
    queued = [row.key for row in await store.outbox.listing("queued", 9)]
    assert sorted(queued) == ["one:opened", "two:opened"]


async def test_those_affected_and_nobody_else(store: Store) -> None:
    await approved(store)
    assert await begin(store) == 1
    people = [Subscriber("face", str(n), str(n), "zh", 1.0) for n in range(5)]
    read = [Affected(1, "face", user, 2.0) for user in ("0", "1", "2")]
    await store.turns.commit(Batch(people=people, affected=[*read, Affected(2, "face", "4", 2.0)]))
    await store.turns.commit(Batch(affected=read[:1]))
    assert await store.incidents.affected(1) == 3
    await store.broadcasts.opt_out("face", "1", 3.0)
    closing = await store.incidents.close(1, "ada", line(), [])
    assert closing == (True, True)
    assert await store.incidents.close(1, "ada", line(), []) == (False, False)
    (moment,) = await store.broadcasts.moments("slow", 1)
    assert (moment.slot, moment.due) == ("1", 10.0), "when no process shows the banner any more"
    kept = await store.broadcasts.find("slow")
    assert kept
    assert kept.state == "scheduled"
    page = await store.broadcasts.page(replace(ALL, incident=1), ("", ""), 100)
    assert [one.user for one in page.people] == ["0", "2"]
    assert (await store.broadcasts.page(replace(ALL, incident=-1), ("", ""), 100)).people == []
    assert await begin(store) == 2, "the text lies ready again"
    (row, *_) = await store.incidents.listing(9)
    assert (row.number, row.people, row.closed_by) == (2, 1, "")


async def test_what_somebody_wrote_into_the_table_is_not_read(store: Store) -> None:
    await approved(store)
    await begin(store)
    assert len(await store.incidents.hanging()) == 1
    forged = "UPDATE broadcast_version SET content = '{}' WHERE name = 'slow'"
    await database(store).write(lambda db: db.execute(forged).rowcount)
    assert await store.incidents.hanging() == [], "its hash is not the one that two people approved"


async def test_whom_it_affected_is_forgotten_in_time(store: Store) -> None:
    await approved(store)
    await begin(store)
    await store.turns.commit(Batch(affected=[Affected(1, "face", who, 2.0) for who in "012"]))
    assert await store.incidents.purge(100.0, 9) == 0, "it is open"
    await store.incidents.close(1, "ada", line(), [])
    assert await store.incidents.purge(5.0, 9) == 0
    assert [await store.incidents.purge(5.1, 2) for _ in range(3)] == [2, 1, 0], "a slice at a time"
    assert await store.incidents.affected(1) == 0


async def test_a_closing_that_nobody_needs_to_hear_of_tells_nobody(store: Store) -> None:
    await approved(store)
    await begin(store)
    assert await store.incidents.close(1, "bob", line(), []) == (True, False)
    assert await store.broadcasts.moments("slow", 1) == []
    assert await begin(store) == 2
    assert [(one.number, one.name, one.change) for one in await store.incidents.hanging()] == [(2, "slow", 1)]
    await store.turns.commit(Batch(affected=[Affected(2, "face", "0", 2.0)]))
    assert await store.broadcasts.move("slow", 1, ["approved"], "cancelled", "", line())
    assert [row.number for row in await store.incidents.open()] == [2], "somebody has to close it"
    assert await store.incidents.hanging() == [], "but nobody reads it any more"
    assert await store.incidents.close(2, "bob", line(), []) == (True, False)
