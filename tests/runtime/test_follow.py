"""Watches: each notice once, whatever dies; one look at each block; reorganisations are told; all is forgotten at the end."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import count
from pathlib import Path

import aiohttp
import pytest

from bots.local.esplora import FIRST, Esplora, Tx
from core.chain.asking import Asking
from core.chain.esplora import EsploraSource
from core.chain.network import Network, Source
from core.chain.nodes import Chain
from core.chain.watching import AGAIN
from core.conversation.model import Address
from core.conversation.tickets import Noticed
from core.conversation.wire import load_inbound
from core.runtime import follow
from core.runtime.follow import Follow
from core.store.rooms import Store
from core.store.rows import EventRow
from core.store.sqlite import open_sqlite
from core.store.watches import Goal, Told

pytestmark = pytest.mark.usefixtures("patient")
BITCOIN = Network("Bitcoin", "bitcoin", credit=2, unlock=4, block_seconds=600, stale_after=1e9, coin="BTC")
ALICE = Address("main", "1", "1")


def name(text: str) -> str:
    return sha256(text.encode()).hexdigest()


PAY = "0x" + name("pay")


@dataclass
class Bench:
    """A chain, a store, and whoever watches; `heard` are the notices that went into the inbox."""

    service: Esplora
    chain: Chain
    store: Store
    now: float = field(default_factory=time.time)
    heard: list[Noticed] = field(default_factory=list)

    def follow(self, days: float = 7, most: int = 5) -> Follow:
        """Another process, as far as memory goes."""
        return Follow(self.store, self.chain, days, most, self.take, lambda: self.now)

    def take(self, row: EventRow) -> None:
        inbound = load_inbound(row.payload)
        assert isinstance(inbound, tuple)
        assert isinstance(inbound[1], Noticed)
        self.heard.append(inbound[1])

    @property
    def said(self) -> list[str]:
        """The events since the last call."""
        said, self.heard = [notice.text.removeprefix("watch.") for notice in self.heard], []
        return said

    async def begin(
        self, goal: Goal = "withdrawable", key: str = "w1", id_: str = PAY, who: Address = ALICE
    ) -> str:
        return await self.follow().begin(key, who, "transaction_status", id_, goal)

    async def look(self) -> list[str]:
        """A new process looks at the chain."""
        await self.follow().look("Bitcoin")
        return self.said


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    store = await open_sqlite(tmp_path / "helpline.db")
    async with Esplora() as service, aiohttp.ClientSession() as session:
        # a clock that goes on at each look: how often a host may be asked is not the question here
        asking = Asking(session, keep=0, clock=count().__next__)
        source = EsploraSource(service.url, asking, Source("electrs", BITCOIN, own=True))
        service.add(Tx(name("coin"), (), (("alice", 1_000_000),), mined=FIRST - 50))
        service.add(Tx(name("pay"), ((name("coin"), 0),), (("exchange", 900_000), ("alice", 90_000))))
        yield Bench(service, Chain([source], time.time, store.snapshots), store)
    await store.close()


async def test_from_the_queue_to_the_withdrawal_each_step_is_told_once(bench: Bench) -> None:
    assert await bench.begin() == "watching"
    assert await bench.look() == []
    bench.service.mine([name("pay")])
    assert await bench.look() == ["progress"]
    assert await bench.look() == []
    bench.service.mine()
    assert await bench.look() == ["credited"]
    bench.service.mine()
    assert await bench.look() == ["progress"]
    bench.service.mine()
    assert await bench.look() == ["withdrawable"]
    bench.service.mine()
    assert await bench.look() == []


async def test_the_bar_is_edited_in_place(bench: Bench) -> None:
    await bench.begin()
    bench.service.mine([name("pay")])
    await bench.follow().look("Bitcoin")
    bench.service.mine()
    await bench.follow().look("Bitcoin")
    bench.service.mine()
    await bench.follow().look("Bitcoin")
    bar = [notice for notice in bench.heard if notice.text == "watch.progress"]
    first = (await bench.store.inbox.waiting(0, 9))[0]
    assert [notice.edits for notice in bar] == ["", f"@i{first.id}.0"]


async def test_who_wants_to_know_of_credit_is_told_and_forgotten(bench: Bench) -> None:
    await bench.begin("credited")
    bench.service.mine([name("pay")], empty=1)
    assert await bench.look() == ["credited"]
    assert await _kept(bench.store) == []


async def test_who_wants_to_know_of_trouble_hears_nothing_else(bench: Bench) -> None:
    await bench.begin("trouble")
    bench.service.mine([name("pay")], empty=5)
    assert await bench.look() == []
    assert await _kept(bench.store) == []


async def test_a_reorganisation_is_told_once_and_the_count_starts_again(bench: Bench) -> None:
    await bench.begin()
    bench.service.mine([name("pay")], empty=1)
    assert await bench.look() == ["credited"]
    bench.service.reorganise(2)
    assert await bench.look() == ["reversed"]
    assert await bench.look() == []
    bench.service.mine([name("pay")])
    assert await bench.look() == ["progress"]
    bench.service.mine(empty=4)
    assert await bench.look() == ["withdrawable"]


async def test_a_replacement_is_followed(bench: Bench) -> None:
    await bench.begin()
    assert await bench.look() == []
    coin = (name("coin"), 0)
    bench.service.add(Tx(name("faster"), (coin,), (("exchange", 900_000), ("alice", 80_000)), fee=20_000))
    bench.now += AGAIN + 1
    assert await bench.look() == ["replaced"]
    assert await bench.look() == []
    assert len(await bench.store.watches.found("Bitcoin", ["0x" + name("faster")])) == 1
    bench.service.mine([name("faster")], empty=3)
    assert await bench.look() == ["withdrawable"]


async def test_trouble_is_told_with_its_verdict_and_ends_the_watch(bench: Bench) -> None:
    await bench.begin()
    coin = (name("coin"), 0)
    bench.service.add(Tx(name("other"), (coin,), (("alice", 900_000),)))
    bench.service.mine([name("other")])
    bench.now += AGAIN + 1
    await bench.follow().look("Bitcoin")
    (notice,) = bench.heard
    assert (notice.text, notice.also) == ("watch.trouble", "double_spent")
    assert await _kept(bench.store) == []


async def test_a_crash_between_the_block_and_its_commit_says_nothing_twice(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.begin()
    bench.service.mine([name("pay")])
    told = bench.store.watches.commit

    async def dies(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bench.store.watches, "commit", dies)
    with pytest.raises(KeyboardInterrupt):
        await bench.follow().look("Bitcoin")
    monkeypatch.setattr(bench.store.watches, "commit", told)
    assert await bench.look() == ["progress"]
    assert await bench.look() == []


async def test_a_notice_that_was_given_is_not_given_again_even_if_the_state_was_lost(bench: Bench) -> None:
    await bench.begin()
    bench.service.mine([name("pay")])
    (watch,) = await bench.store.watches.found("Bitcoin", [PAY])
    assert await bench.look() == ["progress"]
    state = replace(watch, look_at=0.0)
    await bench.store.watches.commit([Told(watch, state)], [], follow.DEPTH, bench.now)
    assert await bench.look() == []


async def test_a_source_that_is_down_says_nothing_and_nothing_is_missed(bench: Bench) -> None:
    await bench.begin()
    bench.service.mine([name("pay")], empty=1)
    bench.service.down = True
    assert await bench.look() == []
    bench.service.down = False
    bench.now += AGAIN + 1
    assert await bench.look() == ["credited"]


async def test_one_look_at_a_block_whatever_is_watched(bench: Bench) -> None:
    for number in range(15):
        id_ = name(f"other {number}")
        bench.service.add(Tx(id_, ((name(f"coin {number}"), 0),), (("x", 1),)))
        await bench.begin("credited", f"k{number}", f"0x{id_}", Address("main", str(number), str(number)))
    await bench.look()
    bench.service.mine()
    before = bench.service.asked
    await bench.look()
    assert bench.service.asked - before == 2, "the newest block and what is in it"


async def test_a_person_has_so_many_and_repeating_begins_no_second_one(bench: Bench) -> None:
    assert await bench.begin() == "watching"
    assert await bench.begin() == "watching"
    assert await bench.begin("credited", "w2") == "already"
    bench.service.add(Tx(name("next"), ((name("c"), 0),), (("x", 1),)))
    few = bench.follow(most=1)
    assert await few.begin("w3", ALICE, "f", "0x" + name("next"), "credited") == "full"
    bob = Address("main", "2", "2")
    assert await few.begin("w4", bob, "f", "0x" + name("next"), "credited") == "watching"


async def test_what_nobody_knows_and_what_is_over_is_not_watched(bench: Bench) -> None:
    assert await bench.begin(id_="0x" + "ab" * 32) == "unknown"
    bench.service.mine([name("pay")], empty=5)
    assert await bench.begin() == "ended"


async def test_it_ends_by_itself_and_says_so(bench: Bench) -> None:
    await bench.begin()
    bench.now += 7 * 86_400 + 1
    await bench.follow().round()
    assert bench.said == ["over"]
    assert await _kept(bench.store) == []


async def _kept(store: Store) -> list[str]:
    """Where the hash still stands among what is kept for watching."""
    networks = await store.watches.networks()
    return networks + await store.snapshots.recall(PAY, 0.0)


async def test_without_networks_nothing_is_watched(bench: Bench) -> None:
    alone = Follow(bench.store, None, 7, 5, bench.take, lambda: bench.now)
    assert await alone.begin("k", ALICE, "f", PAY, "credited") == "unknown"
    await alone.round()


async def test_a_network_that_is_not_configured_any_more_does_no_harm(bench: Bench) -> None:
    await bench.begin()
    bench.chain.clients = []
    await bench.follow().round()
    assert bench.said == []
    bench.now += 7 * 86_400 + 1
    await bench.follow().round()
    assert bench.said == ["over"]
