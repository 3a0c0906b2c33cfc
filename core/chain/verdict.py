"""What may be said about a transaction: the closed list of verdicts, and a verdict as a value.

What each name means, who has to act and what comes next stands in `meanings.py`; `docs/verdicts.md` tells it to
people and is tested against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Name = Literal[
    # before any source is asked
    "possible_secret",
    "unknown_link",
    "is_address",
    "address_typo",
    "not_an_id",
    # about the sources
    "source_down",
    "unsure",
    "not_seen_yet",
    "not_found",
    # waiting for a block
    "pending",
    "stuck_low_fee",
    "waits_for_parent",
    "nonce_gap",
    "blocked_by_older",
    # gone from where it was
    "replaced",
    "replaced_final",
    "nonce_used",
    "cancelled",
    "double_spent",
    "dropped",
    "expired",
    "vanished",
    "reorganised",
    # in a block, and it counts
    "confirming",
    "confirmed",
    "withdrawable",
    "final",
    # in a block, and something is wrong
    "immature",
    "reverted",
    "out_of_gas",
    "out_of_energy",
    "outcome_unknown",
    "wrong_network",
    "wrong_recipient",
    "poisoning",
    "fake_token",
    "wrong_token",
    "sent_to_token_contract",
    # the exchange's side
    "processing",
    "needs_you",
    "in_review",
    "rejected",
    "sent_by_exchange",
    "credit_overdue",
    "credited_locked",
    "credited",
    "memo_needed",
    "below_minimum",
    "unsupported",
    "maintenance",
    "not_ours",
    "chain_only",
]
"""Never "failed" for what is not known."""

FactName = Literal[
    "unreachable",
    "behind",
    "synced_to",
    "incomplete",
    "in_queue",
    "queue_place",
    "fee_rate",
    "fee_floor",
    "fee_market",
    "parent",
    "nonce_waits",
    "missing_nonce",
    "in_block",
    "succeeded",
    "undone",
    "gas",
    "pays",
    "pays_token",
    "final_block",
    "first_seen",
    "other_transaction",
    "payee_unclear",
    "inputs_unspent",
    "nonce_spent",
    "nonce_free",
    "past_expiry",
    "block_gone",
    "ledger",
]

AdviceName = Literal["replace_fee", "child_pays", "speed_up"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One piece of evidence: what it says, who says it, and when it was asked (epoch seconds)."""

    name: FactName
    source: str
    at: float
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Advice:
    """Something that would make it faster, for whoever can do it. Rates are satoshis for each virtual byte, `fee` of
    Bitcoin is in satoshis, `max_fee` and `tip` are in gwei."""

    name: AdviceName
    who: Literal["sender", "receiver"]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Progress:
    """`k` confirmations; `credit` of them until the exchange shows the money, `unlock` until it can be withdrawn."""

    k: int
    credit: int
    unlock: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can honestly be said about a transaction, by whom and when.

    `network`: the chain's name, "" when it is about none. `checked_at`: epoch seconds. `sources`: how many say so; of
    the negative ones and of silence, all that were asked. `low`, `high`: seconds until the next step of its progress,
    0 when nobody can say. `next_id`: the transaction that took its place. `follows`: the verdict on that one.
    """

    name: Name
    network: str = ""
    evidence: tuple[Fact, ...] = ()
    checked_at: float = 0.0
    sources: int = 1
    progress: Progress | None = None
    low: float = 0.0
    high: float = 0.0
    advice: tuple[Advice, ...] = ()
    next_id: str = ""
    follows: Verdict | None = None
