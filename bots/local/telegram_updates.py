"""The queue of updates and the rules of getUpdates: held polls, offsets, conflicts, redelivery.

An update stays until an offset above it comes, or for 24 hours. The rules are those of the real server,
with its odd ones: an offset repeated within seconds is slowed down, an offset far in the future is ignored.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from bots.local.telegram_wire import ApiError, Json, RawJson

KEPT_SECONDS = 86_400
QUIET_SECONDS = 7 * 86_400
LONGEST_HOLD = 50
FUTURE_SLACK = 10
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})

OTHER_POLL = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


class Update(NamedTuple):
    """One update as it waits. `at` is in epoch seconds."""

    number: int
    at: float
    text: str


class UpdateQueue:
    """The updates that wait for one bot. `now` gives epoch seconds."""

    def __init__(self, *, now: Callable[[], float], seed: int | None = None) -> None:
        self._now = now
        self._random = random.Random(seed)  # noqa: S311 - ids of a stand-in, not secrets
        self._next = self._fresh_start()
        self._last_push = 0.0
        self._pending: deque[Update] = deque()
        self._held: asyncio.Future[None] | None = None
        self._previous: tuple[int, float] = (0, float("-inf"))
        self._next_conflict = float("-inf")
        self.allowed: frozenset[str] = frozenset()
        self.on_push: Callable[[Update], None] = lambda _: None
        self.webhook_active = False
        self.slow_repeats = True
        self.conflict_delay = 3.0

    def __len__(self) -> int:
        return len(self._pending)

    @property
    def holding(self) -> bool:
        """Whether a poll is held now."""
        return self._held is not None

    def push(self, kind: str, payload: Json) -> int | None:
        """Queue one update and wake the held poll: its update_id, or None when the bot did not ask for it."""
        if (self.allowed and kind not in self.allowed) or (not self.allowed and kind in NOT_BY_DEFAULT):
            return None
        return self.push_raw({kind: payload})

    def push_raw(self, update: Json) -> int:
        """Queue an update as it is; its "update_id" is set unless it carries one. Returns the id."""
        now = self._now()
        if self._last_push and now - self._last_push > QUIET_SECONDS:
            self._next = self._fresh_start()
        self._last_push = now
        number = int(update.get("update_id", self._next))
        self._next = max(self._next, number) + 1
        one = Update(number, now, json.dumps({"update_id": number, **update}))
        self._pending.append(one)
        if self._held is not None and not self._held.done():
            self._held.set_result(None)
        self.on_push(one)
        return number

    def waiting(self) -> list[Update]:
        """What was not accepted yet, the oldest first."""
        return list(self._pending)

    def remove(self, update: Update) -> None:
        """It was accepted, or it is too old."""
        with contextlib.suppress(ValueError):
            self._pending.remove(update)

    def drop(self) -> None:
        """Forget every waiting update."""
        self._pending.clear()

    async def get(self, offset: int, limit: int, timeout: int) -> RawJson:  # noqa: ASYNC109 - the API's own
        """What getUpdates answers: a JSON array, held up to `timeout` seconds while nothing waits.

        Raises:
            ApiError: 409, another poll or a webhook took over.
        """
        if self.webhook_active:
            await self._delay_conflict()
            raise ApiError(409, WEBHOOK_ACTIVE)
        limit = min(max(limit, 1), 100)
        hold = min(max(timeout, 0), LONGEST_HOLD)
        if self.slow_repeats:
            limit, hold = self._slow(offset, limit, hold)
        if (batch := self._take(offset, limit)) or not hold:
            return self._text(batch)
        await self._wait(hold)
        return self._text(self._take(offset, limit))

    def end_hold(self, error: ApiError) -> None:
        """Answer the held poll, if there is one, with `error`."""
        if self._held is not None and not self._held.done():
            self._held.set_exception(error)
        self._held = None

    def _fresh_start(self) -> int:
        return self._random.randint(100_000_000, 900_000_000)

    def _slow(self, offset: int, limit: int, hold: int) -> tuple[int, int]:
        now = asyncio.get_running_loop().time()
        before, at = self._previous
        self._previous = (offset, now)
        if offset == before and hold < 3 and now < at + 3.0:
            hold = 3
        if offset == before and now < at + 0.5:
            limit = 1
        return limit, hold

    async def _wait(self, seconds: int) -> None:
        # The newer poll ends the older one only here: when it has nothing to return and starts waiting.
        self.end_hold(ApiError(409, OTHER_POLL))
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._held = mine
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await mine
        except ApiError as error:
            if error.code == 409:
                await self._delay_conflict()
            raise
        finally:
            if self._held is mine:
                self._held = None

    async def _delay_conflict(self) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._next_conflict:
            await asyncio.sleep(self.conflict_delay)
        else:
            self._next_conflict = now + self.conflict_delay

    def _take(self, offset: int, limit: int) -> list[Update]:
        pending = self._pending
        oldest = self._now() - KEPT_SECONDS
        while pending and pending[0].at < oldest:
            pending.popleft()
        if offset < 0:
            while len(pending) > -offset:
                pending.popleft()
        elif 0 < offset <= self._next + FUTURE_SLACK:
            while pending and pending[0].number < offset:
                pending.popleft()
        return [pending[i] for i in range(min(limit, len(pending)))]

    @staticmethod
    def _text(batch: list[Update]) -> RawJson:
        return RawJson("[" + ",".join(update.text for update in batch) + "]")
