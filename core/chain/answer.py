"""One answer from the chains and the exchange's ledger together, and what its text may show.

The chain says what moved, the ledger what the exchange did about it; where the ledger knows the transaction, both are
asked at once. Digits that may be a key go to the operator's own nodes only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.chain.booking import Booked, Paused, Transfer
from core.chain.ledger import Ledger
from core.chain.look_up import Client
from core.chain.network import Network
from core.chain.nodes import Chain
from core.chain.table_ledger import ledger_verdict
from core.chain.verdict import Fact, FactName, Name, Progress, Verdict
from core.conversation.model import Address

KNOWS_NOTHING: Final[tuple[Name, ...]] = ("source_down", "unsure", "not_seen_yet", "not_found")
"""Verdicts of sources that have not seen the transaction."""
CELLS: Final = 10
"""Of the progress bar."""
NONE: Final = "—"
"""Where there is nothing to show."""
_VALUES: Final[Mapping[str, tuple[FactName, str]]] = {
    "parent": ("parent", "id"),
    "missing": ("missing_nonce", "nonce"),
    "reason": ("undone", "reason"),
}
"""Hole -> the fact and the value of it that fill it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict, and the ledger's entry where there is one."""

    verdict: Verdict
    transfer: Transfer | None = None


class Answers:
    """Asks the chains and the ledger. `ledger` is None where the exchange offers none."""

    def __init__(self, chain: Chain, ledger: Ledger | None, now: Callable[[], float]) -> None:
        self._chain, self._ledger, self._now = chain, ledger, now

    @property
    def own(self) -> Chain | None:
        """The operator's own sources alone; None without any."""
        clients = [client for client in self._chain.clients if client.source.own]
        return replace(self._chain, clients=clients) if clients else None

    async def by_transaction(self, transaction_id: str, asker: Address) -> Answer:
        """Where a transaction is, and what the exchange has booked for it."""
        verdict, booked, paused = await asyncio.gather(
            self._chain.look_up(transaction_id), self._by_transaction(transaction_id, asker), self._paused()
        )
        if not booked.transfers:
            return Answer(verdict)
        return self._together(booked.transfers[0], verdict, paused)

    async def by_number(self, number: str, asker: Address) -> Answer:
        """What the exchange has booked under its own number, with the chain's word on it where there is a transaction."""
        if self._ledger is None:
            return Answer(Verdict("chain_only", checked_at=self._now()))
        booked, paused = await asyncio.gather(self._ledger.by_number(number, asker), self._paused())
        if booked.down or not booked.transfers:
            name: Name = "source_down" if booked.down else "chain_only"
            return Answer(Verdict(name, checked_at=self._now()))
        transfer = booked.transfers[0]
        verdict = None
        if transfer.transaction_id and self._chain.clients:
            verdict = await self._chain.look_up(transfer.transaction_id)
        return self._together(transfer, verdict, paused)

    async def _by_transaction(self, transaction_id: str, asker: Address) -> Booked:
        return await self._ledger.by_transaction(transaction_id, asker) if self._ledger else Booked()

    async def _paused(self) -> Mapping[str, Paused]:
        return await self._ledger.paused() if self._ledger else {}

    def _together(self, transfer: Transfer, verdict: Verdict | None, paused: Mapping[str, Paused]) -> Answer:
        now, told = self._now(), _told(verdict)
        network = self._network(told.network if told else "")
        name = ledger_verdict(transfer, told, network, paused.get(transfer.network), now)
        if told is None and transfer.state == "confirming" and transfer.credit_at:
            name = "confirming"  # the exchange has seen it, whatever our sources have not
        base = verdict or Verdict(name, transfer.network, checked_at=now)
        if told is None:
            booked = Fact("ledger", "ledger", now, {"raw": transfer.raw_state})
            base = replace(base, network=transfer.network, evidence=(booked,), checked_at=now)
        if name == "sent_by_exchange":
            base = replace(base, next_id=transfer.transaction_id)
        progress = base.progress or _progress(transfer)
        return Answer(replace(base, name=name, progress=progress), transfer)

    def _network(self, name: str) -> Network | None:
        networks = (client.source.network for client in self._chain.clients)
        return next((network for network in networks if network.name == name), None)

    # --- what a text may show

    def values(self, answer: Answer) -> dict[str, str]:
        """The holes of a text. Always the same keys, so that every outcome's text may use any of them."""
        verdict, transfer = answer.verdict, answer.transfer
        progress = verdict.progress or Progress(0, 0, 0)
        said_by = list(dict.fromkeys(fact.source for fact in verdict.evidence))
        return {  # in the order in which whoever takes over wants to read it
            "verdict": verdict.name,
            "network": verdict.network or (transfer.network if transfer else NONE),
            **_booked(transfer),
            "confirmations": str(progress.k),
            "need": str(progress.credit),
            "unlock": str(progress.unlock),
            "other": verdict.next_id or NONE,
            "checked_at": f"{verdict.checked_at:.0f}",
            "node": ", ".join(said_by) or NONE,
            "block": _block(verdict),
            "bar": bar(progress.k, progress.credit if verdict.name == "confirming" else progress.unlock),
            "low": str(roughly(verdict.low)),
            "high": str(roughly(verdict.high)),
            "fee": _fee(verdict),
            "child": next((one.values["fee"] for one in verdict.advice if one.name == "child_pays"), NONE),
            **{hole: _value(verdict, *where) or NONE for hole, where in _VALUES.items()},
            **_asked(self._chain.clients),
        }


