"""What all workers on one store may send, and what else they count together: one row a bot, one row a counter."""

from __future__ import annotations

from collections.abc import Callable

from core.store.database import Database, Db
from core.store.queries import SQL
from core.store.workers import Counted, Place


class SqlRates:
    """Whoever counts in a row has it until the end of the transaction: first a chat's, then the bot's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(
        self, name: str, every: float, now: float, within: float | None = None, chat: Counted | None = None
    ) -> Place:
        """A place for one message of a bot, to this chat. No two callers get moments less than `every` seconds
        apart. When the chat has to wait, or the moment would be more than `within` seconds from now, nothing is
        given and nothing is counted."""
        latest = float("inf") if within is None else now + within

        def work(db: Db) -> Place:
            state = _have(db, name, chat.key) if chat else ""
            if chat and (wait := chat.wait(state, now)) > 0:
                return Place(False, now + wait)
            row = db.execute(SQL["rate_reserve"], (name, now + every, every, now, now, latest)).fetchone()
            if row is None:
                return Place(False, now + every)
            at = float(row[0]) - every
            if chat:
                _set(db, name, chat.key, chat.spent(state, at))
            return Place(True, at)

        return await self._database.write_unfenced(work)

    async def free_at(self, name: str) -> float:
        """When the next message of this bot may leave: later than any place that was given and still counts."""
        row = await self._database.read(lambda db: db.execute(SQL["rate_look"], (name,)).fetchone())
        return float(row[0]) if row else 0.0

    async def hold(self, name: str, until: float) -> None:
        """Nothing of this bot leaves before this moment."""
        await self._database.write_unfenced(lambda db: db.execute(SQL["rate_hold"], (name, until)).rowcount)

    async def count(self, name: str, key: str, change: Callable[[str], tuple[str, float]]) -> None:
        """Replace a text by what `change` makes of it ("" at first): (text, until when it has to be kept)."""
        await self._database.write_unfenced(lambda db: _set(db, name, key, change(_have(db, name, key))))

    async def counted(self, name: str, key: str, now: float = 0.0) -> str:
        """The text as it stands; "" when at `now` it need not be kept any more."""
        row = await self._database.read(lambda db: db.execute(SQL["tally_look"], (name, key, now)).fetchone())
        return row[0] if row else ""

    async def forget(self, before: float) -> None:
        """Delete what had to be kept no longer than until then."""
        await self._database.write_unfenced(lambda db: db.execute(SQL["tally_forget"], (before,)).rowcount)

    async def begin_anew(self, now: float) -> None:
        """Forget everything that was counted, and every pause: the clock was set, and their times mean nothing now."""

        def work(db: Db) -> None:
            db.execute(SQL["tally_forget"], (float("inf"),))
            db.execute(SQL["rate_free"], (now, now))

        await self._database.write_unfenced(work)


def _have(db: Db, name: str, key: str) -> str:
    state: str = db.execute(SQL["tally_have"], (name, key)).fetchone()[0]
    return state


def _set(db: Db, name: str, key: str, counted: tuple[str, float]) -> None:
    db.execute(SQL["tally_set"], (*counted, name, key))
