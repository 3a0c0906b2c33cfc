"""When a message may leave: the platform's rates, from a channel's abilities. Replies before everything else.

Four limits: a sliding window over the whole bot, an even spacing of what nobody waits for, a small bucket for each
private chat, a sliding minute for each group. Everything counts in the window; a broadcast leaves only where replies
left room, evenly, so that a reply never finds the window full of a broadcast's burst. A chat that the platform slows
down delays nobody else, unless several are slowed down at once: then it is the bot that is too fast.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections import deque
from collections.abc import Callable

from core.channel import Abilities

SECOND = 1.02
"""The platform's second as we count it: a message may take so much longer on its way than the one before."""
EVEN = 0.97
"""How much of the platform's rate a broadcast and the replies beside it use together. It is less than the window
allows, or one burst of replies would be followed by the gap that it leaves in the window, second after second."""
SLACK = 3.0
"""Spacings that a broadcast may be late and make up for: timers are late, the rate must not be lost to them."""
CHATS = 10_000
"""Chats remembered before the idle ones are forgotten."""
MANY, SOON = 3, 10.0
"""More than so many chats slowed down within so many seconds mean the whole bot."""
CALM = 60.0
"""Seconds without that, after which a halved rate is doubled again."""
HALVINGS = 4
log = logging.getLogger(__name__)


class Pace:
    """The rate limits of one channel. Time is `asyncio`'s monotonic clock, in seconds."""

    def __init__(self, abilities: Abilities, clock: Callable[[], float] | None = None) -> None:
        self._abilities = abilities
        self._clock = clock or asyncio.get_running_loop().time
        self._sent: deque[float] = deque(maxlen=max(1, int(abilities.per_second)))
        self._even = float("-inf")
        self._chat_free: dict[str, float] = {}
        self._groups: dict[str, deque[float]] = {}
        self._held: dict[str, float] = {}
        self._held_all = 0.0
        self._slowed: deque[tuple[float, str]] = deque()
        self._halved, self._halved_at = 0, 0.0
        self._queue: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = 0
        self._timer: asyncio.TimerHandle | None = None

    async def admit(self, chat: str, *, group: bool, rank: int) -> None:
        """Return when one message to this chat may leave; lower ranks first where the whole bot is limited."""
        while True:
            while (wait := self._chat_wait(chat, group)) > 0:  # noqa: ASYNC110 - it is known how long
                await asyncio.sleep(wait)
            first = self._first()
            if (first is not None and first <= rank) or self._bot_wait(rank) > 0:
                await self._line_up(rank)
            else:
                self._spend_bot()
            if self._chat_wait(chat, group) <= 0:  # nobody else wrote there while we stood in line
                self._spend_chat(chat, group)
                return

    def hold(self, seconds: float, chat: str = "") -> None:
        """The platform asked for a pause: of one chat, or of everything when no chat is named."""
        now = self._clock()
        until = now + seconds
        if chat:
            self._held[chat] = max(until, self._held.get(chat, 0.0))
            self._count_slowed(chat, now)
        else:
            self._held_all = max(until, self._held_all)

    @property
    def share(self) -> float:
        """How much of the platform's rate is used at present: 1, or 1/2, 1/4 ... after it slowed us down."""
        calmed = int((self._clock() - self._halved_at) // CALM)
        return float(0.5 ** max(0, self._halved - calmed))

    def _count_slowed(self, chat: str, now: float) -> None:
        self._slowed.append((now, chat))
        while self._slowed[0][0] <= now - SOON:
            self._slowed.popleft()
        if len({name for _, name in self._slowed}) > MANY:
            self._slowed.clear()
            calmed = int((now - self._halved_at) // CALM)
            self._halved = min(HALVINGS, max(0, self._halved - calmed) + 1)
            self._halved_at = now
            log.warning("many chats are slowed down: %g of the rate is used for a while", self.share)

    # --- one chat

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

    def _spend_chat(self, chat: str, group: bool) -> None:
        now = self._clock()
        can = self._abilities
        if group and can.group_per_minute:
            self._groups.setdefault(chat, deque(maxlen=can.group_per_minute)).append(now)
        elif can.chat_burst and not group:
            self._chat_free[chat] = max(self._chat_free.get(chat, 0.0), now) + can.chat_every
        if len(self._chat_free) > CHATS or len(self._groups) > CHATS or len(self._held) > CHATS:
            self._forget(now)

    def _forget(self, now: float) -> None:
        self._chat_free = {chat: free for chat, free in self._chat_free.items() if free > now}
        self._groups = {chat: sent for chat, sent in self._groups.items() if sent[-1] > now - 60 * SECOND}
        self._held = {chat: until for chat, until in self._held.items() if until > now}

    # --- the whole bot

    def _rate(self) -> float:
        """Messages in a platform's second, 0 without a limit."""
        return self._abilities.per_second * self.share

    def _bot_wait(self, rank: int) -> float:
        now, rate = self._clock(), self._rate()
        wait = self._held_all - now
        if rate:
            most = max(1, int(rate))
            if len(self._sent) >= most:
                wait = max(wait, self._sent[-most] + SECOND * most / rate - now)
            if rank:
                wait = max(wait, self._even - now)
        return wait

    def _spend_bot(self, slack: float = 0.0) -> None:
        if rate := self._rate():
            now, every = self._clock(), 1 / (EVEN * rate)
            self._sent.append(now)
            self._even = max(self._even, now - slack * every) + every

    def _first(self) -> int | None:
        """The lowest rank in line; those who stopped waiting are sent away."""
        while self._queue and self._queue[0][2].done():
            heapq.heappop(self._queue)
        return self._queue[0][0] if self._queue else None

    async def _line_up(self, rank: int) -> None:
        """Wait for a place in the bot's window; whoever has the lowest rank goes first."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._order += 1
        heapq.heappush(self._queue, (rank, self._order, turn))
        if self._first() == rank:  # the timer may be set for somebody who has to wait longer
            self._arm()
        await turn

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        first = self._first()
        if first is not None:
            wait = max(0.0, self._bot_wait(first))
            self._timer = asyncio.get_running_loop().call_later(wait, self._next)

    def _next(self) -> None:
        self._timer = None
        first = self._first()
        if first is not None and self._bot_wait(first) <= 0:
            self._spend_bot(SLACK)  # here, not when it wakes up: nobody can slip in between
            heapq.heappop(self._queue)[2].set_result(None)
        self._arm()
