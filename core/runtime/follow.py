"""Watches: one look at each new block of a chain, not one for each transaction, and each notice once.

A block names its transactions; the store says which of them somebody watches. Only those, the ones that have something
to say at this height, and a few that have waited long in the queue are looked up. What is said, the new state and
"this block is looked through" commit together, so a crash repeats a block and says nothing twice.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal, cast

from core.chain.answer import KNOWS_NOTHING, Answer, Answers
from core.chain.asking import Unavailable
from core.chain.meanings import MEANINGS
from core.chain.mined import Mined, Miner
from core.chain.nodes import Chain
from core.chain.verdict import Verdict
from core.chain.watching import News, canonical, news
from core.conversation.model import Address
from core.conversation.tickets import Noticed
from core.conversation.wire import dump_address, dump_event, load_address
from core.errors import StoreError
from core.store.rooms import Fenced, Store
from core.store.rows import EventRow, NewEvent
from core.store.watches import Goal, Told, WatchRow

DEPTH: Final = 120
"""Blocks that are remembered, and the most that are caught up with; a longer gap is left to the looks in between."""
LOOKS: Final = 20
"""Transactions without a block that are looked up again at once."""
MOST: Final = 200
"""Watches that are told about at one height in one go."""
TOGETHER: Final = 8
"""Look-ups at the same time."""
PAUSE: Final = 2.0
SLOWEST: Final = 15.0
"""Seconds between two looks for a new block: half a block's time, within these bounds."""
Begun = Literal["watching", "already", "full", "unknown", "ended"]
log = logging.getLogger(__name__)


