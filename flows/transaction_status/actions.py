"""Where is my transfer? Asks the configured nodes, and says no more than they know."""

from __future__ import annotations

from typing import Literal

from core.actions import Call, Outcome, action
from core.chain.nodes import Chain

Ends = Literal["confirmed", "confirming", "pending", "reverted", "not_found", "source_down", "internal"]


@action(
    "chain.look_up",
    deadline=8.0,
    gives=("confirmations", "need", "block", "node", "network", "checked_at", "left", "sources"),
)
async def look_up(call: Call, transaction_id: str) -> Outcome[Ends]:
    """The verdict of the nodes; an order number of the exchange never reaches them. Reads only, so safe to repeat."""
    if transaction_id.startswith("internal:"):
        return Outcome("internal")
    chain: Chain = call.services["chain"]
    verdict = await chain.look_up(transaction_id)
    return Outcome(verdict.name, verdict.values())
