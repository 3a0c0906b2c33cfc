"""People: who can be reached, and what follows a chat to its new id."""

from __future__ import annotations

import json
from dataclasses import dataclass

from core.store.database import Database, Db
from core.store.queries import SQL
from core.store.rows import Subscriber


class SqlPeople:
    """Subscribers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def blocked(self, channel: str, user: str, at: float) -> None:
        """A person cannot be reached any more; their queued effects are settled as dead."""
        await self._database.write(lambda db: _blocked(db, (at, channel, user)))

    async def moved(self, channel: str, chat: str, to: str) -> None:
        """A chat has a new id: conversations, subscribers, queued effects and open tickets follow.

        A conversation that already goes on under the new id stays, and the one of the old id ends.
        """
        await self._database.write(lambda db: _Move(channel, chat, to).run(db))

    async def find(self, channel: str, user: str) -> Subscriber | None:
        """One subscriber."""
        row = await self._database.read(
            lambda db: db.execute(SQL["subscriber_find"], (channel, user)).fetchone()
        )
        return Subscriber(row[0], row[1], *row[2:]) if row else None

    async def recent(self, channel: str, since: float, limit: int) -> list[str]:
        """Who wrote in a private chat since then, the newest first."""
        values = (channel, since, limit)
        rows = await self._database.read(lambda db: db.execute(SQL["subscriber_recent"], values).fetchall())
        return [row[0] for row in rows]


def _blocked(db: Db, values: tuple[float, str, str]) -> None:
    db.execute(SQL["subscriber_blocked"], values)
    db.execute(SQL["effect_blocked"], values)


@dataclass(frozen=True, slots=True)
class _Move:
    """One chat that became another."""

    channel: str
    chat: str
    to: str

    def run(self, db: Db) -> None:
        if self.chat == self.to:
            return
        self._conversations(db)
        self._effects(db)
        self._tickets(db)
        db.execute(SQL["subscriber_move"], (self.to, self.channel, self.chat))

    def _conversations(self, db: Db) -> None:
        for key, state in db.execute(SQL["conversation_under"], self._range()).fetchall():
            new = self._key(key)
            if not db.execute(SQL["conversation_move"], (new, self._state(state), key, new)).rowcount:
                db.execute(SQL["conversation_forget"], (key,))

    def _effects(self, db: Db) -> None:
        for number, lane, address in db.execute(SQL["effect_in_chat"], (self.channel, self.chat)).fetchall():
            moved = _text(self._address(json.loads(address)))
            db.execute(SQL["effect_move"], (self._key(lane), moved, self.to, number))

    def _tickets(self, db: Db) -> None:
        for number, key in db.execute(SQL["ticket_under"], self._range()).fetchall():
            db.execute(SQL["ticket_move"], (self._key(key), number))

    def _range(self) -> tuple[str, str]:
        """All keys that begin with "channel|chat|", and no others: "}" is the character after "|"."""
        return f"{self.channel}|{self.chat}|", f"{self.channel}|{self.chat}" + "}"

    def _key(self, key: str) -> str:
        """A conversation's key or a lane (which begins with one) with the new chat."""
        old = f"{self.channel}|{self.chat}|"
        return f"{self.channel}|{self.to}|{key.removeprefix(old)}" if key.startswith(old) else key

    def _state(self, state: str) -> str:
        parts = json.loads(state)
        return _text([self._address(parts[0]), *parts[1:]])

    def _address(self, address: list[str]) -> list[str]:
        return [address[0], self.to, *address[2:]]


def _text(value: list[object] | list[str]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
