"""The keys of a data folder: made once, whole and private, however many start at once; and who shares a database shares them."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier

import pytest
from pydantic import SecretStr

from bots.settings import Settings
from core.config import Secrets
from core.config import Store as StoreSettings
from core.errors import ConfigError
from core.runtime.clock import OurOwn
from core.runtime.keys import NAMES, Marks, kept, marks
from core.runtime.member import Member
from core.runtime.service import Service, open_service
from core.store.sqlite import open_sqlite
from tests.app.harness import ROOT
from tests.postgres import Server

ROUTE, AUDIT = NAMES


def test_those_who_start_at_once_have_one_key(tmp_path: Path) -> None:
    for number in range(20):
        path, start = tmp_path / f"{number}.key", Barrier(4)

        def make(path: Path = path, start: Barrier = start) -> bytes:
            start.wait()
            return kept(path)

        with ThreadPoolExecutor(4) as pool:
            found = {one.result() for one in [pool.submit(make) for _ in range(4)]}
        assert len(found) == 1
        assert len(found.pop()) == 32
        assert path.stat().st_mode & 0o777 == 0o600
    assert len(list(tmp_path.iterdir())) == 20


def keys(route: str, audit: str = "audit", before: str = "") -> Secrets:
    given = {
        "route_key": SecretStr(route),
        "audit_key": SecretStr(audit),
        "route_key_before": SecretStr(before),
    }
    return Secrets().model_copy(update=given)


@pytest.mark.parametrize(
    ("theirs", "differs"),
    [
        (keys("a"), ""),
        (keys("a", before="z"), ""),
        (keys("old"), ""),
        (keys("b"), ROUTE),
        (keys("b", "other"), ROUTE),
        (keys("a", "other"), AUDIT),
        (keys("a", "old"), AUDIT),
    ],
)
def test_keys_are_told_apart_by_their_marks(tmp_path: Path, theirs: Secrets, differs: str) -> None:
    assert marks(keys("a", before="old"), tmp_path).differs(marks(theirs, tmp_path).ours) == differs


def test_the_marks_show_no_key_and_whoever_has_none_is_not_refused(tmp_path: Path) -> None:
    ours = marks(keys("a-long-secret-of-ours"), tmp_path)
    assert [len(mark) for mark in ours.ours] == [8, 8]
    assert "a-long-secret" not in repr(ours)
    assert (ours.differs(()), Marks().differs(ours.ours)) == ("", "")


async def test_who_joins_those_with_other_keys_is_refused_until_their_leases_are_over() -> None:
    store, now = await open_sqlite(":memory:"), [1000.0]

    async def anew() -> None: ...

    def member(mark: str) -> Member:
        ours = Marks((mark, "audit"), ((), ()))
        return Member(store.workers, 5.0, OurOwn(lambda: now[0]), lambda: None, anew, ours)

    await member("a").join()
    await member("a").join()
    stranger = member("b")
    with pytest.raises(ConfigError, match=ROUTE):
        await stranger.join()
    await stranger.leave()
    now[0] += 5.0
    await stranger.join()
    await store.close()


async def test_a_process_with_a_folder_of_its_own_says_which_key_is_missing(
    tmp_path: Path, postgres: Server
) -> None:
    url = postgres.ready()

    async def opened(folder: str) -> Service:
        settings = Settings(flows=ROOT / "flows", data=tmp_path / folder, store=StoreSettings(url=url))
        return await open_service(settings, Secrets(), lambda _sign, _library: [], {}, time.time)

    first, second = await opened("one"), await opened("two")
    ready = asyncio.Event()
    running = asyncio.create_task(first.run(ready.set))
    await asyncio.wait({running, asyncio.create_task(ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
    with pytest.raises(ConfigError, match=ROUTE):
        await second.run()
    assert len(await first.store.workers.owners()) == 1, "who was refused is no worker"
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    for service in (first, second):
        await service.store.close()
