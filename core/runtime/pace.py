"""When a message may leave: the platform's rates, from a channel's abilities. Replies before everything else.

Three limits: a sliding window over the whole bot, a small bucket for each private chat, a sliding minute for
each group. A chat that the platform slows down delays nobody else.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Callable

from core.channel import Abilities

SECOND = 1.03
"""The platform's second as we count it: 30 messages in 1.03 s never met a strict 30-a-second window (measured)."""
CHATS = 10_000
"""Chats remembered before the idle ones are forgotten."""


class Pace:
    """The rate limits of one channel. Time is `asyncio`'s monotonic clock, in seconds."""

    def __init__(self, abilities: Abilities, clock: Callable[[], float] | None = None) -> None:
        self._abilities = abilities
        self._clock = clock or asyncio.get_running_loop().time
        self._sent: deque[float] = deque(maxlen=int(abilities.per_second) or None)
        self._chat_free: dict[str, float] = {}
        self._groups: dict[str, deque[float]] = {}
        self._held: dict[str, float] = {}
        self._held_all = 0.0
        self._queue: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = 0
        self._timer: asyncio.TimerHandle | None = None

    async def admit(self, chat: str, *, group: bool, rank: int) -> None:
        """Return when one message to this chat may leave; lower ranks first where the whole bot is limited."""
        while True:
            while (wait := self._chat_wait(chat, group)) > 0:  # noqa: ASYNC110 - it is known how long
                await asyncio.sleep(wait)
            if self._queue or self._bot_wait() > 0:
                await self._line_up(rank)
            else:
                self._spend_bot()
            if self._chat_wait(chat, group) <= 0:  # nobody else wrote there while we stood in line
                self._spend_chat(chat, group)
                return

    def hold(self, seconds: float, chat: str = "") -> None:
        """The platform asked for a pause: of one chat, or of everything when no chat is named."""
        until = self._clock() + seconds
        if chat:
            self._held[chat] = max(until, self._held.get(chat, 0.0))
        else:
            self._held_all = max(until, self._held_all)

    def _chat_wait(self, chat: str, group: bool) -> float:
        now = self._clock()
        held = self._held.get(chat, 0.0) - now
        if held <= 0:
            self._held.pop(chat, None)
        if group:
            sent = self._groups.get(chat)
            full = sent is not None and len(sent) == sent.maxlen
            return max(held, sent[0] + 60 * SECOND - now if sent and full else 0.0)
        can = self._abilities
        if not can.chat_burst:
            return held
        spare = (can.chat_burst - 1) * can.chat_every
        return max(held, self._chat_free.get(chat, 0.0) - spare - now)

    def _bot_wait(self) -> float:
        now = self._clock()
        wait = self._held_all - now
        if self._sent.maxlen and len(self._sent) == self._sent.maxlen:
            wait = max(wait, self._sent[0] + SECOND - now)
        return wait

    def _spend_bot(self) -> None:
        if self._sent.maxlen:
            self._sent.append(self._clock())

    def _spend_chat(self, chat: str, group: bool) -> None:
        now = self._clock()
        can = self._abilities
        if group and can.group_per_minute:
            self._groups.setdefault(chat, deque(maxlen=can.group_per_minute)).append(now)
        elif can.chat_burst and not group:
            self._chat_free[chat] = max(self._chat_free.get(chat, 0.0), now) + can.chat_every
        if len(self._chat_free) > CHATS or len(self._groups) > CHATS:
            self._forget(now)

    def _forget(self, now: float) -> None:
        self._chat_free = {chat: free for chat, free in self._chat_free.items() if free > now}
        self._groups = {chat: sent for chat, sent in self._groups.items() if sent[-1] > now - 60 * SECOND}

    async def _line_up(self, rank: int) -> None:
        """Wait for a place in the bot's window; whoever has the lowest rank goes first."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._order += 1
        heapq.heappush(self._queue, (rank, self._order, turn))
        self._arm()
        await turn

    def _arm(self) -> None:
        if self._timer is None and self._queue:
            wait = max(0.0, self._bot_wait())
            self._timer = asyncio.get_running_loop().call_later(wait, self._next)

    def _next(self) -> None:
        self._timer = None
        if self._bot_wait() <= 0:
            while self._queue:
                turn = heapq.heappop(self._queue)[2]
                if not turn.done():
                    self._spend_bot()  # here, not when it wakes up: nobody can slip in between
                    turn.set_result(None)
                    break
        self._arm()
