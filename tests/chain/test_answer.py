"""One answer from the chains and the ledger: each row of the exchange's side, and who may be asked about what."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import get_args

import aiohttp
import pytest

from bots.local.exchange import DEMO_KEY, STRANGER, Exchange
from core.actions import Call
from core.chain.answer import NONE, Answer, Answers, bar, roughly
from core.chain.ledger import Ledger
from core.chain.network import Network, Source
from core.chain.nodes import Chain
from core.chain.seen import DOWN, Block, EvmBody, FirstSeen, Health, SeenEvm
from core.chain.verdict import Advice, Name, Verdict
from core.conversation.model import Address, Incoming
from core.runtime.vault import Vault
from flows.transaction_status.actions import Ends, call_it_an_id, let_go, look_up

ASKER = Address("main", "7", "7")
DIGITS = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
ETHEREUM = Network("Ethereum", credit=12, unlock=64)
BODY = EvmBody(1, "0xa", 0, "0xb", 5)


@dataclass
class Node:
    """A source that knows some transactions, and remembers what it was asked."""

    source: Source
    mined: dict[str, int] = field(default_factory=dict)
    down: bool = False
    undone: str | None = None
    asked: list[str] = field(default_factory=list)

    async def see(self, transaction_id: str, before: FirstSeen | None = None) -> SeenEvm:
        self.asked.append(transaction_id)
        if self.down:
            return SeenEvm(DOWN)
        health = Health(latest=1000, latest_at=time.time())
        if transaction_id not in self.mined:
            return SeenEvm(health)
        block = Block(self.mined[transaction_id], "0xb10c")
        return SeenEvm(health, BODY, block, succeeded=self.undone is None, reason=self.undone or "")


def node(name: str = "geth", own: bool = True, **mined: int) -> Node:
    return Node(Source(name, ETHEREUM, own), {f"0x{DIGITS}": number for number in mined.values()})


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    async with Exchange() as exchange:
        yield exchange


@pytest.fixture
async def ledger(exchange: Exchange) -> AsyncIterator[Ledger]:
    async with aiohttp.ClientSession() as session:
        hosts = frozenset({"helpline.example"})
        yield Ledger(exchange.url, "helpline", DEMO_KEY.encode(), hosts, session, time.time)


def answers(*nodes: Node, ledger: Ledger | None = None) -> Answers:
    return Answers(Chain(nodes, time.time), ledger, time.time)


@pytest.mark.parametrize(
    ("row", "number", "name"),
    [("X1", "W10000001", "processing"), ("X2", "W10000002", "needs_you"), ("X3", "W10000003", "in_review"),
     ("X4", "W10000004", "rejected"), ("X4", "W10000006", "rejected"), ("X4", "W10000007", "rejected"),
     ("X5", "W10000005", "sent_by_exchange"), ("B10", "D10000001", "confirming"), ("X6", "D10000002", "credited_locked"),
     ("X6", "D10000003", "credited"), ("X7", "D10000004", "memo_needed"), ("X8", "D10000005", "below_minimum"),
     ("X9", "D10000006", "unsupported"), ("X11", "D10000007", "not_ours"), ("X12", "W99999999", "chain_only")],
)  # fmt: skip
async def test_each_row_of_the_exchanges_side(ledger: Ledger, row: str, number: str, name: Name) -> None:
    asked = answers(node(), ledger=ledger)
    answer = await asked.by_number(number, ASKER)
    assert answer.verdict.name == name, row
    values = asked.values(answer)
    assert answer.transfer is None or values["raw_state"] == answer.transfer.raw_state
    assert all(values.values())


async def test_x10_a_paused_network_explains_the_wait(exchange: Exchange, ledger: Ledger) -> None:
    exchange.networks = [{"network": "Ethereum", "deposits": "open", "withdrawals": "paused"}]
    assert (await answers(node(), ledger=ledger).by_number("W10000001", ASKER)).verdict.name == "maintenance"
    assert (await answers(node(), ledger=ledger).by_number("D10000001", ASKER)).verdict.name == "confirming"


async def test_x12_without_a_ledger_and_for_a_stranger_nothing_is_told(ledger: Ledger) -> None:
    assert (await answers(node()).by_number("W10000001", ASKER)).verdict.name == "chain_only"
    stranger = Address("main", "9", STRANGER)
    assert (
        await answers(node(), ledger=ledger).by_number("W10000001", stranger)
    ).verdict.name == "chain_only"


async def test_x5_the_chain_speaks_about_what_was_sent(exchange: Exchange, ledger: Ledger) -> None:
    chain = node(a=995)
    exchange.transfers[4]["transaction_id"] = f"0x{DIGITS}"
    answer = await answers(chain, ledger=ledger).by_number("W10000005", ASKER)
    assert (answer.verdict.name, answer.verdict.progress and answer.verdict.progress.k) == ("confirming", 6)
    assert (await answers(chain, ledger=ledger).by_transaction(f"0x{DIGITS}", ASKER)).transfer


async def test_a_ledger_that_is_down_takes_nothing_from_the_chains_word(
    exchange: Exchange, ledger: Ledger
) -> None:
    exchange.down = True
    asked = answers(node(a=995), ledger=ledger)
    assert (await asked.by_transaction(f"0x{DIGITS}", ASKER)).verdict.name == "confirming"
    assert (await asked.by_number("W10000005", ASKER)).verdict.name == "source_down"


def call(*nodes: Node, vault: Vault | None = None) -> Call:
    services = {"chain": Chain(nodes, time.time), "ledger": None, "vault": vault}
    return Call("k", services, time.time(), ASKER)


def kept() -> tuple[Vault, str]:
    vault = Vault((), time.time)
    return vault, vault.hide(Incoming("e", ASKER, "said", DIGITS)).text


async def test_own_nodes_alone_are_asked_about_digits_that_may_be_a_key() -> None:
    vault, handle = kept()
    own, public = node("own"), node("public", own=False)
    assert (await look_up.run(call(own, public, vault=vault), handle)).name == "unclear_unknown"
    assert own.asked == [f"0x{DIGITS}"]
    assert public.asked == []


async def test_a_node_of_our_own_that_knows_it_makes_it_an_id() -> None:
    vault, handle = kept()
    own, public = node("own", a=900), node("public", own=False, a=900)
    outcome = await look_up.run(call(own, public, vault=vault), handle)
    assert (outcome.name, outcome.values["transaction_id"]) == ("withdrawable", f"0x{DIGITS}")


async def test_without_a_node_of_our_own_the_person_is_asked_first() -> None:
    vault, handle = kept()
    public = node("public", own=False, a=900)
    asked = call(public, vault=vault)
    assert (await look_up.run(asked, handle)).name == "unclear"
    assert public.asked == []
    assert (await call_it_an_id.run(asked, handle)).name == "taken"
    assert (await look_up.run(asked, handle)).name == "withdrawable"


async def test_what_no_node_knows_is_never_written_down() -> None:
    vault, handle = kept()
    asked = call(node("public", own=False), node("other", own=False), vault=vault)
    await call_it_an_id.run(asked, handle)
    outcome = await look_up.run(asked, handle)
    assert outcome.name == "not_found"
    assert DIGITS not in str(outcome)


async def test_after_a_crash_and_after_letting_go_the_person_is_asked_again() -> None:
    _, handle = kept()
    fresh = Vault((), time.time)
    assert (await look_up.run(call(node(), vault=fresh), handle)).name == "lost"
    assert (await call_it_an_id.run(call(node(), vault=fresh), handle)).name == "lost"
    vault, handle = kept()
    assert (await let_go.run(call(node(), vault=vault), handle)).name == "forgotten"
    assert (await look_up.run(call(node(), vault=vault), handle)).name == "lost"


def test_every_verdict_that_sources_give_is_an_end_of_the_look_up() -> None:
    before_any_source = {"possible_secret", "unknown_link", "is_address", "address_typo", "not_an_id"}
    of_our_own = {"lost", "unclear", "unclear_unknown", "stuck_or_child", "reverted_unsaid"}
    assert set(get_args(Ends)) == set(get_args(Name)) - before_any_source | of_our_own


@pytest.mark.parametrize(("reason", "end"), [("LIMIT", "reverted"), ("", "reverted_unsaid")])
async def test_a_failure_without_a_reason_shows_none(reason: str, end: str) -> None:
    one = node(mined=990)
    one.undone = reason
    outcome = await look_up.run(call(one), f"0x{DIGITS}")
    assert outcome.name == end
    assert outcome.values["reason"] == (reason or NONE)


def test_the_fee_of_a_child_is_told_where_one_can_help() -> None:
    advice = (Advice("child_pays", "receiver", {"fee": "5050", "size": "110"}),)
    values = answers(node()).values(Answer(Verdict("stuck_low_fee", "Bitcoin", advice=advice)))
    assert values["child"] == "5050"


@pytest.mark.parametrize(
    ("k", "whole", "cells"),
    [(0, 12, 0), (3, 12, 2), (11, 12, 9), (12, 12, 10), (99, 12, 10), (1, 1, 10), (0, 0, 10)],
)
def test_the_bar_is_full_only_at_the_end(k: int, whole: int, cells: int) -> None:
    assert bar(k, whole).count("▰") == cells
    assert len(bar(k, whole)) == 10


@pytest.mark.parametrize(("seconds", "told"), [(0, 10), (14, 10), (108, 120), (3599, 3600), (7400, 7200)])
def test_estimates_have_no_false_precision(seconds: float, told: int) -> None:
    assert roughly(seconds) == told


@pytest.mark.parametrize(
    ("advice", "told"),
    [
        ((Advice("replace_fee", "sender", {"rate": "12.5", "fee": "1250"}),), "12.5 sat/vB"),
        ((Advice("speed_up", "sender", {"max_fee": "42.2", "tip": "2", "nonce": "7"}),), "42.2 gwei"),
        ((), "—"),
    ],
)
def test_the_fee_that_is_paid_now_stands_in_the_wallets_own_unit(
    advice: tuple[Advice, ...], told: str
) -> None:
    answers = Answers(Chain([], time.time), None, time.time)
    assert answers.values(Answer(Verdict("stuck_low_fee", advice=advice)))["fee"] == told
