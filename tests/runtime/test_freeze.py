"""Freeze requests before a real ledger on loopback: asked once, bounded, and a name alone freezes nobody."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bots.local.exchange import APP_LINK, DEMO_KEY, Exchange
from core.chain.ledger import Ledger
from core.conversation.model import Address
from core.runtime.freeze import HINT, PER_PERSON, PER_TARGET, Answer, Freezes
from core.safety.guard import MASK
from core.store.sqlite import open_sqlite
from tests.chain.exchange_contract import Contract

NOW = 1_000_000.0


def asker(user: str) -> Address:
    return Address("main", user, user)


class Asked:
    """A ledger that writes down what it was asked, and the freezes in front of it."""

    def __init__(self, exchange: Exchange, freezes: Freezes) -> None:
        self.exchange, self.freezes = exchange, freezes
        self.bodies: list[Any] = []

    async def __call__(self, user: str, key: str, account: str = "", harm: str = "used") -> Answer:
        return await self.freezes.ask(asker(user), harm, account, key, NOW)


@pytest.fixture
async def ask(tmp_path: Path) -> AsyncIterator[Asked]:
    contract = Contract()
    store = await open_sqlite(tmp_path / "helpline.db")
    async with Exchange() as exchange, aiohttp.ClientSession() as session:
        hosts = frozenset({"helpline.example"})
        ledger = Ledger(exchange.url, "helpline", DEMO_KEY.encode(), hosts, session, time.time)
        asked = Asked(exchange, Freezes(store.freezes, ledger, b"k" * 32))

        def note(method: str, path: str, body: Any, status: int, answer: Any) -> None:
            contract.judge(method, path, body, status, answer)
            asked.bodies.append(body)

        exchange.on_exchange = note
        yield asked
    await store.close()
    assert contract.faults == []
    assert b"lily" not in (tmp_path / "helpline.db").read_bytes(), "a named account is kept hidden only"


async def test_the_exchange_decides_and_a_repetition_is_one_request(ask: Asked) -> None:
    first = await ask("7", "e1.0")
    assert first == Answer("verify_in_app", "F000001", APP_LINK)
    assert await ask("7", "e1.0") == first
    assert ask.exchange.freezes == 1
    assert ask.bodies[0] == {"requester": {"channel": "main", "user": "7"}, "reason": "account_in_use"}


async def test_a_name_is_a_hint_of_the_one_who_writes_and_nothing_more(ask: Asked) -> None:
    await ask("7", "e1.0", "  lily \n 2026  ", "password")
    assert ask.bodies[0] == {
        "requester": {"channel": "main", "user": "7"},
        "reason": "secret_given",
        "account_hint": "lily 2026",
    }
    await ask("7", "e2.0", f"my password is {MASK}")
    assert "account_hint" not in ask.bodies[1]
    await ask("7", "e3.0", "x" * 500)
    assert ask.bodies[2]["account_hint"] == "x" * HINT


async def test_strangers_together_cannot_go_on_asking_for_one_account(ask: Asked) -> None:
    names = ["Lily", "ｌｉｌｙ", "LILY ", " li ly", "li\u200bly"]
    answers = [await ask(str(n), f"e{n}.0", name) for n, name in enumerate(names)]
    assert [answer.name for answer in answers] == ["verify_in_app"] * PER_TARGET + ["limited"] * 2
    assert (await ask("0", "again.0", "bob")).name == "verify_in_app", "others are not touched by it"


async def test_one_person_has_a_limit_and_the_ledger_may_be_away(ask: Asked) -> None:
    ask.exchange.down = True
    assert (await ask("7", "e.0")).name == "unavailable"
    ask.exchange.down = False
    answers = [(await ask("7", f"e{n}.0")).name for n in range(PER_PERSON)]
    assert answers == ["verify_in_app"] * (PER_PERSON - 1) + ["limited"]


async def test_without_a_ledger_nothing_is_called_frozen(tmp_path: Path) -> None:
    store = await open_sqlite(tmp_path / "helpline.db")
    answer = await Freezes(store.freezes, None, b"k" * 32).ask(asker("7"), "used", "", "e.0", NOW)
    await store.close()
    assert answer == Answer("unavailable")
