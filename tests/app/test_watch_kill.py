"""kill -9 while somebody waits: the watch goes on and says each thing once; digits that may be a key are asked for again."""

from __future__ import annotations

import asyncio
import json
from hashlib import sha256
from pathlib import Path

from bots.local.esplora import FIRST, Esplora, Tx
from bots.local.people import Person
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from tests.app.processes import PATIENT, Nursery, environment, looked_up, settled_process


def name(text: str) -> str:
    return sha256(text.encode()).hexdigest()


PAY, KEY = name("pay"), name("a private key, or is it?")


def networks(esplora: Esplora) -> str:
    source = {"name": "electrs", "kind": "esplora", "url": esplora.url, "own": True}
    chain = {
        "name": "Bitcoin",
        "family": "bitcoin",
        "credit": 1,
        "unlock": 2,
        "block_seconds": 1,
        "sources": [source],
    }
    return json.dumps([chain])


def heard(stand_in: TelegramStandIn, person: Person, part: str) -> int:
    """How many of the messages to a person hold this."""
    return sum(part in row.text for row in stand_in.ledger.sent(person.id))


async def hears(stand_in: TelegramStandIn, person: Person, part: str, times: int = 1) -> None:
    async with asyncio.timeout(PATIENT):
        while heard(stand_in, person, part) < times:
            await asyncio.sleep(0.05)


async def test_a_watch_and_a_question_outlive_the_process(tmp_path: Path, nursery: Nursery) -> None:
    database = tmp_path / "helpline.db"
    async with TelegramStandIn(limits=UNLIMITED, seed=7) as stand_in, Esplora() as chain:
        stand_in.world.updates.conflict_delay = 0.0
        chain.add(Tx(name("coin"), (), (("alice", 1_000_000),), mined=FIRST - 50))
        chain.add(Tx(PAY, ((name("coin"), 0),), (("exchange", 900_000),)))
        env = environment(
            stand_in, tmp_path, HELPLINE_TRANSACTIONS__NETWORKS=networks(chain), HELPLINE_LOG_LEVEL="DEBUG"
        )
        one = await nursery.start(env, tmp_path, "run")
        say, world = stand_in.world.say, stand_in.world
        waits, pastes = world.add_person("等", language="zh"), world.add_person("贴", language="zh")
        for person, texts in ((waits, ("/tx", f"TxID {PAY}", "够提现时告诉我")), (pastes, ("/tx", KEY))):
            for text in texts:
                say(person, text)
                await settled_process(stand_in, database)
        assert heard(stand_in, waits, "我替您看着") == 1
        assert heard(stand_in, pastes, "可能是") == 1
        await one.kill()

        chain.mine([PAY])  # while nobody looks
        two = await nursery.start(env, tmp_path, "run")
        await hears(stand_in, waits, "确认数够入账了")
        say(pastes, "是交易哈希")
        await hears(stand_in, pastes, "现在已经没有了")
        await settled_process(stand_in, database)  # else what was said may be said again
        await two.kill()

        chain.mine()
        await nursery.start(env, tmp_path, "run")
        await hears(stand_in, waits, "确认数够提现了")
        await settled_process(stand_in, database)
        await nursery.end()
        assert heard(stand_in, waits, "确认数够入账了") == 1
        assert heard(stand_in, waits, "确认数够提现了") == 1
        for table in ("watch", "watch_notice", "snapshot"):
            assert looked_up(database, f"SELECT COUNT(*) FROM {table}") == [(0,)], table
        for path in tmp_path.iterdir():
            if path.is_file():
                assert KEY.encode() not in path.read_bytes(), path.name
