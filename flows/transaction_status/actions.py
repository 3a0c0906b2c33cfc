"""Where is my transfer? Asks the configured nodes, and says no more than they know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from core.actions import Call, Outcome, action
from core.chain.nodes import Chain
from core.chain.verdict import Name, Verdict

Ends = Literal["confirmed", "confirming", "pending", "reverted", "not_found", "source_down", "internal"]

_ENDS: Final[Mapping[Name, Ends]] = {
    "confirmed": "confirmed",
    "withdrawable": "confirmed",
    "final": "confirmed",
    "confirming": "confirming",
    "reorganised": "confirming",
    "pending": "pending",
    "stuck_low_fee": "pending",
    "nonce_gap": "pending",
    "blocked_by_older": "pending",
    "reverted": "reverted",
    "out_of_gas": "reverted",
    "not_seen_yet": "not_found",
    "not_found": "not_found",
}
"""The verdicts that a node gives by itself; of any other nothing is said but that it cannot be judged."""


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
    return Outcome(_ENDS.get(verdict.name, "source_down"), _values(verdict))


def _values(verdict: Verdict) -> Mapping[str, str]:
    """The holes of a text. Always the same keys, so that every outcome's text may use any of them."""
    block = next((f.values["block"] for f in verdict.evidence if f.name in ("in_block", "behind")), "")
    newest = next((f.values["block"] for f in verdict.evidence if f.name == "synced_to"), "0")
    return {
        "confirmations": str(verdict.progress.k if verdict.progress else 0),
        "need": str(verdict.progress.credit if verdict.progress else 0),
        "block": block or newest,
        "node": verdict.evidence[0].source if verdict.evidence else "",
        "network": verdict.network,
        "checked_at": f"{verdict.checked_at:.0f}",
        "left": f"{verdict.high:.0f}",
        "sources": str(verdict.sources),
    }
