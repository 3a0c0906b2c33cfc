"""The evidence: everything a source said, as facts with its name and the time. Which of them matter is left to the reader."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from core.chain.network import Source
from core.chain.seen import BitcoinBody, EvmBody, Health, SeenBitcoin, SeenEvm, SeenTron, TronBody
from core.chain.table import Case
from core.chain.table_bitcoin import still_pays
from core.chain.verdict import Fact, FactName

_PLAIN: Final = re.compile(r"[A-Za-z0-9_ :;,'()<>=+!?-]{1,80}\.?")
"""Neither a dot between letters, nor a slash, nor an @: no address of a site or an account can be written with it."""
Told = Iterator[tuple[FactName, Mapping[str, str]]]


def quotable(words: str) -> str:
    """What a stranger's contract says, if it may be repeated: it could be a link, or a call to pay somebody. "" if not."""
    return words if _PLAIN.fullmatch(words) else ""


def facts(case: Case[Any], source: Source) -> tuple[Fact, ...]:
    """What a healthy source said."""
    found = [*_health(case.seen.health), *_common(case), *_family(case)]
    return tuple(Fact(name, source.name, case.now, values) for name, values in found)


def sick(health: Health, source: Source, now: float) -> Fact:
    """Why a source cannot be believed now."""
    if not health.reachable:
        return Fact("unreachable", source.name, now)
    return Fact("behind", source.name, now, {"block": str(health.latest), "at": f"{health.latest_at:.0f}"})


def _health(health: Health) -> Told:
    yield "synced_to", {"block": str(health.latest)}
    if not health.complete:
        yield "incomplete", {}


def _common(case: Case[Any]) -> Told:
    seen = case.seen
    if seen.block is not None:
        yield "in_block", {"block": str(seen.block.number), "hash": seen.block.hash, "k": str(case.k)}
    elif seen.known:
        yield "in_queue", {}
    if seen.moved and case.before is not None and case.before.block is not None:
        yield "block_gone", {"block": str(case.before.block.number), "hash": case.before.block.hash}
    if case.before is not None and not seen.known:
        yield "first_seen", {"at": f"{case.before.at:.0f}"}
    for move in (case.ours or seen.transfers)[:3]:
        name: FactName = "pays_token" if move.token else "pays"
        symbol = (
            case.network.coin
            if not move.token
            else case.network.tokens.get(move.token) or quotable(move.symbol)
        )
        yield name, {"to": move.to, "amount": str(move.amount), "token": move.token, "symbol": symbol or "?"}


def _family(case: Case[Any]) -> Told:
    match case.seen:
        case SeenBitcoin():
            yield from _bitcoin(case)
        case SeenEvm():
            yield from _evm(case)
        case SeenTron():
            yield from _tron(case)


def _bitcoin(case: Case[SeenBitcoin]) -> Told:
    seen, waiting = case.seen, case.seen.waiting
    if waiting is not None:
        yield "fee_rate", {"rate": f"{waiting.rate:.2f}", "next": f"{waiting.next_rate:.2f}"}
        if waiting.rate < waiting.floor:
            yield "fee_floor", {"floor": f"{waiting.floor:.2f}"}
        if waiting.position:
            yield "queue_place", {"block": str(waiting.position)}
        for parent in waiting.parents[:3]:
            yield "parent", {"id": parent}
    if seen.replacement is not None:
        yield "other_transaction", _other(seen.replacement.id, seen.replacement.block)
        if still_pays(case) is None:
            yield "payee_unclear", {}
    elif seen.unspent is not None:
        of = case.firstly(BitcoinBody)
        yield "inputs_unspent", {"unspent": str(seen.unspent), "of": str(len(of.inputs)) if of else "0"}


def _other(transaction_id: str, block: Any) -> Mapping[str, str]:
    return {"id": transaction_id, "block": str(block.number) if block is not None else ""}


def _evm(case: Case[SeenEvm]) -> Told:
    seen = case.seen
    if seen.block is not None:
        yield from _ran(seen)
    elif seen.body is not None:
        yield from _queued(seen)
    if seen.replacement is not None:
        yield "other_transaction", _other(seen.replacement.id, seen.replacement.block)
    before = case.firstly(EvmBody)
    if not seen.known and before is not None and seen.mined_nonce is not None:
        used: FactName = "nonce_spent" if before.nonce < seen.mined_nonce else "nonce_free"
        yield used, {"nonce": str(before.nonce)}


def _ran(seen: SeenEvm) -> Told:
    if seen.succeeded is not None:
        yield ("succeeded", {}) if seen.succeeded else ("undone", {"reason": quotable(seen.reason)})
    if seen.succeeded is False and seen.body is not None and seen.body.gas:
        yield "gas", {"used": str(seen.used), "limit": str(seen.body.gas)}
    if seen.final is not None and seen.block is not None and seen.block.number <= seen.final:
        yield "final_block", {"block": str(seen.final)}


def _queued(seen: SeenEvm) -> Told:
    assert seen.body is not None
    if seen.mined_nonce is not None:
        yield "nonce_waits", {"nonce": str(seen.body.nonce), "next": str(seen.mined_nonce)}
    if seen.missing is not None:
        yield "missing_nonce", {"nonce": str(seen.missing)}
    if seen.market is not None:
        yield (
            "fee_market",
            {
                "max_fee": str(seen.body.max_fee),
                "base": str(seen.market.next_base),
                "tip": str(seen.body.tip),
                "low_tip": str(seen.market.low_tip),
            },
        )


def _tron(case: Case[SeenTron]) -> Told:
    seen = case.seen
    if seen.result:
        yield (
            ("succeeded", {})
            if seen.result == "SUCCESS"
            else ("undone", {"reason": quotable(seen.reason) or quotable(seen.result)})
        )
    if seen.solid and seen.block is not None:
        yield "final_block", {"block": str(seen.block.number)}
    body = seen.body or case.firstly(TronBody)
    if seen.block is None and body is not None and 0 < body.expiration <= seen.solid_at:
        yield "past_expiry", {"at": f"{body.expiration:.0f}"}
