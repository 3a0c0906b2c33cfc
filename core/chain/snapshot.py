"""What is remembered of a transaction while somebody waits for it: made, renewed, and written as text. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any, Final

from core.chain.seen import (
    BitcoinBody,
    Block,
    Body,
    EvmBody,
    FirstSeen,
    Outpoint,
    Output,
    Seen,
    TronBody,
)

MOST_PARTS: Final = 500
"""Inputs and outputs of a transaction that are remembered; one with more is not followed beyond its queue."""


def remember(
    seen: Seen, network: str, transaction_id: str, now: float, before: FirstSeen | None
) -> FirstSeen | None:
    """The snapshot after a source was heard; None when there is still nothing to remember.

    The body and the moment stay those of the first time. The block is the newest in which it was seen; it stays when the
    transaction has left it, so that a reorganisation can be proved.
    """
    if before is not None:
        return replace(before, block=seen.block) if seen.block is not None else before
    if seen.body is None or not seen.known or _is_long(seen.body):
        return None
    # A height at which it was in no block yet: a later search for what replaced it begins there.
    height = seen.block.number - 1 if seen.block is not None else seen.health.latest
    return FirstSeen(network, transaction_id, seen.body, now, height, seen.block)


def _is_long(body: Body) -> bool:
    return isinstance(body, BitcoinBody) and len(body.inputs) + len(body.outputs) > MOST_PARTS


def to_text(first: FirstSeen) -> str:
    """A snapshot for a row."""
    return json.dumps(asdict(first) | {"kind": _KINDS_BY_TYPE[type(first.body)]}, separators=(",", ":"))


def from_text(text: str) -> FirstSeen:
    """The snapshot of a row."""
    value: dict[str, Any] = json.loads(text)
    block = value["block"]
    return FirstSeen(
        value["network"],
        value["id"],
        _body(value["kind"], value["body"]),
        value["at"],
        value["height"],
        Block(**block) if block is not None else None,
    )


def _body(kind: str, value: dict[str, Any]) -> Body:
    if kind == "bitcoin":
        inputs = tuple(Outpoint(**entry) for entry in value["inputs"])
        return BitcoinBody(inputs, tuple(Output(**entry) for entry in value["outputs"]), value["coinbase"])
    return EvmBody(**value) if kind == "evm" else TronBody(**value)


_KINDS_BY_TYPE: Final[dict[type, str]] = {BitcoinBody: "bitcoin", EvmBody: "evm", TronBody: "tron"}
