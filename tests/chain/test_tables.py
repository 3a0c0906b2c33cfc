"""Every row of the decision tables, reached by what a source would say; and laws that hold for anything it could say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chain import table_bitcoin, table_evm, table_tron
from core.chain.booking import Paused, State
from core.chain.booking import Transfer as Booking
from core.chain.judge import NOTHING_EXPECTED, judge, row
from core.chain.meanings import MEANINGS, is_negative, look_again
from core.chain.network import Source
from core.chain.seen import (
    BitcoinBody,
    Block,
    EvmBody,
    Expected,
    FirstSeen,
    Health,
    Market,
    Output,
    Replacement,
    Seen,
    SeenBitcoin,
    SeenEvm,
    SeenTron,
    Transfer,
    is_healthy,
)  # fmt: skip
from core.chain.table import Case
from core.chain.table_input import ROWS
from core.chain.table_ledger import STATES, ledger_verdict
from core.chain.verdict import FactName, Name, Verdict
from tests.chain.cases import (
    ALICE,
    BITCOIN,
    BODIES,
    CALL,
    COINS,
    EVM,
    ID,
    NOW,
    OTHER,
    TRC,
    TRON,
    US,
    USDT,
    WELL,
    first,
    mined,
    queued,
    seens,
)  # fmt: skip

B, E, T = SeenBitcoin, SeenEvm, SeenTron
MINE = Expected(addresses=frozenset({US}))
CHEAP = Market(lowest_base=40, next_base=41, low_tip=1)
DEARER = replace(CALL, max_fee=60)
ONLY_CHANGE = BitcoinBody(COINS.inputs, (Output("c1", 980, "bc1change"),))
SAME_PAYEE = BitcoinBody(COINS.inputs, (COINS.outputs[0], Output("c1", 60, "bc1change")))
NO_CHANGE = BitcoinBody(COINS.inputs, COINS.outputs[:1])
COINBASE = BitcoinBody((), COINS.outputs, coinbase=True)
paid = (Transfer(US, 5),)


def ran(k: int, **more: Any) -> SeenEvm:
    return E(WELL, CALL, mined(k), **{"succeeded": True, "used": 21_000, "transfers": paid, **more})


def trc(k: int, **more: Any) -> SeenTron:
    return T(WELL, TRC, mined(k), result="SUCCESS", **more)


BEFORE = {"bitcoin": first(COINS, BITCOIN), "evm": first(CALL, EVM), "tron": first(TRC, TRON)}
REORGED = {"bitcoin": first(COINS, BITCOIN, mined(4)), "evm": first(CALL, EVM, mined(4))}

CASES: list[tuple[str, str, Seen, FirstSeen | None, Expected]] = [
    ("B1", "not_seen_yet", B(WELL), None, NOTHING_EXPECTED),
    ("B1", "vanished", B(WELL), BEFORE["bitcoin"], NOTHING_EXPECTED),
    ("B1", "vanished", B(WELL, unspent=0), BEFORE["bitcoin"], NOTHING_EXPECTED),
    ("B2", "pending", B(WELL, COINS, waiting=queued(position=0)), None, NOTHING_EXPECTED),
    ("B3", "pending", B(WELL, COINS, waiting=queued()), None, NOTHING_EXPECTED),
    ("B4", "stuck_low_fee", B(WELL, COINS, waiting=queued(rate=1.0, floor=2.0)), None, NOTHING_EXPECTED),
    ("B4", "stuck_low_fee", B(WELL, COINS, waiting=queued(since=NOW - 7201, position=7)), None, NOTHING_EXPECTED),
    ("B3", "pending", B(WELL, COINS, waiting=queued(since=NOW - 7201, position=6)), None, NOTHING_EXPECTED),
    ("B3", "pending", B(WELL, COINS, waiting=queued(since=NOW - 7199, position=7)), None, NOTHING_EXPECTED),
    ("B5", "waits_for_parent", B(WELL, COINS, waiting=queued(parents=("aa" * 32,))), None, NOTHING_EXPECTED),
    ("B6", "replaced", B(WELL, replacement=Replacement(OTHER, SAME_PAYEE)), BEFORE["bitcoin"], NOTHING_EXPECTED),
    ("B6", "replaced", B(WELL, replacement=Replacement(OTHER, NO_CHANGE)), BEFORE["bitcoin"], NOTHING_EXPECTED),
    ("B6", "cancelled", B(WELL, replacement=Replacement(OTHER, ONLY_CHANGE)), BEFORE["bitcoin"], NOTHING_EXPECTED),
    ("B6", "cancelled", B(WELL, replacement=Replacement(OTHER, NO_CHANGE)), BEFORE["bitcoin"],
     Expected(addresses=frozenset({"bc1change"}))),
    ("B7", "replaced_final", B(WELL, replacement=Replacement(OTHER, SAME_PAYEE, mined(1))), BEFORE["bitcoin"],
     NOTHING_EXPECTED),
    ("B8", "double_spent", B(WELL, replacement=Replacement(OTHER, ONLY_CHANGE, mined(1))), BEFORE["bitcoin"],
     NOTHING_EXPECTED),
    ("B9", "dropped", B(WELL, unspent=1), BEFORE["bitcoin"], NOTHING_EXPECTED),
    ("B10", "confirming", B(WELL, COINS, Block(201, "ee")), None, NOTHING_EXPECTED),
    ("B11", "confirmed", B(WELL, COINS, mined(2)), None, NOTHING_EXPECTED),
    ("B11", "withdrawable", B(WELL, COINS, mined(3)), None, NOTHING_EXPECTED),
    ("B12", "reorganised", B(WELL, COINS, waiting=queued(), moved=True), REORGED["bitcoin"], NOTHING_EXPECTED),
    ("B12", "reorganised", B(WELL, COINS, mined(1), moved=True), REORGED["bitcoin"], NOTHING_EXPECTED),
    ("B13", "immature", B(WELL, COINBASE, mined(99)), None, NOTHING_EXPECTED),
    ("E10", "wrong_recipient", B(WELL, COINS, mined(9), transfers=(Transfer("bc1payee", 900),)), None, MINE),
    ("E1", "not_seen_yet", E(WELL), None, NOTHING_EXPECTED),
    ("E1", "vanished", E(WELL), BEFORE["evm"], NOTHING_EXPECTED),
    ("E1", "vanished", E(WELL, mined_nonce=7), first(CALL, EVM, at=NOW - 599), NOTHING_EXPECTED),
    ("E2", "pending", E(WELL, CALL, mined_nonce=7), None, NOTHING_EXPECTED),
    ("E3", "stuck_low_fee", E(WELL, CALL, mined_nonce=7, market=CHEAP), None, NOTHING_EXPECTED),
    ("E3", "stuck_low_fee", E(WELL, CALL, mined_nonce=7, market=Market(20, 29, 2)), None, NOTHING_EXPECTED),
    ("E2", "pending", E(WELL, CALL, mined_nonce=7, market=Market(20, 28, 2)), None, NOTHING_EXPECTED),
    ("E4", "nonce_gap", E(WELL, CALL, mined_nonce=6, missing=6), None, NOTHING_EXPECTED),
    ("E5", "blocked_by_older", E(WELL, CALL, mined_nonce=6), None, NOTHING_EXPECTED),
    ("E6", "replaced", E(WELL, mined_nonce=7, replacement=Replacement(OTHER, DEARER)), BEFORE["evm"], NOTHING_EXPECTED),
    ("E6", "replaced_final", E(WELL, mined_nonce=8, replacement=Replacement(OTHER, DEARER, mined(1))), BEFORE["evm"],
     NOTHING_EXPECTED),
    ("E6", "cancelled", E(WELL, mined_nonce=8, replacement=Replacement(OTHER, EvmBody(1, ALICE, 7, ALICE, 0), mined(1))),
     BEFORE["evm"], NOTHING_EXPECTED),
    ("E6", "cancelled", E(WELL, mined_nonce=7, replacement=Replacement(OTHER, EvmBody(1, ALICE, 7, US, 1))),
     BEFORE["evm"], NOTHING_EXPECTED),
    ("E6", "double_spent", E(WELL, mined_nonce=8, replacement=Replacement(OTHER, EvmBody(1, ALICE, 7, US, 1), mined(1))),
     BEFORE["evm"], NOTHING_EXPECTED),
    ("E6", "nonce_used", E(WELL, mined_nonce=8), BEFORE["evm"], NOTHING_EXPECTED),
    ("E7", "dropped", E(WELL, mined_nonce=7), BEFORE["evm"], NOTHING_EXPECTED),
    ("E8", "reorganised", E(WELL, mined_nonce=7, moved=True), REORGED["evm"], NOTHING_EXPECTED),
    ("E8", "reorganised", E(WELL, CALL, mined_nonce=7, moved=True), REORGED["evm"], NOTHING_EXPECTED),
    ("E8", "reorganised", ran(1, moved=True), REORGED["evm"], NOTHING_EXPECTED),
    ("E9", "out_of_gas", ran(1, succeeded=False), None, NOTHING_EXPECTED),
    ("E9", "reverted", ran(20, succeeded=False, used=20_999), None, NOTHING_EXPECTED),
    ("E10", "wrong_recipient", ran(20, transfers=(Transfer(ALICE, 5),)), None, MINE),
    ("E11", "poisoning", ran(20, transfers=(Transfer(ALICE, 0, USDT, "USDT"),)), None, NOTHING_EXPECTED),
    ("E11", "fake_token", ran(20, transfers=(Transfer(US, 5, ALICE, "ＵＳＤＴ."),)), None, MINE),
    ("E11", "wrong_token", ran(20, transfers=(Transfer(US, 5, ALICE, "XYZ"),)), None, MINE),
    ("E12", "sent_to_token_contract", ran(20, transfers=(Transfer(USDT, 5, USDT),)), None, MINE),
    ("X8", "below_minimum", ran(20), None, replace(MINE, minimum=6)),
    ("E13", "confirming", ran(11), None, replace(MINE, minimum=5)),
    ("E13", "confirmed", ran(12), None, MINE),
    ("E13", "confirmed", ran(63), None, MINE),
    ("E13", "withdrawable", ran(64), None, MINE),
    ("E14", "final", ran(64, final=137), None, MINE),
    ("E13", "withdrawable", ran(64, final=136), None, MINE),
    ("E15", "outcome_unknown", ran(64, succeeded=None), None, MINE),
    ("I9", "wrong_network", ran(64), None, Expected(network="Polygon")),
    ("T1", "not_seen_yet", T(WELL), None, NOTHING_EXPECTED),
    ("T1", "vanished", T(WELL, solid_at=NOW + 49), BEFORE["tron"], NOTHING_EXPECTED),
    ("T2", "pending", T(WELL, TRC), None, NOTHING_EXPECTED),
    ("T3", "out_of_energy", T(WELL, TRC, mined(3), result="OUT_OF_ENERGY"), None, NOTHING_EXPECTED),
    ("T4", "reverted", T(WELL, TRC, mined(30), solid=True, result="REVERT"), None, NOTHING_EXPECTED),
    ("T5", "confirming", trc(18, solid=True), None, NOTHING_EXPECTED),
    ("T5", "confirming", trc(30), None, NOTHING_EXPECTED),
    ("T6", "expired", T(WELL, solid_at=NOW + 50), BEFORE["tron"], NOTHING_EXPECTED),
    ("T6", "expired", T(WELL, TRC, solid_at=NOW + 50), None, NOTHING_EXPECTED),
    ("T7", "final", trc(19, solid=True), None, NOTHING_EXPECTED),
    ("B12", "reorganised", trc(1, moved=True), first(TRC, TRON, mined(4)), NOTHING_EXPECTED),
]  # fmt: skip


@pytest.mark.parametrize(("row_id", "name", "seen", "before", "expected"), CASES)
def test_each_row(row_id: str, name: str, seen: Seen, before: FirstSeen | None, expected: Expected) -> None:
    network = BITCOIN if isinstance(seen, SeenBitcoin) else EVM if isinstance(seen, SeenEvm) else TRON
    if row_id == "B10":  # one confirmation credits here; a chain with a longer way shows the row
        network = replace(network, credit=2)
    found = row(Case(seen, network, before, expected, NOW))
    assert (found.id, found.name) == (row_id, name)
    verdict = judge(seen, Source("one", network), NOW, before, expected)
    assert (verdict.name, verdict.network, verdict.sources) == (name, network.name, 1)
    assert {fact.name for fact in verdict.evidence} >= set(MEANINGS[verdict.name].proof)
    assert verdict.evidence
    assert {fact.source for fact in verdict.evidence} == {"one"}


def test_confirmed_on_tron_when_unlocking_takes_longer_than_credit() -> None:
    far = replace(TRON, unlock=40)
    assert row(Case(trc(30, solid=True), far, None, NOTHING_EXPECTED, NOW)).name == "confirmed"


def rows() -> Iterator[tuple[str, str]]:
    for module in (table_bitcoin, table_evm, table_tron):
        for table in vars(module).values():
            if isinstance(table, tuple):
                yield from ((found.id, found.name) for found in table if hasattr(found, "fits"))
    yield from ROWS.values()
    yield from STATES.values()


def test_every_row_of_the_tables_is_reached_here() -> None:
    here = {(row_id, name) for row_id, name, *_ in CASES} | {("T7", "confirmed")}
    assert {found for found in rows() if found[0][0] in "BET"} <= here


def test_the_list_of_verdicts_is_closed() -> None:
    from_rows = {name for _, name in rows()}
    from_code = {"possible_secret", "source_down", "unsure", "not_found", "credit_overdue", "maintenance"}
    assert from_rows | from_code == set(MEANINGS) == set(get_args(Name))
    assert all(row_id in MEANINGS[name].rows for row_id, name in rows())  # type: ignore[index]
    named = {row_id for meaning in MEANINGS.values() for row_id in meaning.rows}
    wanted = (
        {f"B{n}" for n in range(1, 14)} | {f"E{n}" for n in range(1, 16)} | {f"T{n}" for n in range(1, 8)}
    )
    wanted |= {f"X{n}" for n in range(1, 13)} | {"I1", "I2", "I3", "I4", "I5", "I9", "S1", "S2"}
    assert named == wanted


@pytest.mark.parametrize("family", ["bitcoin", "evm", "tron"])
def test_no_negative_word_and_no_silence_from_a_source_that_is_not_well(family: str) -> None:
    network = {"bitcoin": BITCOIN, "evm": EVM, "tron": TRON}[family]

    @given(seens(family), st.booleans())
    def holds(seen: Seen, seen_before: bool) -> None:
        before = first(BODIES[family], network) if seen_before else None
        verdict = judge(seen, Source("one", network), NOW, before)
        assert {fact.name for fact in verdict.evidence} <= set(get_args(FactName))
        assert verdict.low <= verdict.high
        if not is_healthy(seen.health, network.stale_after, NOW):
            assert verdict.name == "source_down"
        if not seen.known and not seen.health.complete:
            assert verdict.name == "source_down"
        if is_negative(verdict.name):
            assert seen.health.reachable
            assert not seen.health.syncing

    holds()


def test_a_count_ends_in_a_range_of_time() -> None:
    soon = judge(ran(11), Source("one", EVM), NOW)
    assert (soon.low, soon.high) == (12.0, 27.0)
    bitcoin = judge(B(WELL, COINS, waiting=queued(position=4)), Source("one", BITCOIN), NOW)
    assert 600 < bitcoin.low < 2400 < bitcoin.high < 6000
    unknown = judge(B(WELL, COINS, waiting=queued(position=0)), Source("one", BITCOIN), NOW)
    assert (unknown.low, unknown.high) == (0, 0)


def test_looking_again_ends_with_a_human() -> None:
    assert [look_again("not_found", times) for times in range(4)] == [120, 600, 3600, 0]
    assert look_again("final") == 0


def booked(state: State, direction: Literal["deposit", "withdrawal"] = "deposit", ago: float = 0) -> Booking:
    return Booking("D1", direction, "USDT", "Ethereum", "5", state, "RAW", NOW - ago)


@pytest.mark.parametrize("state", get_args(State))
def test_the_ledger_alone_speaks_by_its_state(state: State) -> None:
    assert ledger_verdict(booked(state), None, None, None, NOW) == STATES[state][1]


@pytest.mark.parametrize(
    ("entry", "chain", "paused", "name"),
    [
        (booked("completed", "withdrawal"), "confirming", None, "confirming"),
        (booked("review"), "final", None, "in_review"),
        (booked("locked"), "confirmed", None, "credited_locked"),
        (booked("confirming", ago=1801), "final", None, "credit_overdue"),
        (booked("confirming", ago=1799), "final", None, "final"),
        (booked("confirming", ago=1801), "confirming", None, "confirming"),
        (booked("completed", "withdrawal", ago=1801), "final", None, "final"),
        (booked("confirming"), "confirming", Paused(deposits=True, withdrawals=False), "maintenance"),
        (booked("processing", "withdrawal"), "pending", Paused(deposits=True, withdrawals=False), "pending"),
        (booked("credited"), "final", Paused(deposits=True, withdrawals=True), "credited"),
    ],
)
def test_the_ledger_and_the_chain_together(
    entry: Booking, chain: Name, paused: Paused | None, name: str
) -> None:
    assert ledger_verdict(entry, Verdict(chain), EVM, paused, NOW) == name


def test_health() -> None:
    assert is_healthy(Health(latest_at=NOW - 300), 300, NOW)
    assert not is_healthy(Health(latest_at=NOW - 301), 300, NOW)
    assert ID
