"""The first, second, ... nth call fails, of the store and of the platform: each time the conversation ends rightly."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, TypeVar

import pytest

from bots.local.faults import (
    BAD_GATEWAY,
    BAD_GATEWAY_BEFORE,
    BROKEN_JSON,
    CLOSE,
    CLOSE_BEFORE,
    HANG,
    HANG_BEFORE,
    RESET,
    SLOW_DOWN,
    TRUNCATED,
    Fault,
)
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Settings
from core.config import Store as StoreSettings
from core.conversation.library import Library
from core.errors import StoreError
from core.runtime import lanes, perform, turns, worker
from core.store.database import Database, Work
from core.store.rooms import Store
from core.store.sql.store import SqlStore
from tests.app.harness import ROOT, History, converse, expected, in_process, settled

HELD = 0.05
"""Seconds for which a hanging answer is held before the connection breaks."""
FAULTS = [
    replace(HANG, seconds=HELD),
    replace(HANG_BEFORE, seconds=HELD),
    RESET,
    CLOSE,
    CLOSE_BEFORE,
    BAD_GATEWAY,
    BAD_GATEWAY_BEFORE,
    BROKEN_JSON,
    TRUNCATED,
]
When = Literal["before", "after"]
"""Whether the call does nothing, or all that it should and its answer gets lost."""
T = TypeVar("T")


class Failing:
    """A database whose nth transaction from now on fails, once."""

    def __init__(self, database: Database, when: When) -> None:
        self.fence = database.fence
        self.left = 0
        self._database = database
        self._when = when

    async def read(self, work: Work[T]) -> T:
        """A picture of the database. It changes nothing, so losing its answer is the same as not asking."""
        trip = self._database.read(work)
        return await (self._meet(trip) if self._when == "before" else trip)

    async def write(self, work: Work[T]) -> T:
        """All or nothing."""
        return await self._meet(self._database.write(work))

    async def write_unfenced(self, work: Work[T]) -> T:
        """The same, of those who ask who leads."""
        return await self._meet(self._database.write_unfenced(work))

    async def close(self) -> None:
        """Let go."""
        await self._database.close()

    async def _meet(self, trip: Coroutine[Any, Any, T]) -> T:
        self.left -= 1
        if self.left:
            return await trip
        if self._when == "after":
            await trip
        trip.close()
        raise StoreError("The database server cannot be reached.")


@pytest.mark.parametrize(
    ("engine", "when"), [("sqlite", "before"), ("postgres", "before"), ("postgres", "after")]
)
async def test_every_call_of_the_store_may_fail(
    tmp_path: Path,
    library: Library,
    monkeypatch: pytest.MonkeyPatch,
    engine: str,
    when: When,
    request: pytest.FixtureRequest,
) -> None:
    """One conversation for each transaction of it, reads and claims and leases and all. Only a server's answer can
    get lost: what a file did not commit, it has not."""
    for room in (worker, turns):
        monkeypatch.setattr(room, "AGAIN", 0.01)
    monkeypatch.setattr(lanes, "SHARED_POLL", 0.1)
    database, settings = place(tmp_path, engine, request)
    failing = list[Failing]()

    def wrap(store: Store) -> Store:
        assert isinstance(store, SqlStore)
        failing.append(Failing(store.database, when))
        return SqlStore(failing[0], store.bell, store.clock)

    async with TelegramStandIn(limits=UNLIMITED, seed=1) as stand_in:
        stand_in.world.updates.slow_repeats = False
        history = History(stand_in, database, await expected(library, settings))
        async with in_process(stand_in, tmp_path, settings=settings, wrap=wrap) as service:
            nth, reached = 0, True
            while reached:
                nth += 1
                failing[0].left = nth
                await with_person(history, stand_in)
                await settled(stand_in, service)
                reached = failing[0].left <= 0
        assert nth > 15, "a conversation makes more calls than that"
        history.check(0)


def place(folder: Path, engine: str, request: pytest.FixtureRequest) -> tuple[Path | str, Settings]:
    """A new store of this engine, and the settings that name it."""
    settings = Settings(flows=ROOT / "flows")
    if engine == "sqlite":
        return folder / "helpline.db", settings
    url = request.getfixturevalue("postgres").ready()
    return url, settings.model_copy(update={"store": StoreSettings(url=url)})


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_every_message_may_meet_every_fault(
    tmp_path: Path,
    library: Library,
    monkeypatch: pytest.MonkeyPatch,
    engine: str,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.setattr(perform, "pause", lambda _attempts: 0.01)
    database, settings = place(tmp_path, engine, request)
    async with TelegramStandIn(limits=UNLIMITED, seed=1) as stand_in:
        history = History(stand_in, database, await expected(library, settings))
        async with in_process(stand_in, tmp_path, settings=settings) as service:
            for fault in FAULTS:  # each message meets it once: its repetition is the next call
                first = stand_in.faults.calls["sendmessage"] + 1
                for number in range(len(history.want.texts)):
                    stand_in.faults.at("sendMessage", first + 2 * number, fault)
                await with_person(history, stand_in)
                await settled(
                    stand_in, service
                )  # else a repetition of the last one is counted among the next
            stand_in.faults.queue("sendMessage", SLOW_DOWN)
            await with_person(history, stand_in)
            await settled(stand_in, service)
        met = {one.fault for one in stand_in.faults.applied if one.method == "sendmessage"}
        assert met == {*FAULTS, SLOW_DOWN}
        assert len(stand_in.faults.applied) == len(FAULTS) * len(history.want.texts) + 1
        history.check(stand_in.faults.ambiguous("sendMessage"))
        committed = sum(one.fault.performs for one in stand_in.faults.applied)
        assert history.duplicates() == committed, "only what really arrived came twice"


async def test_every_poll_may_meet_every_fault(tmp_path: Path, library: Library, settings: Settings) -> None:
    async with TelegramStandIn(limits=UNLIMITED, seed=1) as stand_in:
        stand_in.world.updates.slow_repeats = False
        history = History(stand_in, tmp_path / "helpline.db", await expected(library, settings))
        async with in_process(stand_in, tmp_path) as service:
            polls: list[Fault] = [*FAULTS, replace(SLOW_DOWN, retry_after=1)]
            stand_in.faults.queue("getUpdates", *polls)
            for _ in range(3):
                await with_person(history, stand_in)
            await settled(stand_in, service)
        assert len(stand_in.faults.applied) == len(polls)
        history.check(0)


async def with_person(history: History, stand_in: TelegramStandIn) -> None:
    """Somebody new has the whole conversation."""
    person = stand_in.world.add_person(f"p{len(history.people)}")
    history.people.append(person)
    await converse(history, person)
