"""Which chain, and who is asked about it: what the operator configured, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Family = Literal["bitcoin", "evm", "tron"]
"""How a chain works: what an id looks like, what a source can tell, which decision table holds."""


@dataclass(frozen=True, slots=True)
class Network:
    """One chain.

    `credit`: confirmations until the exchange shows a deposit, `unlock`: until it can be withdrawn.
    `block_seconds`: mean time between two blocks. `stale_after`: seconds after which a source whose newest block
    is older counts as behind. `stuck_after`: seconds in the queue from which a low fee is called stuck.
    `grace`: seconds a deposit may take after its last needed confirmation. `tokens`: contract, in the form that
    its family writes it (an EVM contract in small letters) -> the symbol that the exchange lists there.
    `chain_id`: an EVM chain's own number, so that a source of another chain is found out; 0 when not given.
    """

    name: str
    family: Family = "evm"
    credit: int = 12
    unlock: int = 12
    block_seconds: float = 12.0
    stale_after: float = 300.0
    stuck_after: float = 7200.0
    grace: float = 1800.0
    coin: str = ""
    tokens: Mapping[str, str] = field(default_factory=dict)
    chain_id: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """Somebody who can be asked about a network: a node or a service.

    `own`: it belongs to the operator, so no stranger learns what people ask.
    """

    name: str
    network: Network
    own: bool = False
