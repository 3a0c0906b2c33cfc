"""`python -m tests.app.nursery` imports the bot once and then forks a real `helpline` process for each request.

A start costs a tenth of a second instead of seconds, so a test can afford many of them: modules, tables and the shipped
flows were read before the fork. A request is a line of JSON on standard input (see `Request`); the answer is the child's
number, and when it has ended, its exit code is in the file `end`. With `die` ("<moment> <nth>") the child sends
itself SIGKILL at a chosen moment:

- inbox: the nth batch of updates is durable, nothing of it is turned
- commit: the nth group of turns is durable, none of its effects is performed
- receipt: the nth group of effects was performed, none of their ends is written
- answer: odd, the next cases of an incident are to be answered, and nothing of that is written; even, all of it is
- notice: the same around a draft that writes itself
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypedDict

from bots.__main__ import main
from bots.commands import chat, flows, guard, guard_store, outbox, phone, run
from bots.discord import face as discord
from bots.settings import Settings
from bots.telegram import face
from core.actions import load_actions
from core.runtime.shelf import build, read_sources
from core.safety.hosts import registries
from core.store.rows import Batch, Settled
from core.store.sql.incidents import SqlIncidents
from core.store.sql.notices import SqlNotices
from core.store.sql.outbox import SqlOutbox
from core.store.sql.turns import SqlInbox, SqlTurns

PRELOADED = (chat, discord, face, flows, guard, guard_store, outbox, phone, run)
FLOWS = Path(__file__).resolve().parents[2] / "flows"
Method = Callable[..., Awaitable[Any]]


class Request(TypedDict):
    """One start. `stdin` is a file, "" for none; `errors` may be the same file as `log`."""

    env: dict[str, str]
    folder: str
    arguments: list[str]
    stdin: str
    log: str
    errors: str
    end: str
    die: str


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
    reach: Method = SqlIncidents.reach
    write: Method = SqlNotices.write

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

    def dying_around(method: Method) -> Method:
        async def dying(self: Any, *values: Any) -> Any:
            count.hit()
            done = await method(self, *values)
            count.hit()
            return done

        return dying

    where: dict[str, tuple[type, str, Method]] = {
        "inbox": (SqlInbox, "add", dying_add),
        "commit": (SqlTurns, "commit", dying_commit),
        "receipt": (SqlOutbox, "settle", dying_settle),
        "answer": (SqlIncidents, "reach", dying_around(reach)),
        "notice": (SqlNotices, "write", dying_around(write)),
    }
    setattr(*where[moment])


def _child(request: Request) -> None:
    for number, path in ((1, request["log"]), (2, request["errors"])):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), number)
    os.dup2(os.open(request["stdin"] or os.devnull, os.O_RDONLY), 0)
    sys.stdin = os.fdopen(
        0, encoding="utf-8", closefd=False
    )  # ours holds what was read ahead of the requests
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["folder"])
    if request["die"]:
        moment, nth = request["die"].split()
        _die_at(moment, int(nth))
    sys.argv = ["helpline", *request["arguments"]]
    main()


def _run(request: Request) -> NoReturn:
    """A process of its own to its end, which nothing of ours outlives."""
    code = 1
    try:
        _child(request)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def warm() -> None:
    """What every process would read again."""
    settings = Settings(flows=FLOWS)
    build(settings, read_sources(FLOWS), load_actions(FLOWS), (), 0.0)
    registries()
    gc.collect()
    gc.freeze()  # no child looks through all of this again, nor copies its memory


def _report(pid: int, end: str) -> None:
    code = str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    Path(end + ".new").write_text(code)
    Path(end + ".new").rename(end)


def serve() -> None:
    """A child for each request."""
    out = os.fdopen(os.dup(1), "w")
    warm()
    for line in sys.stdin:
        request: Request = json.loads(line)
        pid = os.fork()
        if not pid:
            _run(request)
        print(pid, file=out, flush=True)
        threading.Thread(target=_report, args=(pid, request["end"]), daemon=True).start()


if __name__ == "__main__":
    serve()
