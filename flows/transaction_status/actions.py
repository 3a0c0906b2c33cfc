"""Where is my money? Asks the configured sources, and says no more than they know.

64 digits that may be a key come as a handle: the operator's own nodes alone are asked about them, until one of them
knows the transaction or the person says that it is one. Reads only, so all of it is safe to repeat.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, cast

from core.actions import Call, Outcome, action
from core.chain.answer import KNOWS_NOTHING, NONE, Answer, Answers
from core.chain.hexes import HANDLE
from core.chain.nodes import Chain
from core.chain.verdict import Verdict
from core.runtime.follow import Begun, Follow
from core.runtime.vault import Vault
from core.store.watches import Goal

Ends = Literal[
    "lost", "unclear", "unclear_unknown", "stuck_or_child", "reverted_unsaid",
    "source_down", "unsure", "not_seen_yet", "not_found", "pending", "stuck_low_fee", "waits_for_parent", "nonce_gap",
    "blocked_by_older", "replaced", "replaced_final", "nonce_used", "cancelled", "double_spent", "dropped", "expired",
    "vanished", "reorganised", "confirming", "confirmed", "withdrawable", "final", "immature", "reverted", "out_of_gas",
    "out_of_energy", "outcome_unknown", "wrong_network", "wrong_recipient", "poisoning", "fake_token", "wrong_token",
    "sent_to_token_contract", "processing", "needs_you", "in_review", "rejected", "sent_by_exchange", "credit_overdue",
    "credited_locked", "credited", "memo_needed", "below_minimum", "unsupported", "maintenance", "not_ours", "chain_only",
]  # fmt: skip
"""The verdicts that sources give; how it ends when the digits may be a key; a low fee that the receiver can help; and a
failure for which the chain gives no reason."""
INTERNAL = "internal:"
"""How the exchange's own numbers begin in a slot."""


@action(
    "chain.look_up",
    deadline=8.0,
    gives=(
        "transaction_id", "verdict", "network", "node", "block", "checked_at", "confirmations", "need", "unlock", "bar", "low",
        "high", "fee", "other", "parent", "missing", "reason", "own", "others", "sources", "number", "raw_state", "coin",
        "amount", "minimum", "returned", "child",
    ),
)  # fmt: skip
async def look_up(call: Call, transaction_id: str) -> Outcome[Ends]:
    """The verdict of the sources and of the exchange's ledger."""
    answers = _answers(call)
    if transaction_id.startswith(INTERNAL):
        answer = await answers.by_number(transaction_id.removeprefix(INTERNAL), call.address)
        return _outcome(answers, answer)
    if not HANDLE.fullmatch(transaction_id):
        answer = await answers.by_transaction(transaction_id, call.address)
        return _outcome(answers, answer)
    return await _look_up_kept(call, answers, transaction_id)


async def _look_up_kept(call: Call, answers: Answers, handle: str) -> Outcome[Ends]:
    """Digits that are kept in memory. They may be written down when a source knows them as a transaction."""
    vault: Vault = call.services["vault"]
    digits = vault.open(handle, call.address.key)
    if not digits:
        return Outcome("lost")
    transaction_id = "0x" + digits
    if not vault.is_id(handle, call.address.key):
        if answers.own is None:
            return Outcome("unclear")
        ours = await answers.own.look_up(transaction_id)
        if ours.name in ("source_down", "unsure"):
            return _outcome(answers, Answer(ours))
        if not _knows(ours):
            return Outcome("unclear_unknown")
    answer = await answers.by_transaction(transaction_id, call.address)
    return _outcome(answers, answer, {"transaction_id": transaction_id} if _knows(answer.verdict) else {})


def _outcome(answers: Answers, answer: Answer, more: Mapping[str, str] | None = None) -> Outcome[Ends]:
    name, values = answer.verdict.name, answers.values(answer)
    helped = name == "stuck_low_fee" and any(one.name == "child_pays" for one in answer.verdict.advice)
    unsaid = name == "reverted" and values["reason"] == NONE
    end = cast(Ends, "stuck_or_child" if helped else "reverted_unsaid" if unsaid else name)
    return Outcome(end, {**values, **(more or {})})


def _knows(verdict: Verdict) -> bool:
    return verdict.name not in KNOWS_NOTHING


@action("chain.call_it_an_id")
async def call_it_an_id(call: Call, transaction_id: str) -> Outcome[Literal["taken", "lost"]]:
    """The person says that the digits are a transaction id: every source may be asked."""
    vault: Vault = call.services["vault"]
    return Outcome("taken" if vault.call_id(transaction_id, call.address.key) else "lost")


@action("chain.let_go")
async def let_go(call: Call, transaction_id: str) -> Outcome[Literal["forgotten"]]:
    """The digits may be a key: nothing of them is kept."""
    vault: Vault = call.services["vault"]
    vault.forget(transaction_id, call.address.key)
    return Outcome("forgotten")


def _answers(call: Call) -> Answers:
    chain: Chain = call.services["chain"]
    return Answers(chain, call.services.get("ledger"), lambda: call.now)


_GOALS: Final[Mapping[str, Goal]] = {
    "tell_credited": "credited",
    "tell_withdrawable": "withdrawable",
    "tell_trouble": "trouble",
}
"""Choice -> what the person wants to be told."""


@action("watch.begin", deadline=8.0)
async def watch(call: Call, transaction_id: str, offer: str) -> Outcome[Begun]:
    """Tell this person when there is news. The watch is named by the call, so a repetition begins no second one."""
    if transaction_id.startswith(INTERNAL) or HANDLE.fullmatch(transaction_id):
        return Outcome("unknown")
    follow: Follow = call.services["watches"]
    goal = _GOALS.get(offer, "trouble")
    return Outcome(await follow.begin(call.key, call.address, "transaction_status", transaction_id, goal))
