"""What a verdict means for somebody who waits: what to say now, what to remember, when to look again. Pure.

The table of events: `progress` (the bar has another cell), `credited`, `withdrawable`, `stuck` (its sender can act),
`replaced` (followed from then on), `reversed` (its block is gone), `trouble` (it will not arrive as it is), `over`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from core.chain.answer import CELLS, KNOWS_NOTHING, bar
from core.chain.meanings import is_negative
from core.chain.verdict import Name, Progress, Verdict
from core.store.watches import WatchRow

Event = Literal[
    "", "progress", "credited", "withdrawable", "stuck", "replaced", "reversed", "trouble", "over"
]
EVENTS: Final = tuple(event for event in get_args(Event) if event)
AGAIN: Final = 600.0
"""Seconds between two looks at a transaction that is in no block."""
NEVER: Final = 2**62
"""A height that no chain reaches."""
_STUCK: Final[tuple[Name, ...]] = ("stuck_low_fee", "nonce_gap", "blocked_by_older")
_DONE: Final[tuple[Name, ...]] = ("withdrawable", "final")


@dataclass(frozen=True, slots=True)
class News:
    """`event` is said once for each `block`; `keeps` is the watch from now on, None when it ends."""

    event: Event
    block: str
    keeps: WatchRow | None


def news(watch: WatchRow, verdict: Verdict, now: float) -> News:
    """What is new of a watched transaction. `now` is epoch seconds."""
    later = replace(watch, look_at=now + AGAIN)
    if verdict.name in KNOWS_NOTHING:
        return News("", "", later)
    number, hash_ = _block(verdict)
    if watch.block >= 0 and hash_ != watch.block_hash:
        return News("reversed", watch.block_hash, _waits(replace(watch, look_at=now), "reversed"))
    if verdict.name in ("replaced", "replaced_final") and verdict.next_id:
        follows = replace(watch, transaction_id=canonical(verdict.next_id), look_at=now)
        return News("replaced", verdict.next_id, _waits(follows, "replaced"))
    if is_negative(verdict.name):
        return News("trouble", verdict.name, None)
    if verdict.name in _STUCK:
        return News("stuck", verdict.name, replace(later, said="stuck"))
    if number < 0 or verdict.progress is None:
        return News("", "", later)
    return _counted(replace(watch, block=number, block_hash=hash_), verdict.name, verdict.progress)


def canonical(transaction_id: str) -> str:
    """The form in which blocks and watches name a transaction, whatever its chain writes."""
    return transaction_id if transaction_id.startswith("0x") else f"0x{transaction_id}"


def _counted(watch: WatchRow, name: Name, progress: Progress) -> News:
    """It is in a block: how far is it?"""
    k, credit, unlock = progress.k, progress.credit, max(progress.credit, progress.unlock)
    due = watch.block + _next(k, credit, unlock) - 1 if k < unlock else NEVER
    keeps = replace(watch, due=due)
    if name in _DONE or k >= unlock:
        done: Event = "credited" if watch.goal == "credited" else "withdrawable"
        return News("" if watch.goal == "trouble" else done, watch.block_hash, None)
    if watch.goal == "trouble":
        return News("", "", keeps)
    if k >= credit and watch.said != "credited":
        ends = watch.goal == "credited"
        return News("credited", watch.block_hash, None if ends else replace(keeps, said="credited"))
    cells = bar(k, unlock if k >= credit else credit).count("▰")
    stage = "unlock" if k >= credit else "credit"
    return News("progress", f"{watch.block_hash}/{stage}/{cells}", keeps)


def _next(k: int, credit: int, unlock: int) -> int:
    """The next number of confirmations at which there is something to say."""
    whole = credit if k < credit else unlock
    cells = CELLS * k // whole
    return min(whole, -(-(cells + 1) * whole // CELLS))


def _waits(watch: WatchRow, said: Event) -> WatchRow:
    return replace(watch, block=-1, block_hash="", due=-1, said=said)


def _block(verdict: Verdict) -> tuple[int, str]:
    """Number and hash of the block that holds it; -1 for none."""
    for fact in verdict.evidence:
        if fact.name == "in_block":
            return int(fact.values["block"]), fact.values["hash"]
    return -1, ""
