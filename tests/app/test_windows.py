"""One window for all: what processes on one PostgreSQL may send to one chat, and what they wait for, they share."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import Limits
from core.channel import Abilities
from core.conversation.model import Address, Message, Rich, Send
from core.runtime.shared import SharedPace
from core.runtime.staff import post
from core.store.open import open_store
from core.store.postgres import open_postgres
from core.store.rooms import Store
from core.store.rows import Batch, NewEffect
from tests.app.harness import CHANNEL
from tests.app.processes import PATIENT, Nursery, environment, looked_up
from tests.faults.rates import ChatRates
from tests.postgres import Server

BURST, MINUTE = 20, 20


def to(chat: int, number: int) -> NewEffect:
    """A message to a chat, in a lane of its own: as from one of many people in a group, or a reminder."""
    address = Address(CHANNEL, str(chat), str(max(chat, 1)))
    row = post(f"{chat}.{number}", address, 0, Send(Message((Rich(f"{number}"),))), 0.0)
    return row._replace(lane=f"{CHANNEL}|{chat}|{number}")


async def many(store: Store, chat: int, count: int, begin: int = 0) -> None:
    await store.turns.commit(Batch(effects=[to(chat, n) for n in range(begin, begin + count)]))


async def until_sent(stand_in: TelegramStandIn, chat: int, count: int) -> None:
    async with asyncio.timeout(PATIENT):
        while len(stand_in.ledger.sent(chat)) < count:
            await asyncio.sleep(0.02)


async def test_four_processes_together_keep_within_each_chats_window_and_wait_together(
    tmp_path: Path, postgres: Server, nursery: Nursery
) -> None:
    """Each of them alone would find room for all of it; and only one of them sees the platform ask for a pause."""
    limits = Limits(per_second=0, chat_burst=BURST, chat_every=1.0, group_per_minute=MINUTE)
    url = postgres.ready()
    store = await open_postgres(url)
    async with TelegramStandIn(limits=limits, seed=6) as stand_in:
        rates = stand_in.on_exchange = ChatRates(limits)
        one, slow = stand_in.world.add_person("one"), stand_in.world.add_person("slow")
        for person in (one, slow):
            person.started = True
            stand_in.world.private(person)
        group = stand_in.world.group("g", one, supergroup=True)
        env = environment(
            stand_in,
            tmp_path,
            HELPLINE_STORE__URL=url,
            HELPLINE_RUNTIME__IN_FLIGHT="2",
            HELPLINE_TELEGRAM__RATES__CHAT_BURST=str(BURST),
            HELPLINE_TELEGRAM__RATES__CHAT_EVERY="1.25",  # messages are not equally long on their way
            HELPLINE_TELEGRAM__RATES__GROUP_PER_MINUTE=str(MINUTE),
        )
        four = [await nursery.start(env, tmp_path, "run", "--role", "work", beside=True) for _ in range(4)]
        for process in four:
            await process.says("is running")
        admit, pauses = stand_in.flood.admit, [3]

        def paused_once(chat: int, is_group: bool, now: float) -> int:
            return pauses.pop() if chat == slow.id and pauses else admit(chat, is_group, now)

        stand_in.flood.admit = paused_once  # type: ignore[method-assign, assignment]
        await many(store, slow.id, 1)
        async with asyncio.timeout(PATIENT):
            while not rates.refused:
                assert not looked_up(url, "SELECT error FROM effect WHERE status = 'dead'")
                await asyncio.sleep(0.05)
        await many(store, slow.id, 8, begin=1)
        await many(store, group.id, MINUTE + 8)
        await many(store, one.id, BURST + 2)
        for chat, count in ((group.id, MINUTE), (one.id, BURST + 2), (slow.id, 9)):
            await until_sent(stand_in, chat, count)
        await asyncio.sleep(0.5)
        assert len(stand_in.ledger.sent(group.id)) == MINUTE, "the rest waits for the next minute"
        assert [chat for chat, _ in rates.refused] == [str(slow.id)], "nothing was tried that had no room"
        rates.check(stand_in.ledger.sent(one.id))
        holders = looked_up(url, "SELECT DISTINCT holder FROM effect WHERE status = 'done'")
        assert len(holders) > 1, "they shared the work; who got none of it is chance"
        await nursery.end()
    await store.close()


async def test_many_chats_slowed_down_for_several_processes_halve_the_rate_of_all(postgres: Server) -> None:
    url = postgres.ready()
    stores = [await open_store(url) for _ in range(3)]
    can = Abilities(per_second=30.0)
    one, two, idle = [SharedPace("bot", can, s.rates, s.clock or time.time) for s in stores]
    for pace, chats in ((one, "ab"), (two, "cd")):
        for chat in chats:
            pace.hold(5.0, chat)
            await asyncio.gather(*pace._telling)
    await idle.hear()
    assert (one.share, idle.share) == (1.0, 0.5), "two of each are few, four are many"
    for store in stores:
        await store.close()
