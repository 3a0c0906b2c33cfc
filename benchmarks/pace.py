"""`python -m benchmarks.pace [--json] [--quick]`: what a reply waits while a broadcast uses the platform's whole rate.

rate_over_platform                messages that arrived in a second, over the 30 that the platform allows
reply_p99_ms_during_broadcast     from the commit of a reply to its arrival; the worse of 1 and 10 replies a second
too_many_requests                 429s of a stand-in that counts every window of one second strictly

The whole way is measured: rows of the outbox, worker, pace, the real channel over HTTP, and receipts in SQLite.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from benchmarks.tables import draw_goals, draw_rates
from bots.local.people import Person
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import Limits
from bots.registry import faces
from bots.settings import Secrets, Settings, Telegram
from core.channel import Abilities
from core.conversation.model import Address, Message, Rich, Send
from core.runtime.effects import LOW, REPLY, effect_rows
from core.runtime.service import Service, open_service
from core.store.rows import Batch

ROOT = Path(__file__).resolve().parents[1]
PLATFORM = 30.0
WARM = 3.0
"""Seconds at the beginning that are not counted."""
GOALS = {
    "rate_over_platform": (">=", 0.95),
    "reply_p99_ms_during_broadcast": ("<", 150.0),
    "too_many_requests": ("<=", 0.0),
}


@asynccontextmanager
async def running(stand_in: TelegramStandIn, folder: Path) -> AsyncIterator[Service]:
    settings = Settings(data=folder, flows=ROOT / "flows", telegram=Telegram(api_url=stand_in.url))
    secrets = Secrets().model_copy(
        update={"telegram_token": SecretStr(stand_in.token), "discord_token": SecretStr("")}
    )
    service = await open_service(
        settings, secrets, lambda sign, library: faces(settings, secrets, sign, library), {}, time.time
    )
    ready = asyncio.Event()
    task = asyncio.create_task(service.run(ready.set))
    await ready.wait()
    try:
        yield service
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await service.store.close()


async def commit(service: Service, people: Sequence[Person], text: str, rank: int) -> None:
    """One message to each, as a turn or a campaign leaves it."""
    rows = []
    for person in people:
        address = Address("telegram-main", str(person.id), str(person.id))
        effect = Send(Message((Rich(text),)))
        rows += effect_rows(f"{text}.{person.id}", address, [effect], Abilities(), service.now(), rank)
    await service.store.turns.commit(Batch(effects=rows))
    service.worker.offer(rows)


async def replies(service: Service, people: Sequence[Person], seconds: float, dice: random.Random) -> None:
    """Replies at random moments, as people cause them."""
    waits = sorted(dice.uniform(0, seconds) for _ in people)
    began = asyncio.get_running_loop().time()
    for number, (person, at) in enumerate(zip(people, waits, strict=True)):
        await asyncio.sleep(max(0.0, began + at - asyncio.get_running_loop().time()))
        await commit(service, [person], f"reply {number} {time.time():.6f}", REPLY)


class Refusals:
    """How often the stand-in said 429."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, _method: str, _fields: dict[str, Any], answer: Any) -> None:
        self.count += answer.get("error_code") == 429


def reachable(stand_in: TelegramStandIn, name: str) -> Person:
    """Somebody who pressed start long ago."""
    person = stand_in.world.add_person(name)
    person.started = True
    stand_in.world.private(person)
    return person


async def measure(per_second: float, seconds: float) -> dict[str, float]:
    """One run: a broadcast that is longer than the measurement, and so many replies a second beside it."""
    limits = Limits(per_second=PLATFORM, chat_burst=0, chat_every=0, group_per_minute=0)
    refusals = Refusals()
    with tempfile.TemporaryDirectory() as folder:
        async with (
            TelegramStandIn(limits=limits, seed=1, on_exchange=refusals) as stand_in,
            running(stand_in, Path(folder)) as service,
        ):
            many = int((seconds + WARM + 2) * PLATFORM)
            listeners = [reachable(stand_in, f"b{n}") for n in range(many)]
            callers = [reachable(stand_in, f"r{n}") for n in range(round(per_second * seconds))]
            await commit(service, listeners, "broadcast", LOW)
            await asyncio.sleep(WARM)
            began = stand_in.world.now()
            await replies(service, callers, seconds, random.Random(7))
            await asyncio.sleep(max(0.0, began + seconds - stand_in.world.now()))
            rows = [row for row in stand_in.ledger.sent() if began <= row.at < began + seconds]
    waits = sorted(row.at - float(row.text.split()[2]) for row in rows if row.text.startswith("reply"))
    return {
        "replies_per_second": per_second,
        "rate": len(rows) / seconds,
        "replies": len(waits),
        "reply_p50_ms": 1000 * waits[len(waits) // 2],
        "reply_p99_ms": 1000 * waits[min(len(waits) - 1, int(0.99 * len(waits)))],
        "too_many_requests": refusals.count,
    }


async def measured(quick: bool) -> dict[str, Any]:
    """Both runs, one after the other, and what they come to."""
    runs = [
        await measure(rate, seconds)
        for rate, seconds in (((1, 6), (10, 6)) if quick else ((1, 60), (10, 30)))
    ]
    ratios = {
        "rate_over_platform": min(run["rate"] for run in runs) / PLATFORM,
        "reply_p99_ms_during_broadcast": max(run["reply_p99_ms"] for run in runs),
        "too_many_requests": sum(run["too_many_requests"] for run in runs),
    }
    goals = {name: f"{sign} {goal:g}" for name, (sign, goal) in GOALS.items()}
    return {"ratios": ratios, "goals": goals, "runs": runs}


def show(found: dict[str, Any]) -> None:
    """Two tables for people."""
    draw_rates(("helpline", run) for run in found["runs"])
    draw_goals(found)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="short: shows that it works, measures little")
    args = parser.parse_args()
    logging.disable(logging.WARNING)
    found = asyncio.run(measured(args.quick))
    if args.json:
        print(json.dumps(found, indent=2))
    else:
        show(found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
