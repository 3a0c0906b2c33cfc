"""One storm: people talk while answers get lost, connections break and the bot is killed; then the books are checked.

Everything that happens by chance comes from one seed. The checker is `History`: every update one effect on state, no
message lost, each person in order, and no more duplicates than the ambiguous answers and the rows that were in flight
at a kill can explain.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping, Sequence, Sized
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
from tests.app.processes import PATIENT, Nursery, environment, settled_process
from tests.faults.rates import ChatRates, most_within
from tests.ports import free_port
from tests.postgres import Server

IN_FLIGHT = 8
TIGHT = replace(UNLIMITED, chat_burst=1, chat_every=0.5)
"""Of one chat, while the bot believes that it may send any number."""
SHORT = replace(HANG, seconds=0.05)
SENDS: Mapping[Fault, float] = {
    SLOW_DOWN: 0.01, BAD_GATEWAY: 0.02, BAD_GATEWAY_BEFORE: 0.02, CLOSE_BEFORE: 0.02, RESET: 0.02, SHORT: 0.01,
    TRUNCATED: 0.01,
}  # fmt: skip
"""What meets a message, and how often."""
HONEST: Mapping[Fault, float] = {SLOW_DOWN: 0.01, BAD_GATEWAY_BEFORE: 0.02, CLOSE_BEFORE: 0.02}
"""Those that spoil no answer: a wait that the platform named and nobody heard cannot be kept."""
POLLS: Mapping[Fault, float] = {BAD_GATEWAY_BEFORE: 0.02, CLOSE_BEFORE: 0.02, RESET: 0.02}


@dataclass(frozen=True)
class Storm:
    """What is to happen. `webhook`: Telegram calls the bot, instead of being polled. `rate`: messages a second that
    the platform takes, 0 for any number; the bot sends as many fewer as may be late on their way, one to each person. `tight`: the platform
    takes fewer messages of one chat than the bot believes. `discord`: it is all on Discord, where each chat has its
    limit anyway and sessions get lost. `away`: seconds for which the server of the database is dead in the middle of
    it."""

    seed: int
    people: int = 8
    kills: int = 2
    webhook: bool = False
    rate: int = 0
    tight: bool = False
    discord: bool = False
    away: float = 0.0


@dataclass(frozen=True)
class Books:
    """What happened. All that may be wrong is asserted before; these are the figures of a storm that passed.
    `refused`: messages that the platform did not take because of its rates."""

    seed: int
    updates: int
    messages: int
    kills: int
    faults: int
    duplicates: int
    bound: int
    refused: int
    most_in_a_second: int
    seconds: float

    def as_json(self) -> dict[str, float]:
        """For other programs."""
        return asdict(self)


def _environment(storm: Storm, stand_in: TelegramStandIn, folder: Path, url: str) -> dict[str, str]:
    more = {
        "HELPLINE_RUNTIME__IN_FLIGHT": str(IN_FLIGHT),
        "HELPLINE_TELEGRAM__RATES__PER_SECOND": str(storm.rate and max(1, storm.rate - storm.people)),
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


def _darken(stand_in: TelegramStandIn, storm: Storm, rates: ChatRates) -> None:
    """What meets whom from now on, and who writes it down."""
    stand_in.world.updates.conflict_delay = 0.0
    stand_in.world.updates.slow_repeats = False
    stand_in.service.delivery.first = 0.05
    stand_in.on_exchange = rates if storm.tight else None
    stand_in.faults._dice.seed(storm.seed)
    stand_in.faults.chance("sendMessage", HONEST if storm.tight else SENDS)
    stand_in.faults.chance("getUpdates", POLLS)


async def rage(
    storm: Storm,
    folder: Path,
    nursery: Nursery,
    library: Library,
    settings: Settings,
    url: str = "",
    server: Server | None = None,
) -> Books:
    """One storm from its first word to the checked books, on a file in `folder` or on the server at `url`, which is
    killed and started again where the storm says so.

    Raises:
        AssertionError: something was lost, doubled beyond the bound, or out of order.
    """
    dice, began = random.Random(storm.seed), time.monotonic()
    limits = replace(TIGHT if storm.tight else UNLIMITED, per_second=storm.rate)
    async with TelegramStandIn(limits=limits, seed=storm.seed) as stand_in:
        rates = ChatRates(limits)
        _darken(stand_in, storm, rates)
        people = [stand_in.world.add_person(f"p{n}") for n in range(storm.people)]
        place = url or folder / "helpline.db"
        history = History(stand_in, place, await expected(library, settings), people)
        env = _environment(storm, stand_in, folder, url)
        one = await nursery.start(env, folder, "run")
        breath = 0.0 if storm.tight else 0.2  # the limit of a chat is met whatever else the machine does
        talks = [asyncio.create_task(converse(history, p, lambda: dice.uniform(0, breath))) for p in people]
        for _ in range(storm.kills):
            await busy(stand_in.ledger, talks, dice)
            await one.kill()
            one = await nursery.start(env, folder, "run")
        if storm.away and server is not None:
            await busy(stand_in.ledger, talks, dice)
            await _away(server, storm.away)
        async with asyncio.timeout(2 * PATIENT):
            await asyncio.gather(*talks)
        stand_in.faults.clear()
        await settled_process(stand_in, history.database)
        await one.kill()
    bound = stand_in.faults.ambiguous("sendMessage") + (storm.kills + (storm.away > 0)) * IN_FLIGHT
    history.check(bound)
    rates.check(stand_in.ledger.sent())
    times = sorted(row.at for row in stand_in.ledger.sent())
    return Books(
        storm.seed, storm.people * 6, len(times), storm.kills, len(stand_in.faults.applied), history.duplicates(),
        bound, len(rates.refused), most_within(times, 1.0), time.monotonic() - began,
    )  # fmt: skip


async def _away(server: Server, seconds: float) -> None:
    server.kill()
    await asyncio.sleep(seconds)
    await asyncio.to_thread(server.start)


async def busy(ledger: Sized, talks: Sequence[asyncio.Task[None]], dice: random.Random) -> None:
    """Wait for some more messages, and a little."""
    before = len(ledger)
    while len(ledger) < before + 5 and not all(talk.done() for talk in talks):
        await asyncio.sleep(dice.uniform(0.0, 0.03))
