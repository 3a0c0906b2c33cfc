"""The exchange's ledger: client and stand-in keep docs/exchange-api.yaml, and no odd answer becomes a state."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Any, get_args

import aiohttp
import pytest
from aiohttp import web

from bots.local.exchange import APP_LINK, DEMO_KEY, SAMPLES, STRANGER, Exchange
from core.chain.booking import Booked, Freeze, State
from core.chain.ledger import LARGEST, Ledger, open_ledger
from core.chain.signing import NONCE, SIGNATURE, TIMESTAMP, WINDOW, signed
from core.config import Secrets, Settings
from core.conversation.model import Address
from core.errors import ConfigError
from tests.chain.exchange_contract import Contract

ASKER = Address("main", "7", "7")
HOSTS = frozenset({"helpline.example"})


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def contract() -> Contract:
    return Contract()


@pytest.fixture
async def exchange(contract: Contract) -> AsyncIterator[Exchange]:
    async with Exchange() as exchange:
        exchange.on_exchange = contract.judge
        yield exchange
    assert contract.faults == []


def client(url: str, session: aiohttp.ClientSession, key: str = DEMO_KEY, deadline: float = 60.0) -> Ledger:
    return Ledger(url, "helpline", key.encode(), HOSTS, session, time.time, deadline)


@pytest.fixture
def ledger(exchange: Exchange, session: aiohttp.ClientSession) -> Ledger:
    return client(exchange.url, session)


async def test_every_state_is_read_with_its_raw_word(exchange: Exchange, ledger: Ledger) -> None:
    for sample in SAMPLES:
        (transfer,) = (await ledger.by_number(sample["number"], ASKER)).transfers
        assert (transfer.state, transfer.raw_state) == (sample["state"], sample["raw_state"])
        assert transfer.amount == sample["amount"]
    assert {sample["state"] for sample in SAMPLES} == set(get_args(State)) - {"unclear"}


def test_the_samples_and_the_states_are_those_of_the_contract(contract: Contract) -> None:
    schema = contract.schema("Transfer")
    for sample in SAMPLES:
        assert list(schema.iter_errors({**sample, "updated_at": 1})) == []
    listed = contract.document["components"]["schemas"]["Transfer"]["properties"]["state"]["enum"]
    assert set(listed) == set(get_args(State)) - {"unclear"}


async def test_one_raw_number_means_two_things(ledger: Ledger) -> None:
    (deposit,) = (await ledger.by_number("D10000003", ASKER)).transfers
    (withdrawal,) = (await ledger.by_number("W10000006", ASKER)).transfers
    assert deposit.raw_state == withdrawal.raw_state == "1"
    assert (deposit.state, withdrawal.state) == ("credited", "cancelled")


async def test_a_transaction_id_finds_its_transfer_and_an_unknown_one_finds_none(ledger: Ledger) -> None:
    known = next(sample for sample in SAMPLES if "transaction_id" in sample)
    (transfer,) = (await ledger.by_transaction(known["transaction_id"], ASKER)).transfers
    assert transfer.number == known["number"]
    assert await ledger.by_transaction("0x" + "ab" * 32, ASKER) == Booked()


async def test_whom_it_does_not_concern_learns_nothing(ledger: Ledger) -> None:
    assert await ledger.by_number("W10000001", Address("main", "9", STRANGER)) == Booked(hidden=True)


async def test_a_paused_network_is_told(exchange: Exchange, ledger: Ledger) -> None:
    assert await ledger.paused() == {}
    exchange.networks = [
        {"network": "Ethereum", "deposits": "open", "withdrawals": "open"},
        {"network": "TRON", "deposits": "paused", "withdrawals": "open", "announced_until": 1_800_000_000},
    ]
    paused = await ledger.paused()
    assert set(paused) == {"TRON"}
    assert (paused["TRON"].deposits, paused["TRON"].until) == (True, 1_800_000_000)
    exchange.down = True
    assert await ledger.paused() == {}


async def test_a_freeze_is_asked_for_once(exchange: Exchange, ledger: Ledger) -> None:
    first = await ledger.freeze(ASKER, "secret_given", "effect-1.0")
    assert first == Freeze("verify_in_app", "F000001", APP_LINK)
    assert await ledger.freeze(ASKER, "secret_given", "effect-1.0") == first
    assert exchange.freezes == 1
    assert (await ledger.freeze(ASKER, "other", "effect-1.0")).status == "unavailable"  # the key was reused
    exchange.down = True
    assert await ledger.freeze(ASKER, "other", "effect-2.0") == Freeze("unavailable")


async def test_down_is_not_a_state(exchange: Exchange, ledger: Ledger) -> None:
    exchange.down = True
    assert await ledger.by_number("W10000001", ASKER) == Booked(down=True)
    exchange.down = False
    assert (await ledger.by_number("W10000001", ASKER)).transfers


async def test_another_key_is_refused(exchange: Exchange, session: aiohttp.ClientSession) -> None:
    other = client(exchange.url, session, "another key that is long enough, too")
    assert await other.by_number("W10000001", ASKER) == Booked(down=True)


async def _post(session: aiohttp.ClientSession, url: str, headers: dict[str, str], body: bytes) -> Any:
    headers = {"Content-Type": "application/json", **headers}
    async with session.post(url, data=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_what_was_recorded_cannot_be_used_again(
    exchange: Exchange, session: aiohttp.ClientSession
) -> None:
    path, url = "/helpline/v1/transfers/find", exchange.url + "/v1/transfers/find"
    body = json.dumps({"reference": {"number": "W1"}, "requester": {"channel": "a", "user": "b"}}).encode()

    def headers(now: float, nonce: str) -> dict[str, str]:
        return dict(signed(DEMO_KEY.encode(), "helpline", "POST", path, now, nonce, body))

    good = headers(time.time(), "0" * 32)
    assert (await _post(session, url, good, body))[0] == 200
    assert await _post(session, url, good, body) == (401, {"error": "replayed"})
    status, answer = await _post(session, url, headers(time.time() - 2 * WINDOW, "1" * 32), body)
    assert (status, answer["error"]) == (401, "clock")
    fresh = headers(time.time(), "2" * 32)
    changed = body.replace(b"W1", b"W2")
    for spoiled, sent in [
        (fresh, changed),
        ({**fresh, NONCE: "3" * 32}, body),
        ({**fresh, TIMESTAMP: str(int(time.time()) + 1)}, body),
        ({**fresh, SIGNATURE: ""}, body),
        ({}, body),
    ]:
        assert await _post(session, url, spoiled, sent) == (401, {"error": "signature"})


@pytest.mark.parametrize(
    "body",
    [b"[]", b"{", b"{}", b'{"reference":{},"requester":{"channel":"a","user":"b"}}',
     b'{"reference":{"number":"W1","transaction_id":"x"},"requester":{"channel":"a","user":"b"}}',
     b'{"reference":{"number":1},"requester":{"channel":"a","user":"b"}}',
     b'{"reference":{"number":"W1"},"requester":{"channel":"a"}}',
     b'{"reference":{"number":"W1"},"requester":{"channel":"a","user":"b"},"more":1}'],
)  # fmt: skip
async def test_the_stand_in_is_strict(
    exchange: Exchange, session: aiohttp.ClientSession, body: bytes, contract: Contract
) -> None:
    path = "/helpline/v1/transfers/find"
    headers = dict(signed(DEMO_KEY.encode(), "helpline", "POST", path, time.time(), "4" * 32, body))
    status, answer = await _post(session, exchange.url + "/v1/transfers/find", headers, body)
    assert (status, answer) == (422, {"error": "malformed"})
    try:
        value = json.loads(body)
    except ValueError:
        return
    assert list(contract.schema("Find").iter_errors(value))


SAMPLE = {**SAMPLES[0], "updated_at": 1}


@pytest.mark.parametrize(
    "answer",
    ["[]", "{}", "null", "<html>", '{"transfers":5}', '{"transfers":[5]}', "[" * 100_000, " " * (LARGEST + 1),
     *(json.dumps({"transfers": [{**SAMPLE, **wrong}], "checked_at": 1})
       for wrong in ({"direction": "sideways"}, {"amount": 5}, {"updated_at": True}, {"confirmations": -1},
                     {"confirmations": 1.5}, {"raw_state": "a\nb"}, {"number": "9" * 600}, {"returned": 5}))],
)  # fmt: skip
async def test_an_odd_answer_is_no_answer(answer: str, session: aiohttp.ClientSession) -> None:
    async with _server(answer) as url:
        assert await client(url, session).by_number("W1", ASKER) == Booked(down=True)


async def test_a_new_state_is_told_as_unclear(session: aiohttp.ClientSession) -> None:
    new = json.dumps({"transfers": [{**SAMPLE, "state": "teleported"}], "checked_at": 1})
    async with _server(new) as url:
        (transfer,) = (await client(url, session).by_number("W1", ASKER)).transfers
        assert (transfer.state, transfer.raw_state) == ("unclear", "4")


@pytest.mark.parametrize(
    "link",
    ["", "https://evil.example/freeze", "http://helpline.example/x", "https://helpline.example@evil.example/",
     "https://helpline.example.evil.example/", "https://user:pw@helpline.example/", "https://[", "javascript:1"],
)  # fmt: skip
async def test_a_link_off_the_official_list_is_never_shown(link: str, session: aiohttp.ClientSession) -> None:
    answer = json.dumps({"status": "verify_in_app", "reference": "F1", "link": link})
    async with _server(answer, 202) as url:
        assert await client(url, session).freeze(ASKER, "other", "k") == Freeze("unavailable")


class _server:
    """A ledger that always gives the same answer."""

    def __init__(self, answer: str, status: int = 200) -> None:
        async def handle(request: web.BaseRequest) -> web.Response:
            return web.Response(text=answer, status=status)

        self._runner = web.ServerRunner(web.Server(handle), shutdown_timeout=0.1)

    async def __aenter__(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()


def test_the_key_is_long_and_in_no_repr(session: aiohttp.ClientSession) -> None:
    with pytest.raises(ConfigError):
        client("https://ledger.example", session, "short")
    with pytest.raises(ConfigError):
        client("http://ledger.example", session)
    assert DEMO_KEY not in repr(client("https://ledger.example", session))


async def test_without_a_url_there_is_no_ledger_and_the_key_comes_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with open_ledger(Settings(), Secrets(), time.time) as nothing:
        assert nothing is None
    settings = Settings.model_validate({"exchange": {"url": "https://ledger.example"}})
    with pytest.raises(ConfigError):
        async with open_ledger(settings, Secrets(), time.time):
            pass
    monkeypatch.setenv("HELPLINE_SECRETS__EXCHANGE_KEY", DEMO_KEY)
    async with open_ledger(settings, Secrets(), time.time) as ledger:
        assert ledger is not None
