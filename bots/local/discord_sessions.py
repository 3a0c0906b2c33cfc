"""The gateway's sessions: what each one is told, numbered, and kept until it has surely been read.

A session outlives its connection for a while, so that a client that comes back hears what it missed. Which
events a session gets is decided by its intents and its shard, and message content by the content intent.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bots.local.changes import Changes
from bots.local.discord_wire import Json, encode

GUILDS, GUILD_MEMBERS, PRESENCES = 1, 1 << 1, 1 << 8
GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = 1 << 9, 1 << 12, 1 << 15
AUTOMOD_EXECUTION = 1 << 21
PRIVILEGED = GUILD_MEMBERS | PRESENCES | MESSAGE_CONTENT
LARGEST_INTENTS = 1 << 26

KEPT_EVENTS = 5000
LIFETIME = 120.0
"""Seconds that a session without a connection can be resumed (the real figure is unpublished)."""

Deliver = Callable[[str], None]


@dataclass(eq=False, slots=True)
class Session:
    """One session. `deliver` sends a frame over its connection, None without one; `left_at` in epoch seconds."""

    id: str
    intents: int
    shard: int = 0
    shards: int = 1
    seq: int = 0
    events: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=KEPT_EVENTS))
    deliver: Deliver | None = None
    left_at: float = 0.0

    def tell(self, name: str, text: str) -> None:
        """Number one event (`text` is its data as JSON), keep it, and send it when somebody listens."""
        self.seq += 1
        frame = f'{{"t":"{name}","s":{self.seq},"op":0,"d":{text}}}'
        self.events.append((self.seq, frame))
        if self.deliver is not None:
            self.deliver(frame)

    def wants(self, intent: int, guild_id: int) -> bool:
        """Whether this session is told of an event; `intent` 0 needs none."""
        if intent and not self.intents & intent:
            return False
        return (guild_id >> 22) % self.shards == self.shard

    def missed(self, seq: int) -> list[str] | None:
        """The frames after `seq`, None when they are no longer all kept."""
        if self.events and seq + 1 < self.events[0][0]:
            return None
        return [frame for number, frame in self.events if number > seq]


class Sessions:
    """All sessions of the bot. `now` gives epoch seconds; `changes` counts comings
    and goings.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.lifetime = LIFETIME
        self.identified = 0
        self.resumed = 0
        self.doubled = 0
        """How often a shard was connected that was connected already."""
        self.changes = Changes()
        self._all: dict[str, Session] = {}

    @property
    def listening(self) -> list[Session]:
        """The sessions with a connection now."""
        return [one for one in self._all.values() if one.deliver is not None]

    def open(self, intents: int, shard: int, shards: int) -> Session:
        """A new session. Those that can no longer be resumed are let go."""
        self._all = {one.id: one for one in self._all.values() if self.get(one.id)}
        session = Session(secrets.token_hex(16), intents, shard, shards)
        self._all[session.id] = session
        self.identified += 1
        return session

    def get(self, id: str) -> Session | None:
        """A session that can be resumed, None when it is unknown or has been away too long."""
        session = self._all.get(id)
        if session is None:
            return None
        if session.deliver is None and self._now() - session.left_at > self.lifetime:
            return None
        return session

    def attach(self, session: Session, deliver: Deliver) -> None:
        """A connection serves the session from now on."""
        own = (session.shard, session.shards)
        self.doubled += any((one.shard, one.shards) == own for one in self.listening)
        session.deliver = deliver
        self.changes.touch()

    def leave(self, session: Session, *, ends: bool) -> None:
        """A connection is gone; `ends`: the client said that it needs the session no more."""
        session.deliver = None
        self.changes.touch()
        session.left_at = self._now()
        if ends:
            self._all.pop(session.id, None)

    def forget(self) -> None:
        """Lose every session: who comes back has to identify anew, and what happened meanwhile is gone."""
        self._all.clear()

    def publish(
        self, name: str, data: Json, *, intent: int = 0, guild_id: int = 0, blank: Json | None = None
    ) -> int:
        """Tell every session that wants it; `blank` goes to those without the content intent. How many heard."""
        texts: dict[bool, str] = {}
        heard = 0
        for session in self._all.values():
            if not session.wants(intent, guild_id):
                continue
            hidden = blank is not None and not session.intents & MESSAGE_CONTENT
            if hidden not in texts:
                texts[hidden] = encode(blank if hidden else data)
            session.tell(name, texts[hidden])
            heard += 1
        return heard
