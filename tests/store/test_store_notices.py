"""Occasions and their drafts on both engines: each once, whoever writes, and never more than the limits."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from core.errors import Conflict
from core.store.broadcasts import Draft
from core.store.notices import HOUSE, Entry
from core.store.rooms import Store
from core.store.rows import AuditLine, NewEffect
from tests.broadcast.approval import digest
from tests.store.conftest import Reopen

BEGIN = Entry("begin", "fork", "1000", "72h", cooldown=100.0, a_day=2)


def line(at: float) -> AuditLine:
    return AuditLine(at, "notices", "occasion", "fork")


def draft(name: str) -> Draft:
    return Draft(name, name.upper(), HOUSE, "file", name, digest(name))


def card(key: str) -> list[NewEffect]:
    return [NewEffect(key, "staff|n", 0, "send", '["face","-5","",""]', "[]", 1.0)]


async def write(store: Store, entry: Entry, name: str = "", at: float = 1000.0) -> str:
    whole = replace(entry, draft=draft(name) if name else None)
    return await store.notices.write(whole, line(at), card(f"{name}:card"), card(f"{name}:held"))


async def test_an_occasion_and_its_draft_come_once(reopen: Reopen) -> None:
    one, two = await reopen(), await reopen()
    came = await asyncio.gather(*(write(store, BEGIN, "fork_1") for store in (one, two)))
    assert sorted(came) == ["known", "written"]
    assert [(found.rule, found.key) for found in await two.notices.open()] == [("fork", "1000")]
    assert await write(one, replace(BEGIN, key="2000"), "fork_2") == "known", "one is open"
    kept = await one.broadcasts.find("fork_1")
    assert kept
    assert (kept.state, kept.author) == ("draft", HOUSE)
    assert [row.key for row in await one.outbox.listing("queued", 9)] == ["fork_1:card"]

    again = replace(BEGIN, deed="again", step="24h", cooldown=None)
    assert await write(one, again, "fork_3") == "written"
    assert await write(one, again, "fork_4") == "known", "each step once"
    assert await write(one, replace(again, step="1h"), "fork_5") == "day"
    moved = Entry("move", "fork", "2000", "moved1", "1000", also=("72h",), retire=("fork_1",), reason="moved")
    assert await write(one, moved, "fork_6") == "written"
    assert await write(two, moved, "fork_7") == "known"
    past = await two.broadcasts.find("fork_1")
    assert past
    assert (past.state, past.reason) == ("expired", "moved")
    assert await write(one, replace(again, key="1000", step="0h"), "fork_8") == "known", "it moved away"
    ended = Entry("end", "fork", "2000", "over", retire=("fork_1", "fork_3", "nobody"))
    assert await write(one, ended) == "quiet"
    assert await write(two, ended) == "known"
    assert await two.notices.open() == []
    done = [(one.key, one.step, one.name, one.held) for one in await two.notices.of("fork", 0.0)]
    assert done == [
        ("1000", "1h", "", "day"), ("1000", "24h", "fork_3", ""), ("1000", "72h", "fork_1", ""),
        ("2000", "72h", "", ""), ("2000", "moved1", "fork_6", ""),
    ]  # fmt: skip
    assert [row.key for row in await one.outbox.listing("queued", 9)] == [
        ":card", "fork_6:card", "fork_5:held", "fork_3:card", "fork_1:card",
    ]  # fmt: skip


async def test_limits(store: Store) -> None:
    assert await write(store, BEGIN, "fork_1") == "written"
    assert await write(store, Entry("end", "fork", "1000", "over")) == "quiet"
    assert await write(store, replace(BEGIN, key="1"), "fork_2", 1099.0) == "cooldown"
    assert await write(store, Entry("end", "fork", "1", "over")) == "quiet"
    assert await write(store, replace(BEGIN, key="2"), "fork_3", 1100.0) == "written"
    assert await write(store, replace(BEGIN, rule="other"), "other_1", 1100.0) == "day"
    assert len(await store.notices.lately(1050.0, 9)) == 3
    tomorrow = 1100.0 + 86_400
    assert await write(store, replace(BEGIN, rule="third"), "third_1", tomorrow) == "written"


async def test_a_broadcast_of_that_name_is_left_alone(store: Store) -> None:
    await store.broadcasts.write(replace(draft("fork_1"), author="ada"), line(1.0), 1.0)
    assert await write(store, BEGIN, "fork_1") == "known"
    kept = await store.broadcasts.find("fork_1")
    assert kept
    assert (kept.author, kept.version) == ("ada", 1)
    assert await store.notices.open() == []


async def test_the_house_stands_behind_nothing(store: Store) -> None:
    """Not even by hand: nobody approves what nobody took over, and the house approves nothing."""
    await write(store, BEGIN, "fork_1")
    await store.broadcasts.move("fork_1", 1, ["draft"], "in_review", "", line(1.0))
    with pytest.raises(Conflict):
        await store.broadcasts.approve("fork_1", 1, digest("fork_1"), "bob", 1, line(1.0))
    own = replace(draft("mine"), author="ada")
    await store.broadcasts.write(own, line(1.0), 1.0)
    await store.broadcasts.move("mine", 1, ["draft"], "in_review", "", line(1.0))
    with pytest.raises(Conflict):
        await store.broadcasts.approve("mine", 1, own.hash, HOUSE, 1, line(1.0))
    assert await store.broadcasts.approve("mine", 1, own.hash, "bob", 1, line(1.0))


async def test_prices_of_the_last_hours(store: Store) -> None:
    for at in (1.0, 2.0, 3.0):
        await store.notices.price("btc", at, at * 10, 0.0)
    await store.notices.price("eth", 3.0, 5.0, 0.0)
    assert await store.notices.price("btc", 3.0, 99.0, 2.0) == [(2.0, 20.0), (3.0, 30.0)]
    assert await store.notices.purge(3.0) == 1
    assert await store.notices.price("eth", 4.0, 6.0, 0.0) == [(3.0, 5.0), (4.0, 6.0)], "of whatever rule"
