"""A store with a few people, and a broadcast that was written, approved and begun in it."""

from __future__ import annotations

import hashlib
import json

from core.store.broadcasts import Draft, Group, Moment, Reached
from core.store.rows import AuditLine, Batch, NewEffect, Subscriber
from core.store.sql.store import SqlStore
from core.store.sqlite import open_sqlite

NAME = "upgrade"
EVERYBODY = Group(("face",), ("face",), ("zh", "en"))
FACES = 6


def line(at: float = 1.0) -> AuditLine:
    return AuditLine(at, "test", "test", NAME)


def content(text: str) -> str:
    return json.dumps({"zh": text})


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def draft(author: str, text: str, code: str = "CODE") -> Draft:
    body = content(text)
    return Draft(NAME, code, author, text, body, digest(body))


def row(person: Reached, version: int) -> NewEffect:
    address = json.dumps([person.channel, person.chat, person.user, ""])
    return NewEffect(f"b:{NAME}:{version}:{person.user}", person.user, 9, "deliver", address, "[]", 1.0)


async def opened() -> SqlStore:
    store = await open_sqlite(":memory:")
    assert isinstance(store, SqlStore)
    people = [Subscriber("face", str(n), str(n), "zh", 1.0) for n in range(FACES)]
    await store.turns.commit(Batch(people=people))
    return store


async def raw(store: SqlStore, sql: str, *values: object) -> int:
    """Somebody with an SQL prompt."""
    return await store.database.write(lambda db: db.execute(sql, values).rowcount)


async def running(store: SqlStore, people: int = FACES) -> int:
    """A broadcast that ada wrote and bob approved, on its way."""
    version = await store.broadcasts.write(draft("ada", "a"), line(), 1.0)
    assert version
    await store.broadcasts.move(NAME, version, ["draft"], "in_review", "", line())
    assert await store.broadcasts.approve(NAME, version, digest(content("a")), "bob", people, line())
    for was, to in (("approved", "scheduled"), ("scheduled", "running")):
        assert await store.broadcasts.move(NAME, version, [was], to, "", line())
    moment = Moment(NAME, version, "now", "", 1.0)
    await store.broadcasts.begin([moment])
    await store.broadcasts.slice(moment, EVERYBODY, people, lambda person: row(person, version), 1.0)
    return version
