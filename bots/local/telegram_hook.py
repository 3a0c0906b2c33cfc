"""How the Bot API delivers to a webhook: strictly in order within a chat, chats side by side, again until a 2xx comes.

What waits stays in the one queue that getUpdates reads; an update leaves it when it was accepted or after 24 hours.
An answer's body is not read: ours never holds a call.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from bots.local.telegram_updates import KEPT_SECONDS, Update, UpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
LONGEST_RETRY_AFTER = 3600.0
_PLACES = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "my_chat_member",
    "chat_member",
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where to deliver. No `url`: nowhere."""

    url: str = ""
    secret: str = ""
    connections: int = 40


class Delivery:
    """The deliveries of one bot. `now` gives epoch seconds; `first` is the wait after the second failure, in seconds."""

    def __init__(self, updates: UpdateQueue, now: Callable[[], float], seed: int | None = None) -> None:
        self._updates = updates
        self._now = now
        self._random = random.Random(seed)  # noqa: S311 - a stand-in's waits, not secrets
        self.first = 2.0
        self.timeout = 10.0
        self.target = Target()
        self.failed_at = 0
        self.failure = ""
        self.delivered: list[int] = []
        self._lanes: dict[str, deque[Update]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._gate = asyncio.Semaphore(self.target.connections)
        updates.on_push = self._line_up

    def turn(self, target: Target) -> None:
        """Deliver there from now on; what is on its way to the old place is broken off."""
        self._cancel()
        self.target, self.failed_at, self.failure = target, 0, ""
        self._gate = asyncio.Semaphore(target.connections)
        self._spread()

    async def start(self) -> None:
        """Go on with what waits."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self.timeout))
        self._spread()

    async def stop(self) -> None:
        """Break off; what was not accepted waits."""
        tasks = list(self._tasks)
        self._cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._lanes.clear()

    def _spread(self) -> None:
        for update in self._updates.waiting():
            self._line_up(update)

    def _line_up(self, update: Update) -> None:
        """It stands behind what waits for the same chat."""
        if not self.target.url or self._session is None:
            return
        key = _chat_of(update.text)
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = deque()
            task = asyncio.create_task(self._drain(key, lane))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        lane.append(update)

    async def _drain(self, key: str, lane: deque[Update]) -> None:
        failures = 0
        while lane:
            update = lane[0]
            async with self._gate:
                wait = await self._post(update, failures)
            if wait is not None and self._now() + wait - update.at < KEPT_SECONDS:
                failures += 1
                await asyncio.sleep(wait)
                continue
            failures = 0
            self._updates.remove(update)
            lane.popleft()
            if wait is None:
                self.delivered.append(update.number)
        del self._lanes[key]  # nothing was awaited since it was seen to be empty

    async def _post(self, update: Update, failures: int) -> float | None:
        """None when it was accepted, else the seconds until the next try."""
        assert self._session is not None
        headers = {"Content-Type": "application/json"}
        if self.target.secret:
            headers[SECRET_HEADER] = self.target.secret
        try:
            async with self._session.post(
                self.target.url, data=update.text.encode(), headers=headers, allow_redirects=False
            ) as response:
                if 200 <= response.status < 300:
                    return None
                self._note(f"Wrong response from the webhook: {response.status} {response.reason}")
                with contextlib.suppress(KeyError, ValueError):
                    return min(float(response.headers["Retry-After"]), LONGEST_RETRY_AFTER)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            self._note("Read timeout expired" if isinstance(error, TimeoutError) else "Connection refused")
        if not failures:
            return 0.0
        return float(min(self.first * 2.0 ** (failures - 1), self._random.uniform(60, 120)))

    def _note(self, failure: str) -> None:
        self.failed_at, self.failure = int(self._now()), failure


def _chat_of(text: str) -> str:
    """The chat, or else the person, whose queue an update stands in; what names neither stands alone."""
    update = json.loads(text)
    body: Any = next((update[place] for place in _PLACES if place in update), {})
    press = update.get("callback_query")
    if isinstance(press, dict):
        body = press.get("message") or {"chat": press.get("from")}
    try:
        return str(body["chat"]["id"])
    except (LookupError, TypeError):
        return f"update {update.get('update_id')}"