class Follow:
    """The loop of the leader. `take`: where fresh events go. `chain` is None where no network is configured."""

    def __init__(
        self,
        store: Store,
        chain: Chain | None,
        days: float,
        most: int,
        take: Callable[[EventRow], None],
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._chain = chain
        self._days, self._most = days, most
        self._take = take
        self._now = now
        self._asked: dict[str, float] = {}

    # --- for the flow's action

    async def begin(self, key: str, address: Address, flow: str, transaction_id: str, goal: Goal) -> Begun:
        """Watch a transaction for somebody. Safe to repeat: `key` names the watch."""
        if self._chain is None:
            return "unknown"
        now = self._now()
        verdict = await self._chain.look_up(transaction_id, remember_for=self._days * 86_400)
        if verdict.name in KNOWS_NOTHING:
            return "unknown"
        if not MEANINGS[verdict.name].again:
            return "ended"
        until = now + self._days * 86_400
        watch = WatchRow(key, address.key, dump_address(address._replace(reply="")), flow, verdict.network,
                         canonical(verdict.next_id or transaction_id), goal, until, look_at=now)  # fmt: skip
        return await self._store.watches.begin(watch, self._most)

    # --- the loop

    async def run(self) -> None:
        """For ever; cancelled at shutdown. A source or a store that fails is tried again."""
        while True:
            try:
                await self.round()
            except Fenced:
                raise
            except StoreError as error:
                log.warning("watches wait for the store: %s", error)
            except Exception:  # what one transaction breaks must not end the bot
                log.exception("watches could not be looked after")
            await asyncio.sleep(PAUSE)

    async def round(self) -> None:
        """Look once at every network of which something is watched, if it is time."""
        await self._over()
        for network in await self._store.watches.networks():
            at = time.monotonic()
            if at - self._asked.get(network, -SLOWEST) >= self._every(network):
                self._asked[network] = at
                await self.look(network)

    def _every(self, network: str) -> float:
        seconds = next((m.source.network.block_seconds for m in self._miners(network)), SLOWEST)
        return min(SLOWEST, max(PAUSE, seconds / 2))

    def _miners(self, network: str) -> list[Miner]:
        """Who shows the blocks of a network, the operator's own first."""
        clients = self._chain.clients if self._chain else ()
        here = [cast(Miner, client) for client in clients if client.source.network.name == network]
        return sorted(here, key=lambda miner: not miner.source.own)

    async def look(self, network: str) -> None:
        """What is new on one network. One that is not configured any more is left until its watches are over."""
        miners = self._miners(network)
        for miner in miners:
            try:
                await self._blocks(network, miner)
                break
            except Unavailable:
                continue
        if miners:
            await self._say(await self._store.watches.to_look(network, self._now(), LOOKS))

    async def _blocks(self, network: str, miner: Miner) -> None:
        tips = await self._store.watches.tips(network)
        newest = await miner.mined(None)
        if tips.get(newest.number) == newest.hash:
            return
        fresh = await _fresh(miner, tips, newest)
        above = [hash_ for number, hash_ in tips.items() if number >= fresh[0].number]
        orphans = sorted(set(above) - {block.hash for block in fresh})
        gone = await self._store.watches.of_blocks(network, orphans)
        for block in fresh:
            found = await self._store.watches.found(network, block.ids)
            due = await self._store.watches.due(network, block.number, MOST) if block == newest else []
            await self._say((*gone, *found, *due), [(network, block.number, block.hash)])
            gone = []

    async def _say(self, watches: Iterable[WatchRow], tips: Sequence[tuple[str, int, str]] = ()) -> None:
        """Look these up, and commit what there is to say about them."""
        unique = list({watch.id: watch for watch in watches}.values())
        gate = asyncio.Semaphore(TOGETHER)
        told = await asyncio.gather(*(self._told(watch, gate) for watch in unique))
        if told or tips:
            await self._commit(told, tips)

    async def _commit(self, told: Sequence[Told], tips: Sequence[tuple[str, int, str]] = ()) -> None:
        events, gone = await self._store.watches.commit(told, tips, DEPTH, self._now())
        for event in events:
            self._take(event)
        for transaction_id in gone:
            await self._store.snapshots.forget(transaction_id)

    async def _told(self, watch: WatchRow, gate: asyncio.Semaphore) -> Told:
        assert self._chain is not None
        here = [c for c in self._chain.clients if c.source.network.name == watch.network]
        chain = replace(self._chain, clients=here)
        async with gate:
            verdict = await chain.look_up(watch.transaction_id, remember_for=watch.until - self._now())
        return self._made(watch, news(watch, verdict, self._now()), verdict)

    def _made(self, watch: WatchRow, new: News, verdict: Verdict) -> Told:
        if not new.event:
            return Told(watch, new.keeps)
        assert self._chain is not None
        edits = f"@{watch.message}" if new.event == "progress" and watch.message else ""
        also = verdict.name if new.event in ("trouble", "stuck") else ""
        values = Answers(self._chain, None, self._now).values(Answer(verdict))
        values["id"] = short(watch.transaction_id)
        notice = Noticed(f"watch.{new.event}", watch.flow, also, values, edits)
        address = load_address(watch.address)
        name = f"watch:{watch.id}:{new.event}:{new.block}"
        says = NewEvent(address.channel, name, watch.lane, dump_event(address, notice))
        begins = new.event == "progress" and not watch.message
        return Told(watch, new.keeps, new.event, new.block, says, begins)

    async def _over(self) -> None:
        """Watches whose time is over: say so, and forget."""
        over = await self._store.watches.over(self._now(), MOST)
        if over:
            ended = News("over", "", None)
            await self._commit([self._made(w, ended, Verdict("not_seen_yet", w.network)) for w in over])


async def _fresh(miner: Miner, tips: Mapping[int, str], newest: Mined) -> list[Mined]:
    """The blocks that were not looked through yet, oldest first: back to the last known one that they stand on."""
    known = max((number for number in tips if number < newest.number), default=newest.number - 1)
    if newest.number - known > DEPTH:
        return [newest]
    blocks = [newest]
    while len(blocks) < DEPTH:
        below = blocks[-1].number - 1
        if below <= known and tips.get(below, blocks[-1].parent) == blocks[-1].parent:
            break
        blocks.append(await miner.mined(below))
    return blocks[::-1]


def short(transaction_id: str) -> str:
    """How a transaction is called in a notice: its beginning and its end."""
    return f"{transaction_id[:8]}…{transaction_id[-6:]}"
