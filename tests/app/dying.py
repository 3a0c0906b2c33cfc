"""`helpline run` that kills itself (SIGKILL) at a chosen moment: `DIE_AT` = "<moment> <nth>".

inbox    the nth batch of updates is durable, nothing of it is turned
commit   the nth group of turns is durable, none of its effects is performed
receipt  the nth group of effects was performed, none of their ends is written
"""

from __future__ import annotations

import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

from bots.commands.run import run
from core.store.rooms import Batch, Settled
from core.store.sqlite_outbox import SqliteOutbox
from core.store.sqlite_turns import SqliteInbox, SqliteTurns


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit  # never reached


class _Countdown:
    def __init__(self, nth: int) -> None:
        self._left = nth

    def hit(self) -> None:
        self._left -= 1
        if not self._left:
            _die()


def _inbox(count: _Countdown) -> None:
    add: Callable[..., Awaitable[Any]] = SqliteInbox.add

    async def dying(self: SqliteInbox, *values: Any) -> Any:
        rows = await add(self, *values)
        if rows:
            count.hit()
        return rows

    SqliteInbox.add = dying  # type: ignore[assignment,method-assign]


def _commit(count: _Countdown) -> None:
    commit: Callable[..., Awaitable[Any]] = SqliteTurns.commit

    async def dying(self: SqliteTurns, batch: Batch) -> None:
        await commit(self, batch)
        if any(effect.kind == "send" for effect in batch.effects):
            count.hit()

    SqliteTurns.commit = dying  # type: ignore[method-assign]


def _receipt(count: _Countdown) -> None:
    settle: Callable[..., Awaitable[Any]] = SqliteOutbox.settle

    async def dying(self: SqliteOutbox, settled: list[Settled], *values: Any) -> Any:
        if any(one.receipt for one in settled):
            count.hit()
        return await settle(self, settled, *values)

    SqliteOutbox.settle = dying  # type: ignore[assignment,method-assign]


if __name__ == "__main__":
    moment, nth = os.environ["DIE_AT"].split()
    {"inbox": _inbox, "commit": _commit, "receipt": _receipt}[moment](_Countdown(int(nth)))
    raise SystemExit(run(None))
