"""`python -m benchmarks.scale [--json] [--quick]`: the arithmetic of docs/scale.md, with this machine's own figures.

    --subscribers N    whom one broadcast reaches (10,000,000)
    --incoming R       messages a second that come in (1,000)
    --replies F        messages that leave for each that comes in (1.3)
    --rate P           messages a second that the platform allows one bot (30; 1000 where one pays for it)
    --bots B           bots that share the load (1)
    --no-measure       take the CPU costs of the table in docs/scale.md instead of measuring

What is measured: updates that a real webhook receives, turns and answers over HTTP, with receipts in SQLite, per
second of one core; the client, the stand-in and the bot share that core, so the cost is an upper bound. What is
simulated: the waits of replies, with the real `Pace` on a clock that leaps. What is computed: everything else.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import math
import random
import selectors
import socket
import tempfile
import time
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.registry import faces
from bots.settings import Rates, Secrets, Settings, Telegram, Webhook
from core.channel import Abilities
from core.config import Runtime
from core.runtime.chats import SECOND
from core.runtime.pace import Pace
from core.runtime.service import open_service

ROOT = Path(__file__).resolve().parents[1]
MEASURED = {"cpu_ms_per_update": 1.1}
"""Of the table in docs/scale.md."""
EVENT_BYTES, EFFECT_BYTES = 700, 900
"""What a row and its indexes take, rounded up."""
STAR_DOLLARS = 0.013
"""What Telegram pays a bot's owner for a Star; buying one costs more. Unverified."""
FREE = 30.0
UNPACED = Rates(per_second=0, chat_burst=0, chat_every=0, group_per_minute=0)


# --- measured --------------------------------------------------------------------------------


async def measured(people: int) -> float:
    """Milliseconds of CPU for one update that comes by webhook, is turned and answered."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    hook = Webhook(url=f"http://127.0.0.1:{port}/tg", port=port, connections=100)
    async with TelegramStandIn(limits=UNLIMITED, seed=1) as stand_in:
        with tempfile.TemporaryDirectory() as folder:
            telegram = Telegram(api_url=stand_in.url, webhook=hook, rates=UNPACED)
            settings = Settings(
                data=Path(folder), flows=ROOT / "flows", telegram=telegram, runtime=Runtime(person_burst=0)
            )
            secrets = Secrets().model_copy(
                update={
                    "telegram_token": SecretStr(stand_in.token),
                    "telegram_webhook_secret": SecretStr("s" * 40),
                    "discord_token": SecretStr(""),
                }
            )
            service = await open_service(
                settings,
                secrets,
                lambda sign, library: faces(settings, secrets, sign, library),
                {},
                time.time,
            )
            running = asyncio.create_task(service.run())
            try:
                return await _served(stand_in, people)
            finally:
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running
                await service.store.close()


async def _served(stand_in: TelegramStandIn, people: int) -> float:
    while not stand_in.service.delivery.target.url:
        await asyncio.sleep(0.01)
    began = time.process_time()
    for number in range(people):
        stand_in.world.say(f"p{number}", "/start")
        if number % 50 == 0:
            await asyncio.sleep(0.005)
    while len(stand_in.ledger.sent()) < people:
        await asyncio.sleep(0.01)
    return 1000 * (time.process_time() - began) / people


# --- simulated -------------------------------------------------------------------------------


class _Leaper(selectors.DefaultSelector):
    """Never waits: notes how long it should have."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready and timeout:
            self.passed += timeout
        return ready


def leap(work: Coroutine[Any, Any, list[float]]) -> list[float]:
    """Run a coroutine that waits for nothing but time."""
    selector = _Leaper()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.passed  # type: ignore[method-assign]
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


async def waits(load: float, seconds: float, broadcast: bool) -> list[float]:
    """What each reply waits at so many replies a second, beside a broadcast that never ends, or alone."""
    loop, dice = asyncio.get_running_loop(), random.Random(3)
    pace, found = Pace(Abilities(per_second=FREE)), list[float]()

    async def reply(number: int, at: float) -> None:
        await asyncio.sleep(at)
        await pace.admit(f"r{number}", group=False, rank=0)
        found.append(loop.time() - at)

    async def low() -> None:
        number = 0
        while loop.time() < seconds:
            number += 1
            await pace.admit(f"b{number}", group=False, rank=9)

    at, replies = 0.0, list[Coroutine[Any, Any, None]]()
    while (at := at + dice.expovariate(load)) < seconds:
        replies.append(reply(len(replies), at))
    await asyncio.gather(*replies, *([low()] if broadcast else []))
    return sorted(found)


