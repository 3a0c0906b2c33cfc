"""`python -m benchmarks.broadcast [--json] [--quick] [--million N]`: an approved broadcast with people talking beside it.

delivered_over_platform_rate   messages that arrived in a second, replies included, over the 30 that the platform allows
too_many_requests              429s of a stand-in that counts every window of one second strictly
reply_p99_ms                   from the commit of a reply to its arrival; the worse of 1 and 10 replies a second
rss_mb_million                 how much the process grows while it sends to a million people

The whole way is measured: approval, slices, outbox, worker, the text looked up for each person, the real channel over
HTTP, receipts and tallies in SQLite. The peer (measured where benchmarks/peers.txt is installed) is a plain loop over python-telegram-bot's `Bot.send_message` with its
AIORateLimiter (five retries), on the same stand-in with the same people; replies leave through the same bot.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from telegram.ext import AIORateLimiter, ExtBot

from benchmarks.pace import PLATFORM, Refusals, reachable, replies, running
from benchmarks.tables import draw_goals, draw_rates
from bots.local.people import Person
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import Limits
from core.broadcast.content import Content, Plan, Rule, digest, dump
from core.conversation.model import Message, Rich
from core.runtime.service import Service
from core.store.broadcasts import Draft
from core.store.rows import AuditLine, Batch, Subscriber

WARM = 4.0
"""Seconds at the beginning that are not counted."""
NAME, CHANNEL, TEXT = "bench", "telegram-main", "公告：今晚十点暂停充值一小时。"
GOALS = {
    "delivered_over_platform_rate": (">=", 0.95),
    "too_many_requests": ("<=", 0.0),
    "reply_p99_ms": ("<", 150.0),
    "rss_mb_million": ("<", 20.0),
}


async def approved(service: Service, people: int) -> None:
    """Ada wrote it, Bob stands behind it, and the ramp is behind us."""
    messages = {language: Message((Rich(TEXT),)) for language in ("zh", "en")}
    body = dump(Content(NAME, "security", messages, Rule(everybody=True), Plan(), "bench"))
    room, line, now = service.store.broadcasts, AuditLine(service.now(), "b", "b", NAME), service.now()
    version = await room.write(Draft(NAME, "CODE", "ada", "", body, digest(body)), line, now)
    assert version
    await room.move(NAME, version, ["draft"], "in_review", "", line)
    await room.approve(NAME, version, digest(body), "bob", people, line)
    await room.stage(NAME, version, 3, now)


async def ours(stand_in: TelegramStandIn, folder: Path, listeners: Sequence[Person], callers: Sequence[Person], seconds: float) -> float:  # fmt: skip
    """Helpline; returns when the counting began, on the stand-in's clock."""
    async with running(stand_in, folder) as service:
        crowd = [Subscriber(CHANNEL, str(p.id), str(p.id), "zh", service.now()) for p in listeners]
        await service.store.turns.commit(Batch(people=crowd))
        await approved(service, len(listeners))
        await asyncio.sleep(WARM)
        return await counted(stand_in, seconds, replies(service, callers, seconds, random.Random(7)))


async def peer(stand_in: TelegramStandIn, folder: Path, listeners: Sequence[Person], callers: Sequence[Person], seconds: float) -> float:  # fmt: skip
    """The loop that everybody writes first."""
    base = f"{stand_in.url}/bot"
    bot = ExtBot(stand_in.token, base_url=base, rate_limiter=AIORateLimiter(max_retries=5))
    pending: set[asyncio.Task[Any]] = set()

    async def campaign() -> None:
        async with asyncio.TaskGroup() as group:
            for person in listeners:
                group.create_task(bot.send_message(person.id, TEXT))

    async def talk() -> None:
        dice, began = random.Random(7), asyncio.get_running_loop().time()
        waits = sorted(dice.uniform(0, seconds) for _ in callers)
        for number, (person, at) in enumerate(zip(callers, waits, strict=True)):
            await asyncio.sleep(max(0.0, began + at - asyncio.get_running_loop().time()))
            said = f"reply {number} {time.time():.6f}"
            pending.add(asyncio.create_task(bot.send_message(person.id, said)))

    async with bot:
        sending = asyncio.create_task(campaign())
        await asyncio.sleep(WARM)
        began = await counted(stand_in, seconds, talk())
        await asyncio.wait(pending, timeout=30)
        sending.cancel()
        with suppress(asyncio.CancelledError, BaseExceptionGroup):
            await sending
    return began


async def counted(stand_in: TelegramStandIn, seconds: float, talking: Any) -> float:
    """Let people talk for so long; when it began."""
    began = stand_in.world.now()
    await talking
    await asyncio.sleep(max(0.0, began + seconds - stand_in.world.now()))
    return began


