"""The bot of the demo: a real `helpline run` as a process of its own, so that killing it is really `kill -9`.

It stands on a leash: it ends when its standard input ends, so it cannot outlive the demo, however that dies.
A bot that was killed is started again after a moment; one that ends by itself ends the demo with its exit code.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

State = Literal["starting", "ready", "dead"]

PAUSE = 2.5
"""Seconds between a death and the next start: long enough to write something to a dead bot."""
PATIENCE = 10.0
"""Seconds that a bot has to stop cleanly."""


class Bot:
    """One bot after the other, each a child process. `changed` is called whenever `state` or `pid` are new.

    A bot that says that it runs is ready once `hears` returns: what is written before it hears its platforms might
    reach nobody.
    """

    def __init__(
        self, environment: Mapping[str, str], hears: Callable[[], Awaitable[None]], *, pause: float = PAUSE
    ) -> None:
        self._environment = dict(environment)
        self._hears = hears
        self._pause = pause
        self._process: asyncio.subprocess.Process | None = None
        self.state: State = "starting"
        self.starts = 0
        self.changed: Callable[[], None] = lambda: None
        self.said: Callable[[str], None] = lambda line: None
        self.ready = asyncio.Event()

    @property
    def pid(self) -> int:
        """The number of the process that runs now, 0 when none does."""
        return self._process.pid if self._process and self._process.returncode is None else 0

    async def run(self) -> int:
        """Keep a bot running until it ends by itself (its exit code) or this is cancelled (it is stopped)."""
        try:
            while (code := await self._once()) < 0:
                self._become("dead")
                await asyncio.sleep(self._pause)
        finally:
            await self._stop()
        return code

    def kill(self) -> None:
        """kill -9."""
        self.signal(signal.SIGKILL)

    def signal(self, number: int) -> None:
        """Send it a signal, when there is one."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def _once(self) -> int:
        self.starts += 1
        # A session of its own: the terminal's Ctrl+C goes to the demo, which then stops the bot cleanly.
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bots", "run", "--leash",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            env=self._environment, start_new_session=True,
        )  # fmt: skip
        self._become("starting")
        assert self._process.stdout is not None
        hearing: asyncio.Task[None] | None = None
        try:
            async for line in self._process.stdout:
                if hearing is None:  # it says one line when it runs
                    hearing = asyncio.create_task(self._hear())
                else:
                    self.said(line.decode("utf-8", "replace").rstrip("\n"))
            return await self._process.wait()
        finally:
            if hearing is not None:
                hearing.cancel()

    async def _hear(self) -> None:
        await self._hears()
        self._become("ready")

    def _become(self, state: State) -> None:
        self.state = state
        if state == "ready":
            self.ready.set()
        else:
            self.ready.clear()
        self.changed()

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        self.signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            self.kill()
            await process.wait()
