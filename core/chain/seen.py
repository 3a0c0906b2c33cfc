"""What a source says about one transaction, at one moment: plain facts, in the form of its family.

A client fills these in and decides nothing; the tables (`table_*.py`) decide and ask nobody. A `Body` is what a
transaction says of itself. It is kept as the first-seen snapshot (`FirstSeen`), because after it has left the
queue no node can tell "replaced" from "dropped" from "never existed".
Amounts are in the chain's smallest unit, times are epoch seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a source can be believed now.

    `latest` is its newest block, `latest_at` that block's own time. `complete`: it would know every transaction of
    its chain; without its index, or with a window of recent blocks only, its silence means nothing.
    """

    reachable: bool = True
    syncing: bool = False
    latest: int = 0
    latest_at: float = 0.0
    complete: bool = True


DOWN: Final = Health(reachable=False)


def is_healthy(health: Health, stale_after: float, now: float) -> bool:
    """Whether the source answered, has caught up, and its newest block is no older than `stale_after` seconds."""
    return health.reachable and not health.syncing and now - health.latest_at <= stale_after


@dataclass(frozen=True, slots=True)
class Block:
    """A block that holds the transaction; `at` is its own time, 0 when the source does not tell."""

    number: int
    hash: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Transfer:
    """Something that moved, or will. `token` is the contract, "" for the chain's own coin; `symbol` what the
    contract calls itself, which anybody can choose."""

    to: str
    amount: int
    token: str = ""
    symbol: str = ""
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Outpoint:
    """An output that a Bitcoin transaction spends, with the script that guards it (hex, "" when not told)."""

    id: str
    index: int
    script: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """What a Bitcoin transaction pays: a script (hex), the address that stands for it, and satoshis."""

    script: str
    value: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class BitcoinBody:
    """A Bitcoin transaction: what it spends and what it pays. `coinbase`: newly mined coins."""

    inputs: tuple[Outpoint, ...]
    outputs: tuple[Output, ...]
    coinbase: bool = False


@dataclass(frozen=True, slots=True)
class EvmBody:
    """An EVM transaction. `to` is "" when it makes a contract. `call` is the SHA-256 of its data, "" for none.
    `max_fee` and `tip` are wei for each unit of gas; old transactions have one price for both."""

    chain_id: int
    sender: str
    nonce: int
    to: str
    value: int
    max_fee: int = 0
    tip: int = 0
    gas: int = 0
    call: str = ""


@dataclass(frozen=True, slots=True)
class TronBody:
    """A TRON transaction: after `expiration` no block can hold it. `call` is the SHA-256 of what it calls."""

    expiration: float
    owner: str
    call: str


Body = BitcoinBody | EvmBody | TronBody


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """The snapshot of a transaction when a source first knew it, and the block in which it was last seen."""

    network: str
    id: str
    body: Body
    at: float
    height: int
    block: Block | None = None


@dataclass(frozen=True, slots=True)
class Replacement:
    """Another transaction that uses the same money (Bitcoin) or the same number of the sender (EVM)."""

    id: str
    body: Body
    block: Block | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A Bitcoin transaction in the queue. Rates are satoshis for each virtual byte.

    `rate`: what it effectively offers, with the help of its family. `since`: when the source first had it, 0 unknown.
    `parents`: transactions in the queue that must go first. `position`: the block, counted from 1, in which its place
    in the queue would be; 0 unknown. `fee` and `size` are its own (satoshis, virtual bytes). `floor`: the lowest rate
    that the source keeps. `next_rate`: what would be in the next block, 0 unknown.
    """

    rate: float
    fee: int
    size: int
    since: float = 0.0
    parents: tuple[str, ...] = ()
    replaceable: bool = False
    position: int = 0
    floor: float = 0.0
    next_rate: float = 0.0


@dataclass(frozen=True, slots=True)
class SeenBitcoin:
    """What a source of a chain of unspent outputs says.

    `block` is one of the best chain. `moved`: the block in which the snapshot last had it is not in the best chain any
    more. `unspent`: how many inputs of the snapshot are still unspent; None when not all of them could be asked.
    """

    health: Health
    body: BitcoinBody | None = None
    block: Block | None = None
    waiting: Waiting | None = None
    moved: bool = False
    unspent: int | None = None
    replacement: Replacement | None = None
    transfers: tuple[Transfer, ...] = ()

    @property
    def known(self) -> bool:
        """Whether the source has it, in a block or in its queue."""
        return self.block is not None or self.waiting is not None


@dataclass(frozen=True, slots=True)
class Market:
    """What an EVM chain asks for now, in wei for each unit of gas: the lowest base fee of its newest blocks, the one
    of the next block, and the tip that one in ten transactions undercuts."""

    lowest_base: int
    next_base: int
    low_tip: int


@dataclass(frozen=True, slots=True)
class SeenEvm:
    """What a source of an EVM chain says.

    `succeeded` is None while nobody can say. `used`: gas that it used. `reason`: why it was undone, as the contract put
    it. `mined_nonce`: how many transactions of the sender are in blocks; None when not told. `missing`: the sender's
    lowest number that no node has; None when none is missing or it is not known. `safe`, `final`: the newest blocks
    that the chain calls so; None where it knows no such thing.
    """

    health: Health
    body: EvmBody | None = None
    block: Block | None = None
    succeeded: bool | None = None
    used: int = 0
    reason: str = ""
    transfers: tuple[Transfer, ...] = ()
    mined_nonce: int | None = None
    missing: int | None = None
    market: Market | None = None
    safe: int | None = None
    final: int | None = None
    moved: bool = False
    replacement: Replacement | None = None

    @property
    def known(self) -> bool:
        """Whether the source has it, in a block or in its queue."""
        return self.body is not None or self.block is not None


@dataclass(frozen=True, slots=True)
class SeenTron:
    """What a source of TRON says.

    `block`: it was executed there. `solid`: that block cannot be undone any more. `result`: "" while it waits,
    "SUCCESS", or the name of its failure (`OUT_OF_ENERGY`, `REVERT`, ...). `solid_at`: the time of the newest block
    that cannot be undone; 0 unknown.
    """

    health: Health
    body: TronBody | None = None
    block: Block | None = None
    solid: bool = False
    result: str = ""
    reason: str = ""
    transfers: tuple[Transfer, ...] = ()
    solid_at: float = 0.0
    moved: bool = False

    @property
    def known(self) -> bool:
        """Whether the source has it, in a block or in its queue."""
        return self.body is not None or self.block is not None


Seen = SeenBitcoin | SeenEvm | SeenTron


@dataclass(frozen=True, slots=True)
class Expected:
    """Where a payment should have gone, as far as the exchange or the person told us. Empty: not told.

    `addresses` are accepted ones; `token` the contract ("" the chain's own coin, None not told); `minimum` in the
    smallest unit.
    """

    network: str = ""
    addresses: frozenset[str] = field(default_factory=frozenset)
    token: str | None = None
    minimum: int = 0
