"""What a chat got lately and when it may get more, and when many slowed chats mean that the whole bot is too fast.

Values and arithmetic only. Times are seconds of one clock: a process counts on its own, all together on the store's.
"""

from __future__ import annotations

from typing import NamedTuple

from core.channel import Abilities
from core.quick_json import dumps, loads

SECOND = 1.02
"""The platform's second as we count it: a message may take so much longer on its way than the one before."""
MINUTE = 60 * SECOND
MANY, SOON = 3, 10.0
"""More than so many chats slowed down within so many seconds mean the whole bot."""
CALM = 60.0
"""Seconds without that, after which a halved rate is doubled again."""
HALVINGS = 4


class Chat(NamedTuple):
    """One chat. `free`: when its bucket is whole again; `sent`: when a group got its last messages; `held`: until when
    the platform wants nothing for it."""

    free: float = 0.0
    sent: tuple[float, ...] = ()
    held: float = 0.0

    def wait(self, can: Abilities, group: bool, now: float) -> float:
        """Seconds until it may get one more; not above 0 when that is now."""
        wait, most = self.held - now, can.group_per_minute
        if can.chat_burst:
            spare = (can.chat_burst - 1) * can.chat_every * SECOND
            wait = max(wait, self.free - spare - now)
        if group and most and len(self.sent) >= most:
            wait = max(wait, self.sent[-most] + MINUTE - now)
        return wait

    def spent(self, can: Abilities, group: bool, at: float) -> Chat:
        """After one more, which leaves at that time."""
        free = max(self.free, at) + can.chat_every * SECOND if can.chat_burst else self.free
        sent = (*self.sent, at)[-can.group_per_minute :] if group and can.group_per_minute else ()
        return Chat(free, sent, self.held)

    def slowed(self, until: float) -> Chat:
        """After the platform asked for a pause until then."""
        return self._replace(held=max(self.held, until))

    @property
    def until(self) -> float:
        """When nothing of this counts any more."""
        return max(self.free, self.held, self.sent[-1] + MINUTE if self.sent else 0.0)


class Crowd(NamedTuple):
    """The chats that were slowed down `lately`, each with its time, and how often that `halved` the rate, last `at`."""

    lately: tuple[tuple[float, str], ...] = ()
    halved: int = 0
    at: float = 0.0

    def share(self, now: float) -> float:
        """How much of the platform's rate is used: 1, or 1/2, 1/4 ... after it slowed us down."""
        return float(0.5 ** self._halved(now))

    def slowed(self, chat: str, now: float) -> Crowd:
        """After one more."""
        lately = (*(one for one in self.lately if now - SOON < one[0] <= now), (now, chat))
        if len({name for _, name in lately}) <= MANY:
            return self._replace(lately=lately)
        return Crowd((), min(HALVINGS, self._halved(now) + 1), now)

    def _halved(self, now: float) -> int:
        return max(0, self.halved - max(0, int((now - self.at) // CALM)))

    @property
    def until(self) -> float:
        """When nothing of this counts any more."""
        last = self.lately[-1][0] + SOON if self.lately else 0.0
        return max(last, self.at + self.halved * CALM if self.halved else 0.0)


def load_chat(text: str) -> Chat:
    """What `dump` wrote; of a chat that got nothing yet, "" is all there is."""
    if not text:
        return Chat()
    free, sent, held = loads(text)
    return Chat(free, tuple(sent), held)


def load_crowd(text: str) -> Crowd:
    """The same of a crowd."""
    if not text:
        return Crowd()
    lately, halved, at = loads(text)
    return Crowd(tuple((when, chat) for when, chat in lately), halved, at)


def dump(one: Chat | Crowd) -> tuple[str, float]:
    """As text, and until when it has to be kept."""
    return dumps([*one]), one.until
