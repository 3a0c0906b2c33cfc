"""What every decision table is made of: a case, rows read from the top, and the rows about whom a payment reached."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from core.chain.network import Network
from core.chain.seen import Body, Expected, FirstSeen, Seen, Transfer
from core.chain.verdict import Name

S = TypeVar("S", bound=Seen)


@dataclass(frozen=True, slots=True)
class Case(Generic[S]):
    """What a healthy source says about a transaction, and what we knew before. `now` is epoch seconds."""

    seen: S
    network: Network
    before: FirstSeen | None
    expected: Expected
    now: float

    @property
    def k(self) -> int:
        """Confirmations: the block that holds it counts as the first."""
        block = self.seen.block
        return 0 if block is None else max(1, self.seen.health.latest - block.number + 1)

    @property
    def ours(self) -> Sequence[Transfer]:
        """The transfers to where the money should have gone; all of them when nobody told us."""
        wanted = self.expected.addresses
        return [move for move in self.seen.transfers if not wanted or move.to in wanted]

    def firstly(self, kind: type[B]) -> B | None:
        """The body of the snapshot, if it is of this kind."""
        return self.before.body if self.before and isinstance(self.before.body, kind) else None


B = TypeVar("B", bound=Body)


@dataclass(frozen=True, slots=True)
class Row(Generic[S]):
    """One row: its id in docs/verdicts.md, its verdict, and when it fits."""

    id: str
    name: Name
    fits: Callable[[Case[S]], bool]


def _imitates(move: Transfer, network: Network) -> bool:
    """Whether a token that is not listed calls itself like one that is."""
    listed = {_plain(symbol) for symbol in (*network.tokens.values(), network.coin) if symbol}
    return bool(move.token) and move.token not in network.tokens and _plain(move.symbol) in listed


def _plain(symbol: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", symbol))).casefold()


def _is_bait(case: Case[Any]) -> bool:
    """Whether nothing moved but noughts of tokens. Anybody can send those in another's name, to put a look-alike address
    into their history, where it waits to be copied."""
    moved = case.seen.transfers
    return bool(moved) and all(move.token and not move.amount for move in moved)


def _unlisted_only(case: Case[Any]) -> bool:
    """Whether only tokens that the exchange does not list reached the right address."""
    tokens = case.network.tokens
    return bool(case.expected.addresses and case.ours) and all(
        move.token and move.token not in tokens for move in case.ours
    )


def _below_minimum(case: Case[Any]) -> bool:
    wanted = case.expected
    fitting = [move for move in case.ours if wanted.token is None or move.token == wanted.token]
    return bool(wanted.addresses and fitting) and sum(move.amount for move in fitting) < wanted.minimum


PAYEE: Final[tuple[Row[Any], ...]] = (
    Row("I9", "wrong_network", lambda c: c.expected.network not in ("", c.network.name)),
    Row(
        "E12", "sent_to_token_contract", lambda c: any(m.token and m.to == m.token for m in c.seen.transfers)
    ),
    Row("E11", "poisoning", _is_bait),
    Row("E11", "fake_token", lambda c: any(_imitates(move, c.network) for move in c.ours)),
    Row("E11", "wrong_token", _unlisted_only),
    Row("E10", "wrong_recipient", lambda c: bool(c.expected.addresses) and not c.ours),
    Row("X8", "below_minimum", _below_minimum),
)
"""For a transaction that is known and did not fail: did it pay whom it should?"""


def decide(table: Sequence[Row[S]], case: Case[S]) -> Row[S]:
    """The first row that fits. Every table ends with a row that always does."""
    return next(row for row in table if row.fits(case))
