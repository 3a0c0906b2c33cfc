"""One delivery: taken in hand before it is sent, and how it ends, written beside its row inside the transaction that
settles that, and counted there."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

from core.store.broadcasts import BLOCKED, Claim, Outcome
from core.store.database import Db
from core.store.queries import SQL
from core.store.rows import Settled

PREFIX = "b:"
"""How the keys of deliveries begin."""
NEVER = 1e12
"""When a row is due that waits until its broadcast goes on."""
_LESSON = '"at":"series"'
"""What stands in the content of a lesson of a series, and in no other: within a text its quotes would be escaped."""


def take_in_hand(db: Db, key: str, now: float, until: float) -> tuple[str, str] | Claim:
    """As in `Broadcasts.claim`. A lesson of a series has no run of its own: it leaves as soon as it is approved."""
    found = db.execute(SQL["delivery_what"], (key,)).fetchone()
    if found is None:
        return "no"
    state, content, approved, language, maybe_sent, due = found
    if maybe_sent:
        return "wait" if due > now else "lost"
    if state == "paused":
        db.execute(SQL["delivery_park"], (NEVER, key))
        return "wait"
    leaves = state == "running" or (state == "approved" and _LESSON in content)
    if not leaves or hashlib.sha256(content.encode()).hexdigest() != approved:
        return "no"
    db.execute(SQL["delivery_claim"], (until, key))
    return content, language


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
