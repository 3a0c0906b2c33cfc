"""A bench for the worker: a real store, the smallest platform, and time that can be moved ahead."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core import config
from core.actions import Action, Outcome
from core.channel import Abilities, Receipt, Receive
from core.conversation.model import (
    Address,
    Edit,
    Effect,
    Erase,
    Finished,
    Message,
    Rich,
    Send,
    Woke,
)
from core.conversation.texts import join
from core.conversation.wire import load_inbound
from core.runtime.desk import Desk
from core.runtime.effects import effect_rows
from core.runtime.pace import Pace
from core.runtime.perform import Performer
from core.runtime.worker import Worker
from core.store.rooms import Store
from core.store.rows import Batch, EventRow, NewEffect
from core.store.sqlite import open_sqlite

FACE = "face"
Perform = Callable[[Address, Send | Edit | Erase], Awaitable[Receipt]]


def at(user: str, chat: str = "") -> Address:
    return Address(FACE, chat or user, user)


def said(text: str) -> Send:
    return Send(Message((Rich(text),)))


@dataclass
class Face:
    """The smallest platform: writes down what it was given; `answer` says how it answers."""

    name: str = FACE
    abilities: Abilities = field(default_factory=Abilities)
    shown: list[tuple[str, str]] = field(default_factory=list)
    busy_in: list[str] = field(default_factory=list)
    answer: Perform | None = None

    async def run(self, receive: Receive) -> None:
        del receive

    async def perform(self, address: Address, effect: Send | Edit | Erase, key: str) -> Receipt:
        receipt = await self.answer(address, effect) if self.answer else Receipt(key)
        text = "" if isinstance(effect, Erase) else join(effect.message.blocks).text
        self.shown.append((address.chat, text))
        return receipt

    async def busy(self, address: Address) -> None:
        self.busy_in.append(address.chat)

    async def close(self) -> None:
        return


class Bench:
    """A store, a worker and a face; time can be moved ahead."""

    def __init__(self, store: Store, face: Face, in_flight: int = 8) -> None:
        self.store = store
        self.face = face
        self.ahead = 0.0
        self.actions: dict[str, Action] = {}
        self.events: list[EventRow] = []
        self.halted: list[Exception] = []
        self._count = 0
        performer = Performer(
            store, {FACE: face}, {FACE: Pace(face.abilities)}, lambda: self.actions, {},
            lambda _, error: self.halted.append(error), self.now,
            Desk(store, config.Desk(), frozenset(), "", {}, lambda rows: self.worker.offer(rows), self.now),
        )  # fmt: skip
        self.worker = Worker(store, performer, self.events.append, self.now, in_flight)

    def now(self) -> float:
        return time.time() + self.ahead

    async def commit(self, address: Address, *effects: Effect, offer: bool = True) -> list[NewEffect]:
        """What a turn leaves behind."""
        self._count += 1
        rows = effect_rows(f"t{self._count}.{self.now()}", address, effects, Abilities(), self.now())
        await self.store.turns.commit(Batch(effects=rows))
        if offer:
            self.worker.offer(rows)
        return rows

    async def settled(self) -> None:
        async with asyncio.timeout(60):
            quiet = 0
            while quiet < 3:
                await asyncio.sleep(0.005)
                quiet = quiet + 1 if self.worker.idle else 0

    async def ended(self, key: str) -> tuple[str, int]:
        """(status, maybe_sent) of a row that is not queued any more."""
        async with asyncio.timeout(60):
            while True:
                for status in ("done", "dead", "uncertain"):
                    for row in await self.store.outbox.listing(status, 100):
                        if row.key == key:
                            return row.status, row.maybe_sent
                await asyncio.sleep(0.01)

    def came_back(self) -> list[Finished | Woke]:
        """The events that the effects caused."""
        inbound = [load_inbound(row.payload) for row in self.events]
        return [
            what[1] for what in inbound if isinstance(what, tuple) and isinstance(what[1], Finished | Woke)
        ]


@asynccontextmanager
async def bench(path: Path, face: Face | None = None, in_flight: int = 8) -> AsyncIterator[Bench]:
    """A running worker on a file."""
    store = await open_sqlite(path / "helpline.db")
    one = Bench(store, face or Face(), in_flight)
    running = asyncio.create_task(one.worker.run())
    try:
        yield one
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await store.close()


def raises(errors: Sequence[Exception]) -> Perform:
    """A platform that answers with these errors first."""
    left = list(errors)

    async def answer(_address: Address, _effect: Send | Edit | Erase) -> Receipt:
        if left:
            raise left.pop(0)
        return Receipt("1")

    return answer


def action(name: str, wait: Callable[[], Awaitable[object]], deadline: float = 30.0) -> Action:
    """An action that waits for something and then has found it."""

    async def run(*_: object, **__: str) -> Outcome[Any]:
        await wait()
        return Outcome("found", {"n": "1"})

    return Action(name, run, (), frozenset({"found"}), frozenset({"n"}), deadline)
