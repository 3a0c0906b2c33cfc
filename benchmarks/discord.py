"""`python -m benchmarks.discord [--json] [--quick]`: how quickly interactions are answered, and what one costs.

ack_p99_ms            many people use a command at the same moment; the 99th of 100 first answers, in ms
vs_plain_discord_py   CPU per interaction of the whole of Helpline against a bare discord.py bot that keeps nothing

Each contender is a process of its own before the same stand-in; rounds are interleaved and the median ratio counts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bots.local.discord import DiscordStandIn
from bots.local.discord_limits import UNLIMITED

ROOT = Path(__file__).resolve().parents[1]
PATIENT = 120.0
REST = 2.0


@asynccontextmanager
async def contender(who: str, stand_in: DiscordStandIn) -> AsyncIterator[asyncio.subprocess.Process]:
    """A bot that listens and knows its command."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["-m", "benchmarks.discord_bots", who, "--url", stand_in.url]
        command += ["--token", stand_in.token, "--folder", folder]
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        try:
            await _told(process)
            await stand_in.gateway.until_listening(PATIENT)
            async with asyncio.timeout(PATIENT):
                while not any(one["name"] == "menu" for one in stand_in.world.commands.get(0, [])):
                    await asyncio.sleep(0.05)
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _told(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout
    async with asyncio.timeout(PATIENT):
        line: dict[str, Any] = json.loads(await process.stdout.readline())
    return line


async def crowd(stand_in: DiscordStandIn, people: int, prefix: str) -> list[float]:
    """So many people use the command at once; the seconds until each was answered."""
    world = stand_in.world
    clicks = [
        world.slash(world.add_person(f"{prefix}{n}", username=f"{prefix}{n}"), "menu") for n in range(people)
    ]
    async with asyncio.timeout(PATIENT):
        while any(click.delay is None for click in clicks):
            await asyncio.sleep(0.01)
    return sorted(click.delay or 0.0 for click in clicks)


async def measure(who: str, people: int, crowds: int) -> tuple[float, float]:
    """(CPU microseconds an interaction, the 99th percentile of the first answers in ms)."""
    async with DiscordStandIn(limits=UNLIMITED) as stand_in:
        stand_in.interactions.ack_window = PATIENT
        async with contender(who, stand_in) as process:
            for number in range(2):
                await crowd(stand_in, people, f"warm{number}x")
                await asyncio.sleep(REST)  # what a start leaves to be done is not an interaction's cost
            assert process.stdin
            process.stdin.write(b"go\n")
            await asyncio.sleep(0.2)
            delays: list[float] = []
            for number in range(crowds):
                delays += await crowd(stand_in, people, f"p{number}x")
            await asyncio.sleep(0.5)  # receipts of what was answered belong to its cost
            process.stdin.write(b"end\n")
            cpu = (await _told(process))["cpu"]
    delays.sort()
    return cpu / len(delays) * 1e6, delays[int(len(delays) * 0.99) - 1] * 1000


async def contest(people: int, crowds: int, rounds: int) -> dict[str, Any]:
    """Both contenders once a round, in turn."""
    costs: dict[str, list[float]] = {"helpline": [], "bare": []}
    slowest = []
    for number in range(rounds):
        for who in sorted(costs, reverse=bool(number % 2)):
            cost, p99 = await measure(who, people, crowds)
            costs[who].append(cost)
            if who == "helpline":
                slowest.append(p99)
    ratios = [ours / theirs for ours, theirs in zip(costs["helpline"], costs["bare"], strict=True)]
    return {
        "ack_p99_ms": round(median(slowest), 1),
        "vs_plain_discord_py": round(median(ratios), 3),
        "helpline_us": round(median(costs["helpline"])),
        "plain_discord_py_us": round(median(costs["bare"])),
        "people": people,
        "crowds": crowds,
        "rounds": rounds,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--quick", action="store_true", help="a smoke test: one small round")
    given = parser.parse_args()
    found = asyncio.run(contest(*((10, 1, 1) if given.quick else (100, 10, 5))))
    print(json.dumps(found) if given.json else "\n".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
