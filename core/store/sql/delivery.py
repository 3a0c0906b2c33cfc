"""How deliveries end: written beside their rows, inside the transaction that settles them, and counted there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.store.broadcasts import BLOCKED, Outcome
from core.store.database import Db
from core.store.queries import SQL
from core.store.rows import Settled

PREFIX = "b:"
"""How the keys of deliveries begin."""


def settle(db: Db, settled: Sequence[Settled], now: float) -> None:
    """Of the rows that just ended, those that are deliveries."""
    ends = [(s.key, s.status, s.error, s.receipt) for s in settled if s.key.startswith(PREFIX)]
    if ends:
        end(db, ends, now)


def reconcile(db: Db, name: str, version: int) -> None:
    """Those whose rows ended past us: given up, taken back by their person, or blocked meanwhile."""
    end(db, db.execute(SQL["delivery_lost"], (name, version)).fetchall(), 0.0)


def end(db: Db, ends: Sequence[tuple[str, str, str, str]], now: float) -> None:
    """(key, status, error, receipt) of rows that ended. `now` 0: nobody tried to send them."""
    counted: Counter[tuple[str, int, str, str, Outcome]] = Counter()
    for key, status, error, receipt in ends:
        how = _outcome(status, error)
        found = db.execute(SQL["delivery_one"], (key,)).fetchone()
        if found is None or not _news(found[4], how):
            continue
        db.execute(SQL["delivery_settle"], (how, now, receipt, error, key))
        name, version, channel, language, before = found
        counted[name, version, channel, language, how] += 1
        if before != "queued":
            counted[name, version, channel, language, before] -= 1
    for which, people in counted.items():
        db.execute(SQL["delivery_count"], (*which, people))


def _news(before: Outcome, how: Outcome) -> bool:
    """What was uncertain may still turn out to have been sent; any other end is the end."""
    return before == "queued" or (before == "uncertain" and how == "sent")


def _outcome(status: str, error: str) -> Outcome:
    if status == "done":
        return "sent"
    if status == "uncertain":
        return "uncertain"
    return "blocked" if error.startswith(BLOCKED) else "failed"