def _fee(verdict: Verdict) -> str:
    """What the sender would have to offer now, in the unit that wallets of the chain ask for."""
    for one in verdict.advice:
        match one.name:
            case "replace_fee":
                return f"{one.values['rate']} sat/vB"
            case "speed_up":
                return f"{one.values['max_fee']} gwei"
    return NONE


def roughly(seconds: float) -> int:
    """An estimate without false precision: whole ten seconds, minutes, or ten minutes."""
    step = 10 if seconds < 60 else 60 if seconds < 3600 else 600
    return max(step, round(seconds / step) * step)


def bar(k: int, whole: int) -> str:
    """A progress bar of text; it is full only when nothing is missing."""
    filled = CELLS if k >= whole else CELLS * k // whole
    return "▰" * filled + "▱" * (CELLS - filled)


def _told(verdict: Verdict | None) -> Verdict | None:
    """What the chain has to say; sources that have not seen the transaction say less than the ledger."""
    return None if verdict is None or verdict.name in KNOWS_NOTHING else verdict


def _progress(transfer: Transfer) -> Progress | None:
    if transfer.confirmations is None or not transfer.credit_at:
        return None
    return Progress(transfer.confirmations, transfer.credit_at, transfer.unlock_at or transfer.credit_at)


def _booked(transfer: Transfer | None) -> dict[str, str]:
    return {
        "number": transfer.number if transfer else NONE,
        "raw_state": transfer.raw_state if transfer else NONE,
        "coin": transfer.asset if transfer else NONE,
        "amount": transfer.amount if transfer else NONE,
        "minimum": (transfer.minimum if transfer else "") or NONE,
        "returned": (transfer.returned if transfer else "") or NONE,
    }


def _asked(clients: Sequence[Client]) -> dict[str, str]:
    """Who was asked, so that whoever asks knows who saw the query."""
    own = [client.source.name for client in clients if client.source.own]
    others = [client.source.name for client in clients if not client.source.own]
    return {
        "own": ", ".join(own) or NONE,
        "others": ", ".join(others) or NONE,
        "sources": ", ".join((*own, *others)) or NONE,
    }


def _value(verdict: Verdict, name: FactName, key: str) -> str:
    return next((fact.values.get(key, "") for fact in _facts(verdict, name)), "")


def _facts(verdict: Verdict, *names: FactName) -> Iterator[Fact]:
    return (fact for fact in verdict.evidence if fact.name in names)


def _block(verdict: Verdict) -> str:
    """The block that holds it, else the newest that a source knew."""
    names: tuple[FactName, ...] = ("in_block", "synced_to", "behind")
    return next((block for name in names if (block := _value(verdict, name, "block"))), NONE)
