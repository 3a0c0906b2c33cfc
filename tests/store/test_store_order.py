"""The order of the outbox against a model: any history of queueing, postponing and settling."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from core.store.rows import Batch, NewEffect, Postponed, Settled
from core.store.sqlite import open_sqlite

Step = tuple[str, int, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["queue", "queue", "postpone", "settle", "retry", "look"]),
        st.integers(0, 11),  # which effect, or which lane
        st.integers(0, 4),  # a time
        st.sampled_from([0, 9]),  # a rank
    ),
    max_size=30,
)


@dataclass
class Row:
    key: str
    lane: str
    rank: int
    due: float
    status: str = "queued"


def expected(rows: list[Row], now: float, limit: int) -> list[str]:
    """The rule of `Outbox.due`, said in Python; rows are in the order of their ids."""
    queued = [row for row in rows if row.status == "queued"]
    first = [row for n, row in enumerate(queued) if all(other.lane != row.lane for other in queued[:n])]
    ready = [row for row in first if row.due <= now]
    return [row.key for row in sorted(ready, key=lambda row: row.rank)][:limit]


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, limit=st.integers(1, 6))
async def test_due_follows_the_rule_after_any_history(steps: list[Step], limit: int) -> None:
    store = await open_sqlite(":memory:")
    rows: list[Row] = []
    try:
        for what, number, at, rank in [*steps, ("look", 0, 2, 0)]:
            row = rows[number % len(rows)] if rows else None
            if what == "queue":
                made = Row(f"k{len(rows)}", f"lane {number % 3}", rank, float(at))
                rows.append(made)
                effect = NewEffect(made.key, made.lane, rank, "send", '["c","1","u",""]', "{}", made.due)
                await store.turns.commit(Batch(effects=[effect]))
            elif what == "look" or row is None:
                seen = [effect.key for effect in await store.outbox.due(float(at), limit)]
                assert seen == expected(rows, float(at), limit)
                lane = [effect.key for effect in await store.outbox.lane("lane 0", limit)]
                assert lane == [r.key for r in rows if r.lane == "lane 0" and r.status == "queued"][:limit]
            elif what == "postpone":
                await store.outbox.settle([], [Postponed(row.key, float(at), 1, 0, "")], [], 0.0)
                row.due = float(at) if row.status == "queued" else row.due
            elif what == "settle":
                await store.outbox.settle([Settled(row.key, "dead")], [], [], 0.0)
                row.status = "dead"
            elif await store.outbox.retry(row.key, float(at)):
                assert row.status == "dead"
                row.status, row.due = "queued", float(at)
        queued = [row.due for row in rows if row.status == "queued"]
        assert await store.outbox.next_due() == (min(queued) if queued else None)
    finally:
        await store.close()
