"""The life of a broadcast, as one table. Pure: what may follow what, and what each state means.

    draft -> in_review -> approved -> scheduled -> running <-> paused -> finished | cancelled | failed | expired

The store holds the same table (`0007_broadcast.sql`) and checks every change against it; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

State = Literal[
    "draft",
    "in_review",
    "approved",
    "scheduled",
    "running",
    "paused",
    "finished",
    "cancelled",
    "failed",
    "expired",
]

STEPS: Mapping[State, frozenset[State]] = {
    "draft": frozenset({"draft", "in_review", "cancelled", "expired"}),
    "in_review": frozenset({"draft", "approved", "cancelled", "expired"}),
    "approved": frozenset({"draft", "scheduled", "cancelled", "expired"}),
    "scheduled": frozenset({"draft", "running", "cancelled", "expired", "failed"}),
    "running": frozenset({"paused", "scheduled", "finished", "cancelled", "failed", "expired"}),
    "paused": frozenset({"running", "cancelled", "failed", "expired"}),
    "finished": frozenset(),
    "cancelled": frozenset(),
    "failed": frozenset(),
    "expired": frozenset(),
}
"""State -> what may follow it. A running broadcast with further moments on its schedule goes back to `scheduled`."""
EDITABLE = frozenset(state for state, following in STEPS.items() if "draft" in following)
"""States in which its text may be changed; the change makes it a draft without approval."""
LIVE = frozenset({"approved", "scheduled", "running", "paused"})
"""States in which it was approved, and is not at its end."""
ENDED = frozenset(state for state, following in STEPS.items() if not following)
