"""What the exchange's ledger says about a transfer: its own word beside one normal form. Pure.

A field that is not as docs/exchange-api.yaml says makes the whole answer odd: nothing is guessed from the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

State = Literal[
    "processing", "awaiting_user", "review", "failed", "rejected", "cancelled", "completed", "confirming",
    "locked", "credited", "memo_problem", "below_minimum", "unsupported", "other_recipient", "unclear",
]  # fmt: skip
"""The normal form. `unclear` is ours: the ledger named a state that this version does not know."""
Reason = Literal[
    "secret_given", "device_controlled", "signed_unknown", "unknown_transfer", "account_in_use", "other"
]
_STATES: Final = frozenset(get_args(State)) - {"unclear"}


@dataclass(frozen=True, slots=True)
class Transfer:
    """A deposit or a withdrawal as the exchange books it.

    `amount`, `minimum` and `returned` are decimal texts ("" when not told), times are epoch seconds (0 when not told).
    `credit_at` and `unlock_at` count confirmations; `expected_within` is seconds from `updated_at`.
    """

    number: str
    direction: Literal["deposit", "withdrawal"]
    asset: str
    network: str
    amount: str
    state: State
    raw_state: str
    updated_at: float
    transaction_id: str = ""
    confirmations: int | None = None
    credit_at: int | None = None
    unlock_at: int | None = None
    minimum: str = ""
    returned: str = ""
    returned_at: float = 0.0
    expected_within: int = 0

    def overdue(self, now: float) -> bool:
        """Whether the exchange has taken longer than it normally does."""
        return self.expected_within > 0 and now > self.updated_at + self.expected_within


@dataclass(frozen=True, slots=True)
class Booked:
    """What the ledger answered about a reference. `down`: it could not tell. `hidden`: not for this person."""

    transfers: tuple[Transfer, ...] = ()
    down: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Freeze:
    """How a freeze request ended. `link` (for verify_in_app) leads to an official host, or the answer was refused."""

    status: Literal["verify_in_app", "frozen", "already_frozen", "unavailable"]
    reference: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Paused:
    """What is stopped on a network. `until`: epoch seconds, 0 when nothing was announced."""

    deposits: bool
    withdrawals: bool
    until: float = 0.0


class Odd(Exception):
    """The ledger answered something that is not what the contract says."""


def transfer(entry: Mapping[str, Any]) -> Transfer:
    """One transfer of an answer. Raises Odd, or what reading a wrong shape raises."""
    direction, state = entry["direction"], text(entry["state"])
    if direction not in ("deposit", "withdrawal"):
        raise Odd
    returned = entry.get("returned", {})
    return Transfer(
        number=text(entry["number"]),
        direction=direction,
        asset=text(entry["asset"]),
        network=text(entry["network"]),
        amount=text(entry["amount"]),
        state=state if state in _STATES else "unclear",  # type: ignore[arg-type]
        raw_state=text(entry["raw_state"]),
        updated_at=_moment(entry["updated_at"]),
        transaction_id=text(entry.get("transaction_id", "")),
        confirmations=_count(entry.get("confirmations")),
        credit_at=_count(entry.get("credit_at")),
        unlock_at=_count(entry.get("unlock_at")),
        minimum=text(entry.get("minimum", "")),
        returned=text(returned.get("amount", "")),
        returned_at=_moment(returned.get("at", 0)),
        expected_within=_count(entry.get("expected_within")) or 0,
    )


def paused(entry: Mapping[str, Any]) -> Paused:
    """One network of an answer. Raises as `transfer`."""
    for name in ("deposits", "withdrawals"):
        if entry[name] not in ("open", "paused"):
            raise Odd
    until = _moment(entry.get("announced_until", 0))
    return Paused(entry["deposits"] == "paused", entry["withdrawals"] == "paused", until)


def text(value: object) -> str:
    """A text of one line that fits into a message; what is longer is not what the contract says."""
    if not isinstance(value, str) or len(value) > 512 or not value.isprintable():
        raise Odd
    return value


def _count(value: object) -> int | None:
    if value is None:
        return None
    if type(value) is not int or value < 0:
        raise Odd
    return value


def _moment(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e11:
        raise Odd
    return float(value)
