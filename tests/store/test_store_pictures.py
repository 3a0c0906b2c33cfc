"""The contract of pictures, for every engine; and what channels ask of them when a store fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.conversation.picture import measured
from core.errors import Malformed, NotSent
from core.runtime.album import NEWEST, StoredAlbum
from core.store.broadcasts import Draft
from core.store.database import Db
from core.store.rooms import Store
from core.store.rows import AuditLine
from core.store.sql.store import SqlStore
from core.store.sqlite import open_sqlite
from tests.broadcast.approval import digest
from tests.pictures import jpeg, qr

DATA = qr()
NAME = measured(DATA).name


async def test_a_picture_lies_there_once_and_is_found_as_it_was(store: Store) -> None:
    room = store.pictures
    assert await room.find(NAME) is None
    for _ in range(2):
        await room.put(NAME, DATA)
    assert await room.find(NAME) == DATA


async def test_what_a_platform_calls_it_is_remembered_for_each_account(store: Store) -> None:
    room = store.pictures
    await room.put(NAME, DATA)
    assert await room.known("c:1", NAME) == ""
    for ref in ("first", "second"):
        await room.remember("c:1", NAME, ref)
    assert (await room.known("c:1", NAME), await room.known("c:2", NAME)) == ("second", "")


async def test_pictures_of_drafts_that_were_given_up_are_forgotten(store: Store) -> None:
    room, line = store.broadcasts, AuditLine(1.0, "ada", "b", "c")
    pictures = {
        name: jpeg(30 + number, 30) for number, name in enumerate(("gone", "anew", "stays", "official"))
    }
    names = {name: measured(data).name for name, data in pictures.items()}
    for name, data in pictures.items():
        await store.pictures.put(names[name], data)
        await store.pictures.remember("c:1", names[name], "ref")

    async def write(name: str, shown: str) -> str:
        body = f'{{"picture":"{shown}"}}'
        await room.write(Draft(name, name.upper(), "ada", "", body, digest(body)), line, 1.0)
        return digest(body)

    await write("gone", names["gone"])
    await room.move("gone", 1, ["draft"], "cancelled", "", line)
    await write("anew", names["anew"])
    await write("anew", "")
    seen = await write("stays", names["stays"])
    assert await store.pictures.purge() == 2
    assert [name for name in pictures if await store.pictures.find(names[name])] == ["stays", "official"]
    assert await store.pictures.known("c:1", names["gone"]) == ""
    await room.move("stays", 1, ["draft"], "in_review", "", line)
    assert await room.approve("stays", 1, seen, "bob", 1, line)
    await room.move("stays", 1, ["approved"], "cancelled", "", line)
    assert await store.pictures.purge() == 0, "whoever got it may ask what it showed"


async def test_bytes_that_somebody_changed_are_not_what_the_name_says(store: Store) -> None:
    assert isinstance(store, SqlStore)
    await store.pictures.put(NAME, DATA)

    def change(db: Db) -> int:
        return db.execute("UPDATE picture SET body = ?", ("AAAA",)).rowcount

    assert await store.database.write(change) == 1
    assert await store.pictures.find(NAME) is None
    with pytest.raises(Malformed):
        await StoredAlbum(store.pictures).bytes_of(NAME)


async def test_an_album_keeps_the_newest_in_memory_and_a_failing_store_is_a_delay(tmp_path: Path) -> None:
    store = await open_sqlite(tmp_path / "helpline.db")
    album = StoredAlbum(store.pictures)
    many = [jpeg(width, 30) for width in range(30, 31 + NEWEST)]
    names = [measured(data).name for data in many]
    for name, data in zip(names, many, strict=True):
        await store.pictures.put(name, data)
        assert await album.bytes_of(name) == data
    await album.remember("c:1", names[0], "ref")
    await store.close()
    assert await album.bytes_of(names[-1]) == many[-1]
    assert await album.known("c:1", names[0]) == "ref"
    await album.remember("c:1", names[1], "kept only here")
    assert await album.known("c:1", names[1]) == "kept only here"
    with pytest.raises(NotSent):
        await album.bytes_of(names[0])
    with pytest.raises(NotSent):
        await album.known("c:1", names[2])
