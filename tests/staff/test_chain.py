"""The audit's chain: whoever changes, adds, takes away or cuts a line is found."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from core.staff.chain import LAG, Chain
from core.store.rows import AuditLine
from core.store.sql.store import SqlStore
from core.store.sqlite import open_sqlite

KEY = b"k" * 32


@pytest.fixture
async def store() -> AsyncIterator[SqlStore]:
    one = await open_sqlite(":memory:")
    assert isinstance(one, SqlStore)
    yield one
    await one.close()


async def filled(store: SqlStore, seals: int = 3, lines: int = 4) -> Chain:
    chain = Chain(store.staff, KEY)
    for seal in range(seals):
        for number in range(lines):
            await store.audit.append(AuditLine(seal * 100.0 + number, "ada", "did", f"thing {number}", "说"))
        assert await chain.seal(seal * 100.0 + lines + LAG)
    return chain


async def raw(store: SqlStore, sql: str) -> None:
    await store.database.write(lambda db: db.execute(sql).rowcount)


async def test_a_record_that_nobody_touched_is_whole(store: SqlStore) -> None:
    chain = await filled(store)
    await store.audit.append(AuditLine(900.0, "bob", "did", "later"))
    found = await chain.verify()
    assert (found.fine, found.seals, found.lines, found.open) == (True, 3, 12, 1)
    assert await chain.seal(900.0) is None, "what is younger than the lag rests"
    assert await chain.seal(900.0 + LAG) is not None
    assert (await chain.verify(found.head[:16])).fine, "a head stays known when the chain goes on"


@pytest.mark.parametrize(
    "how",
    [
        "UPDATE audit SET actor = 'eve' WHERE id = 6",
        "UPDATE audit SET at = at + 1 WHERE id = 6",
        "DELETE FROM audit WHERE id = 6",
        "UPDATE audit SET id = 600 WHERE id = 6",
        "INSERT INTO audit (id, at, actor, action, subject, detail) VALUES (0, 1, 'a', 'b', 'c', 'd')",
        "UPDATE audit_seal SET last = 7 WHERE number = 2",
        "UPDATE audit_seal SET mac = 'ab' || substr(mac, 3) WHERE number = 2",
        "DELETE FROM audit_seal WHERE number = 2",
    ],
)
async def test_every_change_is_found_at_its_seal(store: SqlStore, how: str) -> None:
    chain = await filled(store)
    await raw(store, how)
    found = await chain.verify()
    assert not found.fine
    assert found.broken in ((2,) if "VALUES (0" not in how else (1,))


async def test_a_cut_end_is_found_by_the_head_that_was_posted(store: SqlStore) -> None:
    chain = await filled(store)
    head = (await chain.verify()).head
    await raw(store, "DELETE FROM audit_seal WHERE number = 3")
    await raw(store, "DELETE FROM audit WHERE id > 8")
    assert (await chain.verify()).fine, "nothing inside the record can tell"
    assert not (await chain.verify(head[:16])).fine


async def test_who_has_not_the_key_cannot_seal_anew(store: SqlStore) -> None:
    await filled(store)
    assert (await Chain(store.staff, b"x" * 32).verify()).broken == 1


async def test_two_who_seal_at_once_make_one_chain(store: SqlStore) -> None:
    one, other = Chain(store.staff, KEY), Chain(store.staff, KEY)
    await store.audit.append(AuditLine(1.0, "ada", "did", "it"))
    head = await store.staff.head()
    assert head is None
    made = [await one.seal(100.0), await other.seal(100.0)]
    assert [bool(row) for row in made] == [True, False]
    assert (await one.verify()).fine
