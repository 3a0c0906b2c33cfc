"""What each verdict means: which situations it stands for, who has to act, what comes next, when we look again.

`negative` marks a verdict that says: this payment will not arrive as it is. None of these is given while a source
is down, behind or of another opinion (`agree.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from core.chain.verdict import FactName, Name

Who = Literal["you", "sender", "exchange", "nobody"]
"""Who has to act: whoever asks, whoever sent it (or the platform that did), the exchange; nobody: it needs time."""

Step = Literal[
    "move_funds",
    "do_not_open_link",
    "send_hash",
    "copy_address_again",
    "copy_hash_again",
    "ask_again_later",
    "check_with_sender",
    "wait",
    "raise_fee",
    "send_missing_first",
    "speed_up_oldest",
    "follow_new",
    "send_again",
    "may_send_again",
    "add_gas_and_retry",
    "add_energy_and_retry",
    "ask_sender",
    "open_ticket",
    "copy_from_own_list",
    "do_not_trust_token",
    "act_in_app",
    "use_hash",
    "nothing",
    "ask_receiver",
    "private_chat",
]


@dataclass(frozen=True, slots=True)
class Meaning:
    """`rows`: the situations of the decision tables, by their ids in docs/verdicts.md. `proof`: the facts that are always
    among its evidence. `again`: seconds until we look again, one for each time; empty: it is an end."""

    rows: tuple[str, ...]
    who: Who
    step: Step
    proof: tuple[FactName, ...] = ()
    again: tuple[float, ...] = ()
    negative: bool = False


_MINUTE: Final = 60.0
_SOON: Final = (2 * _MINUTE, 10 * _MINUTE, 60 * _MINUTE)
_BLOCKS: Final = (10 * _MINUTE, 30 * _MINUTE, 60 * _MINUTE)

MEANINGS: Final[Mapping[Name, Meaning]] = {
    "possible_secret": Meaning(("I1",), "you", "move_funds"),
    "unknown_link": Meaning(("I2",), "you", "do_not_open_link"),
    "is_address": Meaning(("I3",), "you", "send_hash"),
    "address_typo": Meaning(("I4",), "you", "copy_address_again"),
    "not_an_id": Meaning(("I5",), "you", "copy_hash_again"),
    "source_down": Meaning(("S1",), "nobody", "ask_again_later", again=(_MINUTE, 5 * _MINUTE, 15 * _MINUTE)),
    "unsure": Meaning(("S2",), "nobody", "ask_again_later", again=(_MINUTE, 5 * _MINUTE, 15 * _MINUTE)),
    "not_seen_yet": Meaning(("B1", "E1", "T1"), "nobody", "check_with_sender", ("synced_to",), _SOON),
    "not_found": Meaning(
        ("B1", "E1", "T1"), "sender", "check_with_sender", ("synced_to",), _SOON, negative=True
    ),
    "pending": Meaning(("B2", "B3", "E2", "T2"), "nobody", "wait", ("in_queue",), _BLOCKS),
    "stuck_low_fee": Meaning(("B4", "E3"), "sender", "raise_fee", ("in_queue",), _BLOCKS),
    "waits_for_parent": Meaning(("B5",), "nobody", "wait", ("in_queue", "parent"), _BLOCKS),
    "nonce_gap": Meaning(
        ("E4",), "sender", "send_missing_first", ("in_queue", "nonce_waits", "missing_nonce"), _BLOCKS
    ),
    "blocked_by_older": Meaning(("E5",), "sender", "speed_up_oldest", ("in_queue", "nonce_waits"), _BLOCKS),
    "replaced": Meaning(("B6", "E6"), "nobody", "follow_new", ("first_seen", "other_transaction"), _BLOCKS),
    "replaced_final": Meaning(("B7", "E6"), "nobody", "follow_new", ("first_seen", "other_transaction")),
    "nonce_used": Meaning(("E6",), "sender", "ask_sender", ("first_seen", "nonce_spent"), negative=True),
    "cancelled": Meaning(
        ("B6", "E6"), "sender", "ask_sender", ("first_seen", "other_transaction"), _BLOCKS, negative=True
    ),
    "double_spent": Meaning(
        ("B8", "E6"), "sender", "open_ticket", ("first_seen", "other_transaction"), negative=True
    ),
    "dropped": Meaning(("B9", "E7"), "sender", "may_send_again", ("first_seen",), _BLOCKS, negative=True),
    "expired": Meaning(("T6",), "sender", "send_again", ("past_expiry",), negative=True),
    "vanished": Meaning(("B1", "E1", "T1"), "nobody", "ask_again_later", ("first_seen",), _SOON),
    "reorganised": Meaning(("B12", "E8"), "nobody", "wait", ("block_gone",), _BLOCKS),
    "confirming": Meaning(("B10", "E13", "T5"), "nobody", "wait", ("in_block",), _BLOCKS),
    "confirmed": Meaning(("B11", "E13", "T7", "X6"), "nobody", "wait", ("in_block",), _BLOCKS),
    "withdrawable": Meaning(("B11", "E13"), "nobody", "nothing", ("in_block",)),
    "final": Meaning(("E14", "T7"), "nobody", "nothing", ("in_block", "final_block")),
    "immature": Meaning(("B13",), "nobody", "wait", ("in_block",), _BLOCKS),
    "reverted": Meaning(("E9", "T4"), "sender", "send_again", ("in_block", "undone"), negative=True),
    "out_of_gas": Meaning(
        ("E9",), "sender", "add_gas_and_retry", ("in_block", "undone", "gas"), negative=True
    ),
    "out_of_energy": Meaning(
        ("T3",), "sender", "add_energy_and_retry", ("in_block", "undone"), negative=True
    ),
    "outcome_unknown": Meaning(("E15",), "exchange", "open_ticket", ("in_block",)),
    "wrong_network": Meaning(("I9",), "exchange", "open_ticket", negative=True),
    "wrong_recipient": Meaning(("B13", "E10"), "sender", "ask_sender", negative=True),
    "poisoning": Meaning(("E11",), "you", "copy_from_own_list", ("in_block", "pays_token"), negative=True),
    "fake_token": Meaning(("E11",), "you", "do_not_trust_token", ("in_block", "pays_token"), negative=True),
    "wrong_token": Meaning(("E11",), "exchange", "open_ticket", ("in_block", "pays_token"), negative=True),
    "sent_to_token_contract": Meaning(
        ("E12",), "exchange", "open_ticket", ("in_block", "pays_token"), negative=True
    ),
    "processing": Meaning(("X1",), "exchange", "wait", again=_BLOCKS),
    "needs_you": Meaning(("X2",), "you", "act_in_app", again=_BLOCKS),
    "in_review": Meaning(("X3",), "exchange", "open_ticket", again=_BLOCKS),
    "rejected": Meaning(("X4",), "exchange", "open_ticket", negative=True),
    "sent_by_exchange": Meaning(("X5",), "nobody", "use_hash", again=_SOON),
    "credit_overdue": Meaning(("B11",), "exchange", "open_ticket", again=_BLOCKS),
    "credited_locked": Meaning(("X6",), "nobody", "wait", again=_BLOCKS),
    "credited": Meaning(("X6",), "nobody", "nothing"),
    "memo_needed": Meaning(("X7",), "you", "open_ticket"),
    "below_minimum": Meaning(("X8", "B13"), "exchange", "open_ticket", negative=True),
    "unsupported": Meaning(("X9",), "exchange", "open_ticket", negative=True),
    "maintenance": Meaning(("X10",), "exchange", "wait", again=_BLOCKS),
    "not_ours": Meaning(("X11",), "sender", "ask_receiver"),
    "chain_only": Meaning(("X12",), "you", "private_chat"),
}


def is_negative(name: Name) -> bool:
    """Whether a verdict says that this payment will not arrive as it is."""
    return MEANINGS[name].negative


def look_again(name: Name, times: int = 0) -> float:
    """Seconds until the next look after `times` looks of our own; 0 when it is time for a human, or an end."""
    again = MEANINGS[name].again
    return again[times] if times < len(again) else 0.0
