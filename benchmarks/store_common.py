"""What the tasks of `benchmarks.store` share: the rows of a turn, a bare driver, and a meter."""

from __future__ import annotations

import os
import resource
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from core.store.database import Values
from core.store.lessons import Recipient, Run
from core.store.open import file_of
from core.store.postgres_sql import translated
from core.store.queries import SQL
from core.store.rows import AuditLine, Batch, NewEffect, NewEvent, Saved, Subscriber

STATE = '[["c","%d","%d",""],"zh",[["password_reset","c066823b870385dc",{"kind":"2fa"},0,[],["answer",%d,""]]],"bot",0,[],%d]'
PAYLOAD = '{"blocks":[["您好，请问您遇到的是哪一种情况？请点按钮，或者直接打字告诉我。",[]]],"choices":[["a","收不到验证码"]]}'
RUN = Run("bench", "slot", "UTC", 5.0)


def key(person: int) -> str:
    return f"c|{person}|{person}"


def effect(person: int, turn: int) -> NewEffect:
    where = f'["c","{person}","{person}",""]'
    return NewEffect(f"i{person}.{turn}", f"{key(person)}|r", 0, "send", where, PAYLOAD, 1.0)


def batch(people: Sequence[int], turn: int, events: Sequence[int]) -> Batch:
    """One group of turns: state, mark, effect, person and audit of each."""
    return Batch(
        events,
        [Saved(key(p), STATE % (p, p, turn, turn), turn - 1, turn) for p in people],
        [effect(p, turn) for p in people],
        [Subscriber("c", str(p), str(p), "zh", float(turn)) for p in people],
        [AuditLine(float(turn), "bot", "turn", key(p), "password_reset.kind") for p in people],
    )


def incoming(people: Sequence[int], turn: int) -> list[NewEvent]:
    return [NewEvent("c", f"{p}.{turn}", key(p), '{"kind":"said","text":"收不到验证码"}') for p in people]


def effect_values(row: NewEffect) -> Values:
    channel, chat, person = row.lane.split("|")[:3]
    return (row.key, row.lane, row.rank, row.kind, row.address, channel, chat, person, row.payload, row.due)


def lesson(to: Recipient) -> tuple[str, list[NewEffect]]:
    address = f'["{to.channel}","{to.chat}","{to.user}",""]'
    return "phishing", [
        NewEffect(f"l.{to.user}", f"c|{to.chat}|{to.user}|e", 9, "send", address, PAYLOAD, 5.0)
    ]


class Bare:
    """One connection and its driver."""

    def __init__(self, url: str) -> None:
        path = file_of(url)
        self._lite = sqlite3.connect(path, isolation_level=None) if path else None
        self._post = None if path else psycopg.connect(url, autocommit=True, cursor_factory=psycopg.RawCursor)
        for pragma in ("journal_mode = WAL", "synchronous = FULL") if path else ():
            self.run(f"PRAGMA {pragma}")

    def run(self, sql: str, values: Values = ()) -> Any:
        if self._lite:
            return self._lite.execute(sql, values)
        assert self._post
        return self._post.execute(translated(sql), values)

    def each(self, sql: str, rows: Sequence[Values]) -> None:
        if self._lite:
            self._lite.executemany(sql, rows)
        elif self._post:
            self._post.cursor().executemany(translated(sql), rows)

    def many(self, name: str, rows: Sequence[Values]) -> None:
        self.each(SQL[name], rows)

    def __enter__(self) -> None:
        self.run("BEGIN IMMEDIATE" if self._lite else "BEGIN")

    def __exit__(self, *_: object) -> None:
        self.run("COMMIT")

    def close(self) -> None:
        for connection in (self._lite, self._post):
            if connection:
                connection.close()


class Meter:
    """CPU (of this process and of the server whose number is in BENCH_SERVER) and time on the wall."""

    async def __aenter__(self) -> Meter:
        self._cpu, self._wall = _cpu(), time.perf_counter()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._cpu, self._wall = _cpu() - self._cpu, time.perf_counter() - self._wall

    def per(self, count: int) -> dict[str, float]:
        return {"cpu_us": 1e6 * self._cpu / count, "wall_us": 1e6 * self._wall / count, "count": count}


def _cpu() -> float:
    """Seconds."""
    server = os.environ.get("BENCH_SERVER")
    return time.process_time() + (_server(server) if server else 0.0)


def _server(pid: str) -> float:
    """A server's own, that of its sessions, and that of those which ended."""
    ticks = sum(_ticks(pid, range(13, 17)))
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        ticks += sum(_ticks(child, range(13, 15)))
    return ticks / os.sysconf("SC_CLK_TCK")


def _ticks(pid: str, fields: range) -> list[int]:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except FileNotFoundError:
        return []
    return [int(stat[field - 2]) for field in fields]


def rss_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
