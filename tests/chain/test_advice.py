"""How to make it faster: figures that the chain's own rules accept, and only for whoever can act."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chain.judge import judge
from core.chain.network import Source
from core.chain.seen import Expected, Market, SeenBitcoin, SeenEvm, Transfer
from tests.chain.cases import BITCOIN, CALL, COINS, EVM, NOW, WELL, queued

GWEI = 10**9


def bitcoin(
    rate: float, next_rate: float, deposit: bool = False, parents: tuple[str, ...] = ()
) -> dict[str, dict[str, str]]:
    waiting = queued(rate=rate, fee=round(rate * 200), size=200, next_rate=next_rate, parents=parents)
    expected = Expected(addresses=frozenset({"bc1payee"})) if deposit else Expected()
    paid = SeenBitcoin(WELL, COINS, waiting=waiting)
    if deposit:
        paid = replace(paid, transfers=(Transfer("bc1payee", 900),))
    verdict = judge(paid, Source("one", BITCOIN), NOW, None, expected)
    return {one.name: dict(one.values) for one in verdict.advice}


@given(st.floats(1, 50), st.floats(1, 200))
def test_a_replacement_reaches_the_next_block_and_a_child_brings_both_there(
    rate: float, target: float
) -> None:
    told = bitcoin(rate, target)
    assert bool(told) == (rate < target)
    if told:
        fee = int(told["replace_fee"]["fee"])
        assert fee >= target * 200
        assert fee >= round(rate * 200) + 200
        assert (int(told["child_pays"]["fee"]) + round(rate * 200)) / 310 >= target


def test_the_owner_of_a_deposit_address_cannot_pay_for_it_and_neither_can_who_waits_for_a_parent() -> None:
    assert set(bitcoin(2, 20)) == {"replace_fee", "child_pays"}
    assert set(bitcoin(2, 20, deposit=True)) == {"replace_fee"}
    assert set(bitcoin(2, 20, parents=("aa" * 32,))) == {"replace_fee"}
    assert not bitcoin(20, 20)
    assert not bitcoin(2, 0)


@pytest.mark.parametrize(
    ("max_fee", "tip", "told"),
    [
        (30, 2, None),
        (30, 0, {"max_fee": "41", "tip": "1", "nonce": "7"}),
        (19, 2, {"max_fee": "42.2", "tip": "2.2", "nonce": "7"}),
        (100, 0.5, {"max_fee": "110", "tip": "1", "nonce": "7"}),
    ],
)
def test_an_evm_replacement_is_a_tenth_dearer_at_least(
    max_fee: float, tip: float, told: dict[str, str] | None
) -> None:
    body = replace(CALL, max_fee=int(max_fee * GWEI), tip=int(tip * GWEI))
    market = Market(lowest_base=18 * GWEI, next_base=20 * GWEI, low_tip=GWEI)
    verdict = judge(SeenEvm(WELL, body, mined_nonce=7, market=market), Source("one", EVM), NOW)
    assert [dict(one.values) for one in verdict.advice] == ([told] if told else [])
