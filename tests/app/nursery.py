"""`python -m tests.app.nursery` imports the bot once and then forks a real `helpline` process for each request.

A start costs a tenth of a second instead of seconds, so a test can afford many of them. A request is a line of
JSON on standard input; the answer is the child's number, and when it has ended, its exit code is in the file `end`. With `die`
("<moment> <nth>") the child sends itself SIGKILL at a chosen moment:

- inbox: the nth batch of updates is durable, nothing of it is turned
- commit: the nth group of turns is durable, none of its effects is performed
- receipt: the nth group of effects was performed, none of their ends is written
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from bots.__main__ import main
from bots.commands import flows, outbox, run
from bots.telegram import face
from core.store.rows import Batch, Settled
from core.store.sql.outbox import SqlOutbox
from core.store.sql.turns import SqlInbox, SqlTurns

PRELOADED = (face, flows, outbox, run)
Method = Callable[..., Awaitable[Any]]


class _Countdown:
    """Dies at the nth hit."""

    def __init__(self, nth: int) -> None:
        self._left = nth

    def hit(self) -> None:
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)


def _die_at(moment: str, nth: int) -> None:
    count = _Countdown(nth)
    add: Method = SqlInbox.add
    commit: Method = SqlTurns.commit
    settle: Method = SqlOutbox.settle

    async def dying_add(self: SqlInbox, *values: Any) -> Any:
        rows = await add(self, *values)
        if rows:
            count.hit()
        return rows

    async def dying_commit(self: SqlTurns, batch: Batch) -> None:
        await commit(self, batch)
        if any(effect.kind == "send" for effect in batch.effects):
            count.hit()

    async def dying_settle(self: SqlOutbox, settled: Sequence[Settled], *values: Any) -> Any:
        if any(one.receipt for one in settled):
            count.hit()
        return await settle(self, settled, *values)

    where: dict[str, tuple[type, str, Method]] = {
        "inbox": (SqlInbox, "add", dying_add),
        "commit": (SqlTurns, "commit", dying_commit),
        "receipt": (SqlOutbox, "settle", dying_settle),
    }
    setattr(*where[moment])


def _child(request: dict[str, Any]) -> None:
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["folder"])
    if request["die"]:
        moment, nth = request["die"].split()
        _die_at(moment, int(nth))
    sys.argv = ["helpline", *request["arguments"]]
    main()


def _report(pid: int, end: str) -> None:
    code = str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    Path(end + ".new").write_text(code)
    Path(end + ".new").rename(end)


def serve() -> None:
    """A child for each request."""
    out = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if not pid:
            try:
                _child(request)
            except SystemExit as end:
                sys.stdout.flush()
                os._exit(end.code if isinstance(end.code, int) else 1)
            finally:
                os._exit(0)
        print(pid, file=out, flush=True)
        threading.Thread(target=_report, args=(pid, request["end"]), daemon=True).start()


if __name__ == "__main__":
    serve()
