"""From one question to the next: what is remembered of a transaction, what follows it, and when it is forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.chain.look_up import BUDGET, look_up
from core.chain.network import Network, Source
from core.chain.nodes import REMEMBERED, Chain
from core.chain.seen import FirstSeen, Replacement, Seen, SeenBitcoin, SeenEvm
from core.chain.verdict import Verdict
from core.store.snapshots import Snapshots
from core.store.sqlite import open_sqlite
from tests.chain.cases import BITCOIN, CALL, COINS, EVM, ID, NOW, OTHER, WELL, mined, queued
from tests.runtime.leaping import leap


@dataclass
class Sequence:
    """A source that says something new each time, and notes what it was told of before."""

    source: Source
    says: dict[str, list[Seen]]
    before: list[FirstSeen | None]

    async def see(self, transaction_id: str, before: FirstSeen | None = None) -> Seen:
        self.before.append(before)
        return self.says[transaction_id].pop(0)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Snapshots]:
    store = await open_sqlite(tmp_path / "x.db")
    yield store.snapshots
    await store.close()


def chain(room: Snapshots, **says: list[Seen]) -> tuple[Chain, Sequence]:
    source = Sequence(Source("one", BITCOIN), {ID: says["old"], OTHER: says.get("new", [])}, [])
    return Chain([source], lambda: NOW, room), source


@pytest.mark.usefixtures("patient")
async def test_a_replacement_is_recognised_by_the_snapshot_and_followed_by_itself(room: Snapshots) -> None:
    waits = SeenBitcoin(WELL, COINS, waiting=queued())
    gone = SeenBitcoin(WELL, replacement=Replacement(OTHER, COINS))
    asked, source = chain(room, old=[waits, gone], new=[SeenBitcoin(WELL, COINS, mined(1))])
    assert (await asked.look_up(ID)).name == "pending"
    told = await asked.look_up(ID)
    assert source.before[0] is None
    assert source.before[1] == FirstSeen("Bitcoin", ID, COINS, NOW, WELL.latest)
    assert (told.name, told.next_id) == ("replaced", OTHER)
    assert told.follows is not None
    assert (told.follows.name, told.follows.progress and told.follows.progress.k) == ("confirmed", 1)


async def test_it_is_forgotten_at_its_end_or_after_three_hours(room: Snapshots) -> None:
    waits = SeenBitcoin(WELL, COINS, waiting=queued())
    asked, _ = chain(room, old=[waits, SeenBitcoin(WELL, COINS, mined(3))])
    await asked.look_up(ID)
    assert await room.recall(ID, NOW + REMEMBERED - 1)
    assert not await room.recall(ID, NOW + REMEMBERED)
    assert (await asked.look_up(ID)).name == "withdrawable"
    assert not await room.recall(ID, NOW)


async def test_what_nobody_knows_is_not_written_down(room: Snapshots) -> None:
    asked, _ = chain(room, old=[SeenBitcoin(WELL)])
    assert (await asked.look_up(ID)).name == "not_seen_yet"
    assert not await room.recall(ID, NOW)


@dataclass
class Hanging:
    """A source that never answers."""

    source: Source

    async def see(self, transaction_id: str, before: FirstSeen | None = None) -> Seen:
        await asyncio.sleep(3600)
        return SeenEvm(WELL)


@dataclass
class Quick:
    """A source that answers at once."""

    source: Source
    answer: Seen

    async def see(self, transaction_id: str, before: FirstSeen | None = None) -> Seen:
        return self.answer


def test_a_source_that_hangs_costs_its_budget_and_nothing_when_another_network_has_it() -> None:
    other: Network = replace(EVM, name="Polygon")
    hangs = Hanging(Source("slow", EVM))

    async def told(quick: Seen) -> tuple[Verdict, float]:
        """What is said, and the seconds that it took."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        said = await look_up([hangs, Quick(Source("quick", other), quick)], ID, lambda: NOW)
        return said, loop.time() - began

    found, seconds = leap(told(SeenEvm(WELL, CALL, mined(70), succeeded=True)))
    assert (found.name, found.network) == ("withdrawable", "Polygon")
    assert seconds < BUDGET
    lost, seconds = leap(told(SeenEvm(WELL)))
    assert lost.name == "source_down"
    assert BUDGET <= seconds < 2 * BUDGET


async def test_an_id_may_be_written_as_its_chain_writes_it(room: Snapshots) -> None:
    asked, _ = chain(room, old=[SeenBitcoin(WELL)])
    assert (await asked.look_up(ID[2:].upper())).name == "not_seen_yet"
    with pytest.raises(ValueError, match="transaction id"):
        await asked.look_up("5VERYshortSolanaId")
