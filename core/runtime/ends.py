"""How the performing of one effect ended, or that it did not yet."""

from __future__ import annotations

from typing import NamedTuple

from core.store.rows import EffectRow, NewEvent, Postponed, Settled


class Done(NamedTuple):
    """The effect ended. `event` goes back into the inbox. Without `settled` the row was rewritten: its chat
    moved, its lane has another name, and the table must be read anew."""

    settled: Settled | None
    event: NewEvent | None = None


class Later(NamedTuple):
    """The effect is to be tried again after so many seconds, as `again`."""

    after: float
    postponed: Postponed
    again: EffectRow


def dead(row: EffectRow, why: str) -> Done:
    """It will never be performed; a person may look at it, and queue it once more."""
    return Done(Settled(row.key, "dead", "", why, row.attempts + 1, row.maybe_sent))


def later(row: EffectRow, after: float, why: str, now: float) -> Later:
    """It will be tried again after so many seconds; a wait of a second or less moves no row to a later time."""
    again = row._replace(attempts=row.attempts + 1, error=why)
    due = now + after if after > 1 else row.due
    return Later(after, Postponed(row.key, due, again.attempts, again.maybe_sent, why), again)


def pause(attempts: int) -> float:
    """Seconds after so many attempts: doubled each time, 30 at most."""
    return min(30.0, 0.2 * 2.0 ** min(attempts, 10))
