"""The buttons that make trouble: each does to the stand-ins, the node or the bot what the world may do to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, Protocol

from bots.local.chains import SAMPLES
from bots.local.child import Bot
from bots.local.faults import ANY, Fault, FaultPlan
from bots.local.node import Node

OUTAGE_SECONDS = 8.0
SLOW_DOWN = Fault("slow_down", committed=False, retry_after=3)
SLOW_CALLS = 2
"""How many calls are told to wait."""

HASHES: Final[Mapping[str, str]] = {
    **SAMPLES,
    "unknown": "0x" + sha256(b"helpline sample: unknown").hexdigest(),
}
"""Name -> an id to paste; nobody has ever seen the last one."""

LINKS: Final[Mapping[str, str]] = {
    "imitation": "https://he1pline-example.com/login?verify=1",
    "lookalike": "https://hеlpline.example/airdrop",  # the "е" is Cyrillic
    "agent": "https://t.me/Helpline_Official_Agent",
    "official": "https://helpline.example",
}
"""Name -> a link that somebody may have been sent. The last one is genuine."""


class StandIn(Protocol):
    """What both stand-ins can do."""

    faults: FaultPlan

    async def start(self) -> None:
        """Listen, on the port of before."""

    async def stop(self) -> None:
        """Break every connection."""


class Lab:
    """Everything that can go wrong, on purpose. `changed` is called when `out` is new."""

    def __init__(
        self, stand_ins: Sequence[StandIn], node: Node | None, bot: Bot, changed: Callable[[], None]
    ) -> None:
        self._stand_ins = stand_ins
        self._node = node
        self._bot = bot
        self._changed = changed
        self._running: set[asyncio.Task[None]] = set()
        self.out = False
        self.node_state = "well"

    @property
    def has_node(self) -> bool:
        """Whether the node is ours to break."""
        return self._node is not None

    def slow_down(self) -> None:
        """The next calls of the bot to each platform are answered with 429 and "wait three seconds"."""
        for one in self._stand_ins:
            one.faults.queue(ANY, *[SLOW_DOWN] * SLOW_CALLS)

    def outage(self) -> None:
        """Both platforms are gone for a while."""
        if not self.out:
            self._start(self._outage())

    async def _outage(self) -> None:
        self.out = True
        self._changed()
        try:
            await asyncio.gather(*(one.stop() for one in self._stand_ins))
            await asyncio.sleep(OUTAGE_SECONDS)
        finally:
            await asyncio.gather(*(one.start() for one in self._stand_ins))
            self.out = False
            self._changed()

    def kill(self) -> None:
        """kill -9; the bot is started again by itself."""
        self._bot.kill()

    def set_node(self, state: str) -> None:
        """The node is "well", "down", "behind" or "syncing".

        Raises:
            LookupError: there is no such state, or no node of ours.
        """
        states: Mapping[str, Callable[[Node], None]] = {
            "well": Node.well,
            "down": Node.down,
            "behind": Node.behind,
            "syncing": Node.syncing,
        }
        if self._node is None or state not in states:
            raise LookupError(state)
        states[state](self._node)
        self.node_state = state
        self._changed()

    async def close(self) -> None:
        """End what is under way."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
