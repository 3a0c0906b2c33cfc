"""The bot as a process of its own, started and killed at will, and looked at from outside."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psycopg

from bots.local.telegram import TelegramStandIn
from bots.settings import Rates
from core.store.postgres_sql import translated

ROOT = Path(__file__).resolve().parents[2]
PATIENT = 90.0
"""Seconds after which a test gives up waiting; no test measures by it."""


class Process:
    """A `helpline` command in a process of its own, forked from the nursery."""

    def __init__(self, pid: int, log: Path) -> None:
        self.pid = pid
        self._log = log

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return not _end(self._log).exists()

    @property
    def said(self) -> str:
        """Everything that it wrote so far, on both streams."""
        return self._log.read_text("utf-8", "replace")

    async def ended(self) -> int:
        """Its exit code, once it has one; below 0 the signal that ended it."""
        async with asyncio.timeout(PATIENT):
            while self.running:
                await asyncio.sleep(0.005)
        return int(_end(self._log).read_text())

    async def kill(self, number: int = signal.SIGKILL) -> int:
        """kill -9, unless it has ended by itself."""
        self.stop(number)
        return await self.ended()

    def stop(self, number: int = signal.SIGKILL) -> None:
        """Send it a signal, unless it has ended."""
        if self.running:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def says(self, part: str) -> None:
        """Wait until it has written this."""
        async with asyncio.timeout(PATIENT):
            while part not in self.said:
                assert self.running, self.said
                await asyncio.sleep(0.02)


def _end(log: Path) -> Path:
    """Where the exit code of a process will be."""
    return log.with_suffix(".end")


class Nursery:
    """Starts processes; see nursery.py. Close it at the end."""

    def __init__(self, cache: Path) -> None:
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "tests.app.nursery"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            env={"PYTHONPYCACHEPREFIX": str(cache)} | env,
        )  # fmt: skip
        self._started = 0
        self._running: list[Process] = []

    async def start(
        self, env: Mapping[str, str], folder: Path, *arguments: str, die: str = "", beside: bool = False
    ) -> Process:
        """`helpline <arguments>` in `folder`, with only `env` as its environment. What runs already is killed
        before, unless this one is to be `beside` it."""
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        if not beside:
            await self.end()
        self._started += 1
        log = folder / f"helpline-{self._started}.log"
        log.touch()
        request = {
            "env": dict(env),
            "folder": str(folder),
            "log": str(log),
            "end": str(_end(log)),
            "arguments": arguments,
            "die": die,
        }
        print(json.dumps(request), file=self._popen.stdin, flush=True)
        pid = int(await asyncio.to_thread(self._popen.stdout.readline))
        self._running.append(Process(pid, log))
        return self._running[-1]

    async def end(self) -> None:
        """Kill what runs."""
        while self._running:
            await self._running.pop().kill()

    def close(self) -> None:
        """End it, and what it started."""
        for one in self._running:
            one.stop()
        with self._popen as popen:
            assert popen.stdin is not None
            popen.stdin.close()


async def settled_process(stand_in: TelegramStandIn | None, database: Path | str) -> None:
    """What was said has arrived at a bot in another process, and all that it caused has ended. Without a stand-in,
    whoever asks knows that it has arrived."""
    open_rows = (
        "SELECT 1 FROM event WHERE status = 'waiting' UNION SELECT 1 FROM effect WHERE status = 'queued'"
    )
    async with asyncio.timeout(PATIENT):
        while (stand_in is not None and len(stand_in.world.updates)) or looked_up(database, open_rows):
            await asyncio.sleep(0.05)


def looked_up(database: Path | str, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """A look into the database (a file, or the address of a server) beside whoever works on it."""
    if isinstance(database, str):
        with psycopg.connect(database, cursor_factory=psycopg.RawCursor) as server:
            return server.execute(translated(sql), values).fetchall()
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as db:
        return db.execute(sql, values).fetchall()


def environment(stand_in: TelegramStandIn | None, folder: Path, **more: str) -> dict[str, str]:
    """Of a process: nothing of this one's settings, no rates."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HELPLINE_", "TELEGRAM_"))}
    rates = {f"HELPLINE_TELEGRAM__RATES__{name.upper()}": "0" for name in Rates.model_fields}
    own = {"HELPLINE_DATA": str(folder), "HELPLINE_FLOWS": str(ROOT / "flows"), "HELPLINE_LANG": "en"}
    if stand_in is not None:
        own |= {"TELEGRAM_TOKEN": stand_in.token, "HELPLINE_TELEGRAM__API_URL": stand_in.url}
    return kept | rates | own | more
