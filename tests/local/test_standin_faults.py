"""Faults on purpose: what the library raises for each, and what was really done."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import httpx
import pytest
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut

from bots.local import faults
from bots.local.faults import ANY, Fault, FaultPlan
from bots.local.telegram import TelegramStandIn
from bots.local.world import World
from tests.local.clients import READ_SECONDS

CASES: list[tuple[str, Fault, type[Exception], type[Exception] | None, str | None, int]] = [
    ("commit then hang", faults.HANG, TimedOut, httpx.ReadTimeout, None, 1),
    ("hang, not committed", faults.HANG_BEFORE, TimedOut, httpx.ReadTimeout, None, 0),
    ("commit then close", faults.CLOSE, NetworkError, httpx.RemoteProtocolError, None, 1),
    ("close before", faults.CLOSE_BEFORE, NetworkError, httpx.RemoteProtocolError, None, 0),
    ("commit then reset", faults.RESET, NetworkError, httpx.ReadError, None, 1),
    ("commit then 502", faults.BAD_GATEWAY, NetworkError, None, "Bad Gateway", 1),
    ("502 before", faults.BAD_GATEWAY_BEFORE, NetworkError, None, "Bad Gateway", 0),
    ("commit then broken JSON", faults.BROKEN_JSON, TelegramError, None, "Invalid server response", 1),
    ("commit then truncated", faults.TRUNCATED, NetworkError, httpx.RemoteProtocolError, None, 1),
    ("429", faults.SLOW_DOWN, RetryAfter, None, None, 0),
]


@pytest.mark.parametrize(
    ("fault", "raised", "cause", "said", "effects"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
async def test_what_the_library_raises_and_what_was_done(
    bot: Bot,
    stand_in: TelegramStandIn,
    alice: int,
    fault: Fault,
    raised: type[Exception],
    cause: type[Exception] | None,
    said: str | None,
    effects: int,
) -> None:
    stand_in.faults.queue("sendMessage", fault)
    with pytest.raises(raised, match=said) as caught:
        await bot.send_message(alice, "一", read_timeout=0.5 if fault.spoil == "hang" else READ_SECONDS)
    assert type(caught.value) is raised
    assert cause is None or type(caught.value.__cause__) is cause
    assert (
        len(stand_in.ledger.sent(alice))
        == effects
        == len(stand_in.world.private("alice").messages(by_bot=True))
    )
    assert [row.spoil for row in stand_in.ledger] == [fault.spoil] * effects
    await bot.send_message(alice, "二")
    assert [row.text for row in stand_in.ledger.sent()] == ["一"] * effects + ["二"]


async def test_a_429_says_how_long_in_both_places(stand_in: TelegramStandIn, alice: int) -> None:
    stand_in.faults.queue("sendMessage", Fault("slow_down", retry_after=7))
    async with httpx.AsyncClient() as client:
        url = f"{stand_in.url}/bot{stand_in.token}/sendMessage"
        answer = await client.post(url, data={"chat_id": alice, "text": "x"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.json()["parameters"] == {"retry_after": 7}
    assert len(stand_in.ledger) == 0


async def test_a_delay_only_delays(bot: Bot, stand_in: TelegramStandIn, alice: int) -> None:
    stand_in.faults.queue("sendMessage", Fault("delay", seconds=0.15))
    start = time.perf_counter()
    assert (await bot.send_message(alice, "一")).text == "一"
    assert time.perf_counter() - start >= 0.14
    assert stand_in.faults.ambiguous() == 0


async def test_polls_can_fail_without_losing_updates(
    bot: Bot, stand_in: TelegramStandIn, world: World
) -> None:
    world.updates.slow_repeats = False
    world.say("alice", "一")
    for fault in (faults.BROKEN_JSON, faults.RESET, faults.TRUNCATED, faults.BAD_GATEWAY):
        stand_in.faults.queue("getUpdates", fault)
        with pytest.raises(TelegramError):
            await bot.get_updates()
    assert len(await bot.get_updates()) == 1


async def test_a_held_client_does_not_hold_up_the_stop(world: World, alice: int) -> None:
    plan = FaultPlan()
    plan.queue("sendMessage", faults.HANG)
    async with TelegramStandIn(world=world, faults=plan) as stand_in, httpx.AsyncClient() as client:
        url = f"{stand_in.url}/bot{stand_in.token}/sendMessage"
        call = asyncio.create_task(client.post(url, json={"chat_id": alice, "text": "x"}, timeout=30))
        while not stand_in.ledger.sent():
            await asyncio.sleep(0.002)
        start = time.perf_counter()
        await stand_in.stop()
        assert time.perf_counter() - start < 20
        with pytest.raises(httpx.RemoteProtocolError):
            await call


def draws(plan: FaultPlan, method: str, count: int) -> list[Fault | None]:
    return [plan.draw(method) for _ in range(count)]


def test_the_nth_call_meets_its_fault() -> None:
    plan = FaultPlan()
    plan.at("sendMessage", 3, faults.RESET)
    assert draws(plan, "SENDMESSAGE", 4) == [None, None, faults.RESET, None]
    assert plan.calls["sendmessage"] == 4
    assert [(one.method, one.nth) for one in plan.applied] == [("sendmessage", 3)]


def test_a_queue_for_any_method_serves_whichever_comes_next() -> None:
    plan = FaultPlan()
    plan.queue(ANY, faults.CLOSE, faults.SLOW_DOWN)
    assert [plan.draw("getMe"), plan.draw("sendMessage"), plan.draw("getMe")] == [
        faults.CLOSE,
        faults.SLOW_DOWN,
        None,
    ]
    assert (plan.ambiguous(), plan.ambiguous("getMe"), plan.ambiguous("sendMessage")) == (1, 1, 0)


def test_chances_repeat_with_their_seed_and_come_near_their_share() -> None:
    def rolled(seed: int) -> list[Fault | None]:
        plan = FaultPlan(seed=seed)
        plan.chance(ANY, {faults.RESET: 0.1, faults.BAD_GATEWAY: 0.2})
        return draws(plan, "sendMessage", 2000)

    first = rolled(1)
    assert first == rolled(1) != rolled(2)
    assert 140 < first.count(faults.RESET) < 260
    assert 320 < first.count(faults.BAD_GATEWAY) < 480


def test_chances_above_one_are_refused_and_clear_ends_all() -> None:
    plan = FaultPlan()
    for chances in ({faults.RESET: 0.6, faults.CLOSE: 0.6}, {faults.RESET: -0.1}):
        with pytest.raises(ValueError, match="sum"):
            plan.chance("sendMessage", chances)
    plan.chance("sendMessage", {faults.RESET: 1.0})
    plan.at("sendMessage", 2, faults.CLOSE)
    assert plan.draw("sendMessage") == faults.RESET
    plan.clear()
    assert plan.draw("sendMessage") is None


async def test_the_hook_sees_the_answer_even_when_the_client_does_not(
    bot: Bot, stand_in: TelegramStandIn, alice: int
) -> None:
    seen: list[tuple[str, Any, Any]] = []
    stand_in.on_exchange = lambda *exchange: seen.append(exchange)
    stand_in.faults.queue("sendMessage", faults.CLOSE)
    with pytest.raises(NetworkError):
        await bot.send_message(alice, "一")
    assert seen[0][0] == "sendMessage"
    assert json.loads(json.dumps(seen[0][2]))["result"]["text"] == "一"
