"""The bot as a process of its own, started and killed at will, and looked at from outside."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from subprocess import CompletedProcess
from typing import TYPE_CHECKING, Any

import psycopg

from bots.local.telegram import TelegramStandIn
from bots.settings import Rates
from core.store.postgres_sql import translated

if TYPE_CHECKING:  # what a nursery imports is for its own process
    from tests.app.nursery import Request

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

    def __init__(self) -> None:
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "tests.app.nursery"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        self._started = 0
        self._running: list[Process] = []

    async def start(
        self, env: Mapping[str, str], folder: Path, *arguments: str, die: str = "", beside: bool = False
    ) -> Process:
        """`helpline <arguments>` in `folder`, with only `env` as its environment. What runs already is killed
        before, unless this one is to be `beside` it."""
        if not beside:
            await self.end()
        log = self._next(folder)
        pid = await asyncio.to_thread(self._begin, env, folder, arguments, log, die=die)
        self._running.append(Process(pid, log))
        return self._running[-1]

    def run(
        self, env: Mapping[str, str], folder: Path, *arguments: str, text: str | bytes = b""
    ) -> CompletedProcess[str]:
        """`helpline <arguments>` beside what runs, with this text as its input, to its end."""
        log = self._next(folder)
        stdin, errors = log.with_suffix(".in"), log.with_suffix(".errors")
        stdin.write_bytes(text.encode() if isinstance(text, str) else text)
        one = Process(self._begin(env, folder, arguments, log, stdin=str(stdin), errors=str(errors)), log)
        until = time.monotonic() + PATIENT
        while one.running:
            assert time.monotonic() < until, one.said
            time.sleep(0.005)
        code = int(_end(log).read_text())
        return CompletedProcess(arguments, code, one.said, errors.read_text("utf-8", "replace"))

    def _next(self, folder: Path) -> Path:
        self._started += 1
        log = folder / f"helpline-{self._started}.log"
        log.touch()
        return log

    def _begin(
        self,
        env: Mapping[str, str],
        folder: Path,
        arguments: Sequence[str],
        log: Path,
        *,
        stdin: str = "",
        errors: str = "",
        die: str = "",
    ) -> int:
        """Its number."""
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        request: Request = {
            "env": dict(env), "folder": str(folder), "arguments": list(arguments), "stdin": stdin,
            "log": str(log), "errors": errors or str(log), "end": str(_end(log)), "die": die,
        }  # fmt: skip
        print(json.dumps(request), file=self._popen.stdin, flush=True)
        return int(self._popen.stdout.readline())

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
