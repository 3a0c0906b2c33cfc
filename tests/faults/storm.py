"""One storm: people talk while answers get lost, connections break and the bot is killed; then the books are checked.

Everything that happens by chance comes from one seed. The checker is `History`: every update one effect on state, no
message lost, each person in order, and no more duplicates than the ambiguous answers and the rows that were in flight
at a kill can explain.
"""

from __future__ import annotations

import asyncio
import random
import socket
import time
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bots.local.faults import (
    BAD_GATEWAY,
    BAD_GATEWAY_BEFORE,
    CLOSE_BEFORE,
    HANG,
    RESET,
    SLOW_DOWN,
    TRUNCATED,
    Fault,
)
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Settings
from core.conversation.library import Library
from tests.app.harness import History, converse, expected
from tests.app.processes import PATIENT, Nursery, Process, environment, settled_process

IN_FLIGHT = 8
SHORT = replace(HANG, seconds=0.05)
SENDS: Mapping[Fault, float] = {
    SLOW_DOWN: 0.01, BAD_GATEWAY: 0.02, BAD_GATEWAY_BEFORE: 0.02, CLOSE_BEFORE: 0.02, RESET: 0.02, SHORT: 0.01,
    TRUNCATED: 0.01,
}  # fmt: skip
"""What meets a message, and how often."""
POLLS: Mapping[Fault, float] = {BAD_GATEWAY_BEFORE: 0.02, CLOSE_BEFORE: 0.02, RESET: 0.02}


@dataclass(frozen=True)
class Storm:
    """What is to happen. `webhook`: Telegram calls the bot, instead of being polled. `rate`: messages a second that
    bot and platform agree on, 0 for any number."""

    seed: int
    people: int = 8
    kills: int = 2
    webhook: bool = False
    rate: int = 0


@dataclass(frozen=True)
class Books:
    """What happened. All that may be wrong is asserted before; these are the figures of a storm that passed."""

    seed: int
    updates: int
    messages: int
    kills: int
    faults: int
    duplicates: int
    bound: int
    most_in_a_second: int
    seconds: float

    def as_json(self) -> dict[str, float]:
        """For other programs."""
        return asdict(self)


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _environment(storm: Storm, stand_in: TelegramStandIn, folder: Path, url: str) -> dict[str, str]:
    more = {
        "HELPLINE_RUNTIME__IN_FLIGHT": str(IN_FLIGHT),
        "HELPLINE_TELEGRAM__RATES__PER_SECOND": str(storm.rate),
    }
    if url:
        more |= {"HELPLINE_STORE__URL": url, "HELPLINE_RUNTIME__LEASE_SECONDS": "1"}
    if storm.webhook:
        port = free_port()
        more |= {
            "HELPLINE_TELEGRAM__WEBHOOK__URL": f"http://127.0.0.1:{port}/tg",
            "HELPLINE_TELEGRAM__WEBHOOK__PORT": str(port),
            "TELEGRAM_WEBHOOK_SECRET": "s" * 40,
        }
    return environment(stand_in, folder, **more)


async def rage(
    storm: Storm, folder: Path, nursery: Nursery, library: Library, settings: Settings, url: str = ""
) -> Books:
    """One storm from its first word to the checked books, on a file in `folder` or on the server at `url`.

    Raises:
        AssertionError: something was lost, doubled beyond the bound, or out of order.
    """
    dice, began = random.Random(storm.seed), time.monotonic()
    limits = replace(UNLIMITED, per_second=storm.rate)
    async with TelegramStandIn(limits=limits, seed=storm.seed) as stand_in:
        stand_in.world.updates.conflict_delay = 0.0
        stand_in.world.updates.slow_repeats = False
        stand_in.service.delivery.first = 0.05
        stand_in.faults._dice.seed(storm.seed)
        stand_in.faults.chance("sendMessage", SENDS)
        stand_in.faults.chance("getUpdates", POLLS)
        people = [stand_in.world.add_person(f"p{n}") for n in range(storm.people)]
        place = url or folder / "helpline.db"
        history = History(stand_in, place, await expected(library, settings), people)
        env = _environment(storm, stand_in, folder, url)
        one = await nursery.start(env, folder, "run")
        talks = [asyncio.create_task(converse(history, p, lambda: dice.uniform(0, 0.2))) for p in people]
        for _ in range(storm.kills):
            one = await _killed(one, stand_in, talks, nursery, env, folder, dice)
        async with asyncio.timeout(2 * PATIENT):
            await asyncio.gather(*talks)
        stand_in.faults.clear()
        await settled_process(stand_in, history.database)
        await one.kill()
    bound = stand_in.faults.ambiguous("sendMessage") + storm.kills * IN_FLIGHT
    history.check(bound)
    times = sorted(row.at for row in stand_in.ledger.sent())
    return Books(
        storm.seed, storm.people * 6, len(times), storm.kills, len(stand_in.faults.applied), history.duplicates(),
        bound, most_within(times, 1.0), time.monotonic() - began,
    )  # fmt: skip


async def _killed(
    one: Process, stand_in: TelegramStandIn, talks: list[asyncio.Task[None]], nursery: Nursery,
    env: Mapping[str, str], folder: Path, dice: random.Random,
) -> Process:  # fmt: skip
    """kill -9 after some more messages, and a successor."""
    before = len(stand_in.ledger)
    while len(stand_in.ledger) < before + 5 and not all(talk.done() for talk in talks):
        await asyncio.sleep(dice.uniform(0.0, 0.03))
    await one.kill()
    return await nursery.start(env, folder, "run")


def most_within(times: list[float], seconds: float) -> int:
    """The largest number of moments that any window of this length holds; the moments in their order."""
    return max((bisect_left(times, start + seconds) - at for at, start in enumerate(times)), default=0)