def simulated(seconds: float) -> list[dict[str, float]]:
    """Waits at several loads of one bot at 30 messages a second."""
    lines = []
    for load in (1, 10, 20, 25, 28):
        line: dict[str, float] = {"replies_per_second": load}
        for name, broadcast in (("alone", False), ("beside_broadcast", True)):
            found = leap(waits(load, seconds, broadcast))
            line[f"p50_ms_{name}"] = 1000 * found[len(found) // 2]
            line[f"p99_ms_{name}"] = 1000 * found[int(0.99 * len(found))]
        lines.append(line)
    return lines


# --- computed --------------------------------------------------------------------------------


def computed(args: argparse.Namespace, cpu_ms: float) -> dict[str, float | None]:
    """What the load asks of platform, processes, database and purse."""
    outgoing = args.incoming * args.replies
    usable = args.rate / SECOND
    capacity = args.bots * usable
    spare = max(0.0, capacity - outgoing)
    paid = args.rate > FREE
    day = 86_400
    return {
        "outgoing_per_second": outgoing,
        "platform_per_second": capacity,
        "platform_load": outgoing / capacity,
        "bots_needed_at_30": math.ceil(outgoing / (FREE / SECOND)),
        "bots_needed_at_1000": math.ceil(outgoing / (1000 / SECOND)),
        "backlog_after_an_hour": max(0.0, outgoing - capacity) * 3600,
        "wait_after_an_hour_s": max(0.0, outgoing - capacity) * 3600 / capacity,
        "broadcast_hours": args.subscribers / spare / 3600 if spare else None,  # it would never end
        "broadcast_hours_when_quiet": args.subscribers / capacity / 3600,
        "cores": args.incoming * cpu_ms / 1000,
        "processes_at_70_percent": math.ceil(args.incoming * cpu_ms / 1000 / 0.7),
        "rows_per_second": args.incoming + outgoing,
        "stored_gb_after_retention": (
            args.incoming * 7 * EVENT_BYTES + outgoing * 30 * EFFECT_BYTES
        ) * day / 1e9,
        "dollars_per_broadcast": args.subscribers * 0.1 * STAR_DOLLARS if paid else 0.0,
        "dollars_per_hour_of_replies": (
            max(0.0, min(outgoing, capacity) - FREE * args.bots) * 3600 * 0.1 * STAR_DOLLARS if paid else 0.0
        ),
    }  # fmt: skip


def show(found: dict[str, Any]) -> None:
    """Two tables for people."""
    console, table = Console(), Table("what", "figure")
    for name, value in found["computed"].items():
        shown = "never" if value is None else f"{value:,.3g}" if value < 100 else f"{value:,.0f}"
        table.add_row(name, shown)
    table.add_row("cpu_ms_per_update", f"{found['cpu_ms_per_update']:.2f}")
    console.print(table)
    lines = found["simulated"]
    table = Table(*lines[0])
    for line in lines:
        table.add_row(*(f"{value:.0f}" for value in line.values()))
    console.print(table)


def main() -> int:
    """Measure, simulate, compute and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--subscribers", type=int, default=10_000_000)
    parser.add_argument("--incoming", type=float, default=1_000.0)
    parser.add_argument("--replies", type=float, default=1.3)
    parser.add_argument("--rate", type=float, default=FREE)
    parser.add_argument("--bots", type=int, default=1)
    parser.add_argument("--no-measure", action="store_true")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="small and fast")
    args = parser.parse_args()
    logging.disable(logging.WARNING)
    cpu = MEASURED["cpu_ms_per_update"]
    if not args.no_measure:
        cpu = asyncio.run(measured(200 if args.quick else 3_000))
    found = {
        "given": {
            name: getattr(args, name) for name in ("subscribers", "incoming", "replies", "rate", "bots")
        },
        "cpu_ms_per_update": cpu,
        "computed": computed(args, cpu),
        "simulated": simulated(60 if args.quick else 600),
    }
    if args.json:
        print(json.dumps(found, indent=2))
    else:
        show(found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