async def measure(who: Any, per_second: float, seconds: float) -> dict[str, float]:
    """One run of one of the two: a broadcast that is longer than the measurement, and so many replies a second."""
    limits = Limits(per_second=PLATFORM, chat_burst=0, chat_every=0, group_per_minute=0)
    refusals = Refusals()
    with tempfile.TemporaryDirectory() as folder:
        async with TelegramStandIn(limits=limits, seed=1, on_exchange=refusals) as stand_in:
            many = int((seconds + WARM + 2) * PLATFORM)
            listeners = [reachable(stand_in, f"b{n}") for n in range(many)]
            callers = [reachable(stand_in, f"r{n}") for n in range(round(per_second * seconds))]
            began = await who(stand_in, Path(folder), listeners, callers, seconds)
            rows = [row for row in stand_in.ledger.sent() if began <= row.at]
    inside = [row for row in rows if row.at < began + seconds]
    waits = sorted(row.at - float(row.text.split()[2]) for row in rows if row.text.startswith("reply"))
    return {
        "replies_per_second": per_second,
        "rate": len(inside) / seconds,
        "replies": len(waits),
        "reply_p50_ms": 1000 * waits[len(waits) // 2],
        "reply_p99_ms": 1000 * waits[min(len(waits) - 1, int(0.99 * len(waits)))],
        "too_many_requests": refusals.count,
    }


# --- a million people ------------------------------------------------------------------------


async def million(people: int, seconds: float) -> dict[str, float]:
    """How much the process grows while it sends to so many, and how many left meanwhile."""
    limits = Limits(per_second=PLATFORM, chat_burst=0, chat_every=0, group_per_minute=0)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            TelegramStandIn(limits=limits, seed=1) as stand_in,
            running(stand_in, Path(folder)) as service,
        ):
            listeners = [reachable(stand_in, f"b{n}") for n in range(int(seconds * PLATFORM) + 200)]
            _crowd(Path(folder) / "helpline.db", [person.id for person in listeners], people)
            await asyncio.sleep(1.0)
            before = _rss()
            await approved(service, people)
            peak = before
            ended = asyncio.get_running_loop().time() + seconds
            while asyncio.get_running_loop().time() < ended:
                await asyncio.sleep(0.25)
                peak = max(peak, _rss())
            sent = len(stand_in.ledger.sent())
    return {"people": people, "sent": sent, "rss_mb_before": before, "rss_mb_growth": peak - before}


def _crowd(database: Path, first: Sequence[int], people: int) -> None:
    """So many subscribers in the table; the first of them exist on the platform, too."""
    ids = [str(one) for one in first]
    rest = (f"~{number:09}" for number in range(people - len(ids)))
    with closing(sqlite3.connect(database, timeout=30)) as db, db:
        db.executemany(
            "INSERT INTO subscriber (channel, person, chat, language, seen_at) VALUES (?, ?, ?, 'zh', 1)",
            ((CHANNEL, one, one) for one in (*ids, *rest)),
        )


def _rss() -> float:
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def measured(quick: bool, people: int) -> dict[str, Any]:
    """All runs, one after the other, and what they come to."""
    plan = ((1, 6), (10, 6)) if quick else ((1, 40), (10, 30))
    runs = [await measure(ours, rate, seconds) for rate, seconds in plan]
    beside = plan if find_spec("aiolimiter") else ()
    peers = [await measure(peer, rate, 6 if quick else 20) for rate, _ in beside]
    crowd = await million(20_000 if quick else people, 5 if quick else 25)
    ratios = {
        "delivered_over_platform_rate": min(run["rate"] for run in runs) / PLATFORM,
        "too_many_requests": sum(run["too_many_requests"] for run in runs),
        "reply_p99_ms": max(run["reply_p99_ms"] for run in runs),
        "rss_mb_million": crowd["rss_mb_growth"],
    }
    goals = {name: f"{sign} {goal:g}" for name, (sign, goal) in GOALS.items()}
    return {"ratios": ratios, "goals": goals, "runs": runs, "peer": peers, "million": crowd}


def show(found: dict[str, Any]) -> None:
    """Two tables for people."""
    both = (("helpline", found["runs"]), ("AIORateLimiter", found["peer"]))
    draw_rates((who, run) for who, runs in both for run in runs)
    draw_goals(found)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="short: shows that it works, measures little")
    parser.add_argument("--million", type=int, default=1_000_000, help="people of the memory's run")
    args = parser.parse_args()
    logging.disable(logging.ERROR)
    found = asyncio.run(measured(args.quick, args.million))
    if args.json:
        print(json.dumps(found, indent=2))
    else:
        show(found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
