"""The first, second, ... nth call fails, of the store and of the platform: each time the conversation ends rightly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

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
from core.runtime import perform, worker
from core.store.rooms import Store
from tests.app.harness import History, converse, expected, in_process, settled

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
ROOMS = ("inbox", "turns", "outbox", "people", "tickets", "audit", "workers")


class Failing:
    """A store whose nth call from now on fails, once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.left = 0

    def arm(self, nth: int) -> None:
        """The nth call from now on fails."""
        self.left = nth

    def __getattr__(self, name: str) -> Any:
        part = getattr(self._store, name)
        return _Room(part, self._hit) if name in ROOMS else part

    def _hit(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise StoreError("The disk of the database is full.")


class _Room:
    """One room of it."""

    def __init__(self, room: Any, hit: Callable[[], None]) -> None:
        self._room = room
        self._hit = hit

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._room, name)

        async def call(*values: Any, **named: Any) -> Any:
            self._hit()
            return await method(*values, **named)

        return call


@pytest.mark.parametrize(("engine", "stride"), [("sqlite", 1), ("postgres", 9)])
async def test_every_call_of_the_store_may_fail(
    tmp_path: Path,
    library: Library,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    engine: str,
    stride: int,
    request: pytest.FixtureRequest,
) -> None:
    """On a server every one would take a minute: a part of them, spread over the whole conversation."""
    monkeypatch.setattr(worker, "AGAIN", 0.01)
    database: Path | str = tmp_path / "helpline.db"
    if engine == "postgres":
        database = request.getfixturevalue("postgres").fresh()
        settings = settings.model_copy(update={"store": StoreSettings(url=str(database))})
    failing = list[Failing]()

    def wrap(store: Store) -> Store:
        failing.append(Failing(store))
        return cast(Store, failing[0])

    async with TelegramStandIn(limits=UNLIMITED, seed=1) as stand_in:
        stand_in.world.updates.slow_repeats = False
        history = History(stand_in, database, await expected(library, settings))
        async with in_process(stand_in, tmp_path, settings=settings, wrap=wrap) as service:
            nth, reached = 1 - stride, True
            while reached:
                nth += stride
                person = stand_in.world.add_person(f"p{nth}")
                history.people.append(person)
                failing[0].arm(nth)
                await converse(history, person)
                await settled(stand_in, service)
                reached = failing[0].left <= 0
        assert nth > 20, "a conversation makes more calls than that"
        history.check(0)


async def test_every_message_may_meet_every_fault(
    tmp_path: Path, library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(perform, "_pause", lambda _attempts: 0.01)
    async with TelegramStandIn(limits=UNLIMITED, seed=1) as stand_in:
        history = History(stand_in, tmp_path / "helpline.db", await expected(library, settings))
        async with in_process(stand_in, tmp_path) as service:
            for fault in FAULTS:  # each message meets it once: its repetition is the next call
                first = stand_in.faults.calls["sendmessage"] + 1
                for number in range(len(history.want.texts)):
                    stand_in.faults.at("sendMessage", first + 2 * number, fault)
                await with_person(history, stand_in)
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
