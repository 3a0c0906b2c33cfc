"""kill -9, again and again, while twenty people talk: nothing lost, each update one effect, duplicates bounded."""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from pathlib import Path

from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Settings
from core.conversation.library import Library
from core.conversation.model import Send
from core.conversation.texts import join
from core.conversation.wire import load_effect
from tests.app.harness import History, anonymous, converse, expected
from tests.app.processes import PATIENT, Nursery, Process, environment, settled_process

PEOPLE = 20
IN_FLIGHT = 8
SEED = 20
MOMENTS = ("inbox 1", "commit 1", "receipt 1", "commit 3", "receipt 4", "inbox 2")
"""Where the process kills itself, one start after the other."""
RANDOM_KILLS = 4


def evidence(history: History) -> dict[str, int]:
    """What lies in each of the three windows after a death: turned not yet, sent not yet, sent and not settled."""
    heard = Counter((str(row.chat_id), anonymous(row.text)) for row in history.stand_in.ledger.sent())
    done = history.rows("SELECT chat, kind, payload FROM effect WHERE status = 'done' AND kind = 'send'")
    heard.subtract((chat, text_of(kind, payload)) for chat, kind, payload in done)
    queued = history.rows("SELECT chat, kind, payload FROM effect WHERE status = 'queued' AND kind = 'send'")
    sent = sum(heard[chat, text_of(kind, payload)] > 0 for chat, kind, payload in queued)
    waiting = history.rows("SELECT COUNT(*) FROM event WHERE status = 'waiting'")[0][0]
    return {"inbox": waiting, "commit": len(queued) - sent, "receipt": sent}


def text_of(kind: str, payload: str) -> str:
    """The words of a message's row."""
    effect = load_effect(kind, payload)
    assert isinstance(effect, Send)
    return anonymous(join(effect.message.blocks).text)


async def killed(one: Process) -> None:
    """Wait until a process has killed itself."""
    assert await one.ended() == -signal.SIGKILL, one.said


async def test_kill_9_at_every_moment_loses_nothing(
    tmp_path: Path, nursery: Nursery, library: Library, settings: Settings
) -> None:
    dice = random.Random(SEED)
    async with TelegramStandIn(limits=UNLIMITED, seed=SEED) as stand_in:
        stand_in.world.updates.conflict_delay = 0.0  # the poll of the one before dies with its connection
        world = stand_in.world
        people = [world.add_person(f"p{n}") for n in range(PEOPLE)]
        history = History(stand_in, tmp_path / "helpline.db", await expected(library, settings), people)
        env = environment(stand_in, tmp_path, HELPLINE_RUNTIME__IN_FLIGHT=str(IN_FLIGHT))
        talks: list[asyncio.Task[None]] = []

        def begin(count: int) -> None:
            """More people begin to talk, so that every moment comes, however fast the others were served."""
            for person in people[len(talks) : len(talks) + count]:
                talks.append(asyncio.create_task(converse(history, person, lambda: dice.uniform(0, 0.2))))

        hits: Counter[str] = Counter()
        kills = 0
        begin(PEOPLE - len(MOMENTS) - RANDOM_KILLS)
        for moment in MOMENTS:
            begin(1)
            await killed(await nursery.start(env, tmp_path, "run", die=moment))
            kills += 1
            found, name = evidence(history), moment.partition(" ")[0]
            hits[name] += found[name] > 0
        one = await nursery.start(env, tmp_path, "run")
        for _ in range(RANDOM_KILLS):
            begin(1)
            before = len(stand_in.ledger)
            while len(stand_in.ledger) < before + 3 and not all(talk.done() for talk in talks):
                await asyncio.sleep(dice.uniform(0.0, 0.02))
            await one.kill()
            kills += 1
            one = await nursery.start(env, tmp_path, "run")
        async with asyncio.timeout(2 * PATIENT):
            await asyncio.gather(*talks)
        await settled_process(stand_in, history.database)
        await one.kill()
    assert hits == {"inbox": 2, "commit": 2, "receipt": 2}
    history.check(stand_in.faults.ambiguous("sendMessage") + kills * IN_FLIGHT)
