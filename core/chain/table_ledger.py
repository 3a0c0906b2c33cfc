"""The exchange's side: from the normal state of its ledger, and from what its chain says, to one row.

"Sent" is what the exchange did; only the chain says whether it arrived. So where a booked transfer names a transaction,
the verdict on that transaction speaks, and the ledger adds what the chain cannot know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.chain.booking import Paused, State, Transfer
from core.chain.network import Network
from core.chain.verdict import Name, Verdict

STATES: Final[Mapping[State, tuple[str, Name]]] = {
    "processing": ("X1", "processing"),
    "awaiting_user": ("X2", "needs_you"),
    "review": ("X3", "in_review"),
    "failed": ("X4", "rejected"),
    "rejected": ("X4", "rejected"),
    "cancelled": ("X4", "rejected"),
    "completed": ("X5", "sent_by_exchange"),
    "confirming": ("X1", "processing"),
    "locked": ("X6", "credited_locked"),
    "credited": ("X6", "credited"),
    "memo_problem": ("X7", "memo_needed"),
    "below_minimum": ("X8", "below_minimum"),
    "unsupported": ("X9", "unsupported"),
    "other_recipient": ("X11", "not_ours"),
    "unclear": ("X12", "chain_only"),
}
"""Normal state -> (row, verdict)."""

_CHAIN_SPEAKS: Final = ("processing", "completed", "confirming", "unclear")
"""States in which the verdict on the transaction says more than the ledger does."""
_THERE: Final = ("confirmed", "withdrawable", "final")
_WORKS: Final = ("processing", "confirming", "review")
"""States in which a pause of the network is why nothing happens."""


def ledger_verdict(
    booked: Transfer, chain: Verdict | None, network: Network | None, paused: Paused | None, now: float
) -> Name:
    """What the ledger and the chain say together.

    `chain` is the verdict on the booked transaction, None while there is none; `paused` what is stopped on its network. A
    deposit that the chain has confirmed and whose grace has passed without a credit is overdue. `now`: epoch seconds.
    """
    if booked.state in _WORKS and paused is not None and _stops(paused, booked):
        return "maintenance"
    if chain is None or booked.state not in _CHAIN_SPEAKS:
        return STATES[booked.state][1]
    waits = booked.direction == "deposit" and chain.name in _THERE
    if waits and network is not None and now - booked.updated_at > network.grace:
        return "credit_overdue"
    return chain.name


def _stops(paused: Paused, booked: Transfer) -> bool:
    return paused.deposits if booked.direction == "deposit" else paused.withdrawals
