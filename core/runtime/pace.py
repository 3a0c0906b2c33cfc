"""When a message may leave: the platform's rates, from a channel's abilities. Replies before everything else.

Four limits: a sliding window over the whole bot, an even spacing of what nobody waits for, a small bucket for each
chat, a sliding minute for each group. Everything counts in the window; a broadcast leaves only where replies
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
from core.runtime.chats import SECOND, Chat, Crowd

EVEN = 0.96
"""How much of the platform's rate a broadcast and the replies beside it use together. It is less than the window
allows, or one burst of replies would be followed by the gap that it leaves in the window, second after second; and a
message may be 40 ms late on its way without a 429 for the one that leaves a second later."""
SLACK = 3.0
"""Spacings that a broadcast may be late and make up for: timers are late, the rate must not be lost to them."""
LATE = 0.005
"""Seconds after its admission from which on a message counts from when it really left: a store that was busy meanwhile
would let those behind it close up, and the platform sees more of them in a second than we do."""
CHATS = 10_000
"""Chats remembered before the idle ones are forgotten."""
log = logging.getLogger(__name__)


class Pace:
    """The rate limits of one channel. Time is `asyncio`'s monotonic clock, in seconds."""

    def __init__(self, abilities: Abilities, clock: Callable[[], float] | None = None) -> None:
        self._abilities = abilities
        self._clock = clock or asyncio.get_running_loop().time
        self._sent: deque[float] = deque(maxlen=max(1, 2 * int(abilities.per_second)))
        self._even = float("-inf")
        self._chats: dict[str, Chat] = {}
        self._crowd = Crowd()
        self._held_all = 0.0
        self._admitted: dict[str, float] = {}
        self._queue: list[tuple[int, int, asyncio.Future[float]]] = []
        self._order = 0
        self._timer: asyncio.TimerHandle | None = None

    async def admit(self, chat: str, *, group: bool, rank: int) -> None:
        """Return when one message to this chat may leave; lower ranks first where the whole bot is limited."""
        while True:
            while (wait := self._chat_wait(chat, group)) > 0:  # noqa: ASYNC110 - it is known how long
                await asyncio.sleep(wait)
            first = self._first()
            if (first is not None and first <= rank) or self._bot_wait(rank) > 0:
                at = await self._line_up(rank)
                if self._chat_wait(chat, group) > 0:  # somebody else wrote there while we stood in line
                    continue
            else:
                at = self._spend_bot()
            self._spend_chat(chat, group)
            if self._abilities.per_second:
                self._admitted[chat] = at
            return

    def leaves(self, chat: str) -> None:
        """What was admitted to this chat is handed to the platform now."""
        at = self._admitted.pop(chat, None)
        if at is not None and (now := self._clock()) - at > LATE and at in self._sent:
            self._sent.remove(at)
            self._sent.append(now)
        if len(self._admitted) > CHATS:  # of those who were taken back
            self._admitted.clear()

    def hold(self, seconds: float, chat: str = "") -> None:
        """The platform asked for a pause: of one chat, or of everything when no chat is named."""
        now = self._clock()
        until = now + seconds
        if chat:
            self._keep(chat, self._chats.get(chat, Chat()).slowed(until))
            before, self._crowd = self.share, self._crowd.slowed(chat, now)
            if self.share < before:
                log.warning("many chats are slowed down: %g of the rate is used for a while", self.share)
        else:
            self._held_all = max(until, self._held_all)

    @property
    def share(self) -> float:
        """How much of the platform's rate is used at present: 1, or 1/2, 1/4 ... after it slowed us down."""
        return self._crowd.share(self._clock())

    # --- one chat

    def _chat_wait(self, chat: str, group: bool) -> float:
        known = self._chats.get(chat)
        return known.wait(self._abilities, group, self._clock()) if known else 0.0

    def _spend_chat(self, chat: str, group: bool) -> None:
        can = self._abilities
        if can.chat_burst or (group and can.group_per_minute):
            self._keep(chat, self._chats.get(chat, Chat()).spent(can, group, self._clock()))

    def _keep(self, chat: str, known: Chat) -> None:
        self._chats[chat] = known
        if len(self._chats) > CHATS:
            now = self._clock()
            self._chats = {name: one for name, one in self._chats.items() if one.until > now}

    # --- the whole bot

    def _rate(self) -> float:
        """Messages in a platform's second, 0 without a limit."""
        most = self._abilities.per_second
        return most and most * self.share

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

    def _spend_bot(self, slack: float = 0.0) -> float:
        now = self._clock()
        if rate := self._rate():
            every = 1 / (EVEN * rate)
            self._sent.append(now)
            self._even = max(self._even, now - slack * every) + every
        return now

    def _first(self) -> int | None:
        """The lowest rank in line; those who stopped waiting are sent away."""
        while self._queue and self._queue[0][2].done():
            heapq.heappop(self._queue)
        return self._queue[0][0] if self._queue else None

    async def _line_up(self, rank: int) -> float:
        """Wait for a place in the bot's window; whoever has the lowest rank goes first. When it was taken."""
        turn: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._order += 1
        heapq.heappush(self._queue, (rank, self._order, turn))
        if self._first() == rank:  # the timer may be set for somebody who has to wait longer
            self._arm()
        return await turn

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
            at = self._spend_bot(SLACK)  # here, not when it wakes up: nobody can slip in between
            heapq.heappop(self._queue)[2].set_result(at)
        self._arm()
