"""One window for all: what processes on one PostgreSQL may send to one chat, and what they wait for, they share."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from bots.local.people import Person
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import Limits
from core.channel import Abilities
from core.conversation.model import Address, Message, Rich, Send
from core.runtime.chats import load_chat
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

PROCESSES, BURST, MINUTE, MORE = 4, 20, 20, 4
LANES = 8
"""Of one chat: more than a process holds, and of each one message may be late on its way."""
LIMITS = Limits(per_second=0, chat_burst=BURST, chat_every=0.3, group_per_minute=MINUTE)
SETTINGS = {
    "HELPLINE_RUNTIME__IN_FLIGHT": "2",
    "HELPLINE_TELEGRAM__RATES__CHAT_BURST": str(BURST - LANES),
    "HELPLINE_TELEGRAM__RATES__CHAT_EVERY": "0.35",
    "HELPLINE_TELEGRAM__RATES__GROUP_PER_MINUTE": str(MINUTE),
}
HOLDERS = "SELECT DISTINCT holder FROM effect WHERE status = 'done'"


def to(chat: int, number: int) -> NewEffect:
    """A message to a chat, in one of its lanes: as from one of several people in a group, or a reminder."""
    address = Address(CHANNEL, str(chat), str(max(chat, 1)))
    row = post(f"{chat}.{number}", address, 0, Send(Message((Rich(f"{number}"),))), 0.0)
    return row._replace(lane=f"{CHANNEL}|{chat}|{number % LANES}")


async def many(store: Store, chat: int, count: int, begin: int = 0) -> None:
    await store.turns.commit(Batch(effects=[to(chat, n) for n in range(begin, begin + count)]))


async def until_sent(stand_in: TelegramStandIn, chat: int, count: int) -> None:
    async with asyncio.timeout(PATIENT):
        while len(stand_in.ledger.sent(chat)) < count:
            await asyncio.sleep(0.02)


def pause_once(stand_in: TelegramStandIn, chat: int) -> None:
    """The platform asks for a pause of three seconds at the first message to this chat."""
    admit, pauses = stand_in.flood.admit, [3]

    def admitted(to: int, is_group: bool, now: float) -> int:
        return pauses.pop() if to == chat and pauses else admit(to, is_group, now)

    stand_in.flood.admit = admitted  # type: ignore[method-assign, assignment]


async def until_refused(rates: ChatRates, url: str) -> None:
    async with asyncio.timeout(PATIENT):
        while not rates.refused:
            assert not looked_up(url, "SELECT error FROM effect WHERE status = 'dead'")
            await asyncio.sleep(0.05)


async def until_told(store: Store, chat: int) -> None:
    """All know of the pause: until whoever was told of it has told them, they may try."""
    async with asyncio.timeout(PATIENT):
        while not load_chat(await store.rates.counted(CHANNEL, str(chat))).held:
            await asyncio.sleep(0.02)


async def until_all_worked(stand_in: TelegramStandIn, store: Store, url: str) -> set[object]:
    """There is work until each of the processes has sent something: who does. Which of them gets a row is chance."""
    async with asyncio.timeout(PATIENT):
        while True:
            holders = {holder for (holder,) in looked_up(url, HOLDERS)}
            if len(holders) >= PROCESSES:
                return holders
            person = started(stand_in, "more")
            await many(store, person.id, 2 * PROCESSES)
            await until_sent(stand_in, person.id, 2 * PROCESSES)


def started(stand_in: TelegramStandIn, name: str) -> Person:
    """Somebody to whom the bot may write."""
    person = stand_in.world.add_person(name)
    person.started = True
    stand_in.world.private(person)
    return person


async def test_four_processes_together_keep_within_each_chats_window_and_wait_together(
    tmp_path: Path, postgres: Server, nursery: Nursery
) -> None:
    """Each of them alone would find room for all of it; and only one of them sees the platform ask for a pause."""
    url = postgres.ready()
    store = await open_postgres(url)
    async with TelegramStandIn(limits=LIMITS, seed=6) as stand_in:
        rates = stand_in.on_exchange = ChatRates(LIMITS)
        one, slow = started(stand_in, "one"), started(stand_in, "slow")
        group = stand_in.world.group("g", one, supergroup=True)
        env = environment(stand_in, tmp_path, HELPLINE_STORE__URL=url, **SETTINGS)
        four = [
            await nursery.start(env, tmp_path, "run", "--role", "work", beside=True) for _ in range(PROCESSES)
        ]
        for process in four:
            await process.says("is running")
        pause_once(stand_in, slow.id)
        await many(store, slow.id, 1)
        await until_refused(rates, url)
        await until_told(store, slow.id)
        await many(store, slow.id, 8, begin=1)
        await many(store, group.id, MINUTE + MORE)  # what waits leaves room for others in each process
        await many(store, one.id, BURST + MORE)
        for chat, count in ((group.id, MINUTE), (one.id, BURST + MORE), (slow.id, 9)):
            await until_sent(stand_in, chat, count)
        await asyncio.sleep(0.5)
        assert len(stand_in.ledger.sent(group.id)) == MINUTE, "the rest waits for the next minute"
        assert len(await until_all_worked(stand_in, store, url)) == PROCESSES, "they share the work"
        assert [chat for chat, _ in rates.refused] == [str(slow.id)], "nothing was tried that had no room"
        rates.check(stand_in.ledger.sent(one.id))
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
