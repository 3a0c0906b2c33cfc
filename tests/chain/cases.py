"""Values for the tests of the tables: healthy sources of each family, and what they may say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from core.chain.network import Network, Source
from core.chain.seen import (
    BitcoinBody,
    Block,
    Body,
    EvmBody,
    FirstSeen,
    Health,
    Market,
    Outpoint,
    Output,
    Replacement,
    Seen,
    SeenBitcoin,
    SeenEvm,
    SeenTron,
    Transfer,
    TronBody,
    Waiting,
)

NOW = 1_000_000.0
TIP = 200
USDT = "0x" + "da" * 20
US = "0x" + "0f" * 20
ALICE = "0x" + "a1" * 20
BITCOIN = Network("Bitcoin", "bitcoin", credit=1, unlock=3, block_seconds=600, stale_after=7200)
EVM = Network("Ethereum", "evm", credit=12, unlock=64, tokens={USDT: "USDT"}, coin="ETH", chain_id=1)
TRON = Network("TRON", "tron", credit=19, unlock=19, block_seconds=3, stale_after=60)
WELL = Health(latest=TIP, latest_at=NOW - 5)
ID = "0x" + "ab" * 32
OTHER = "0x" + "cd" * 32

COINS = BitcoinBody(
    (Outpoint("aa" * 32, 0, "51"),), (Output("p1", 900, "bc1payee"), Output("c1", 90, "bc1change"))
)
CALL = EvmBody(1, ALICE, 7, US, 10**18, max_fee=30, tip=2, gas=21_000)
TRC = TronBody(NOW + 50, "Towner", "c0ffee")
BODIES: dict[str, Body] = {"bitcoin": COINS, "evm": CALL, "tron": TRC}


def first(body: Body, network: Network, block: Block | None = None, at: float = NOW - 700) -> FirstSeen:
    return FirstSeen(network.name, ID, body, at, TIP - 10, block)


def mined(k: int) -> Block:
    """The block that makes `k` confirmations."""
    return Block(TIP - k + 1, "ee" * 32)


def queued(**more: Any) -> Waiting:
    return Waiting(**{"rate": 12.0, "fee": 1200, "size": 100, "since": NOW - 60, "position": 1, **more})


blocks = st.builds(Block, st.integers(1, TIP), st.sampled_from(["ee" * 32, "ff" * 32]))
health = st.builds(
    Health,
    reachable=st.booleans(),
    syncing=st.booleans(),
    latest=st.integers(0, TIP),
    latest_at=st.floats(NOW - 20_000, NOW),
    complete=st.booleans(),
)
maybe_block = st.none() | blocks
transfers = st.lists(
    st.builds(
        Transfer, st.sampled_from([US, ALICE, USDT]), st.integers(0, 10), st.sampled_from(["", USDT, ALICE])
    ),
    max_size=2,
).map(tuple)
replacements = st.none() | st.builds(
    Replacement,
    st.just(OTHER),
    st.sampled_from([COINS, BitcoinBody((), ()), CALL, EvmBody(1, ALICE, 7, ALICE, 0)]),
    maybe_block,
)


def seens(family: str) -> st.SearchStrategy[Seen]:
    """Anything that a client of this family could say, honest or not."""
    if family == "bitcoin":
        return st.builds(
            SeenBitcoin,
            health,
            body=st.none() | st.just(COINS),
            block=maybe_block,
            waiting=st.none()
            | st.builds(queued, rate=st.floats(0.5, 9), parents=st.sampled_from([(), ("p",)])),
            moved=st.booleans(),
            unspent=st.none() | st.integers(0, 1),
            replacement=replacements,
            transfers=transfers,
        )
    if family == "evm":
        return st.builds(
            SeenEvm,
            health,
            body=st.none() | st.just(CALL),
            block=maybe_block,
            succeeded=st.none() | st.booleans(),
            used=st.integers(0, 30_000),
            transfers=transfers,
            mined_nonce=st.none() | st.integers(5, 9),
            missing=st.none() | st.just(6),
            market=st.none() | st.builds(Market, st.integers(0, 60), st.integers(0, 60), st.integers(0, 5)),
            final=st.none() | st.integers(0, TIP),
            moved=st.booleans(),
            replacement=replacements,
        )
    return st.builds(
        SeenTron,
        health,
        body=st.none() | st.just(TRC),
        block=maybe_block,
        solid=st.booleans(),
        result=st.sampled_from(["", "SUCCESS", "REVERT", "OUT_OF_ENERGY"]),
        transfers=transfers,
        solid_at=st.floats(NOW - 20_000, NOW + 100),
        moved=st.booleans(),
    )


@dataclass
class Told:
    """A source that has already answered."""

    source: Source
    answer: Seen

    async def see(self, transaction_id: str, before: FirstSeen | None = None) -> Seen:
        assert transaction_id == ID
        return self.answer
