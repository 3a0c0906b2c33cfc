"""The envelope, rate limits and faults: what the library makes of each, and what was really done."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import aiohttp
import discord
import pytest

from bots.local import faults
from bots.local.discord import DiscordStandIn, Exchange
from bots.local.discord_limits import STRICT, Limits, RateLimits
from bots.local.discord_wire import Call
from bots.local.faults import Fault
from tests.local.discord_clients import HeldClock, Probe, running
from tests.local.discord_openapi import needs_file, spec


async def ask(
    platform: DiscordStandIn, method: str, path: str, *, token: str = "", **more: Any
) -> tuple[int, Any, Any]:
    headers = {"Authorization": f"Bot {token or platform.token}"} | more.pop("headers", {})
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, platform.url + path, headers=headers, **more) as answer,
    ):
        return answer.status, await answer.read(), answer.headers


async def test_the_type_is_exactly_json_and_via_is_there(platform: DiscordStandIn) -> None:
    for path, status in (("/users/@me", 200), ("/nowhere", 404), ("/channels/1", 404)):
        got, _, headers = await ask(platform, "GET", path)
        assert (got, headers["Content-Type"], bool(headers["Via"])) == (status, "application/json", True)


@pytest.mark.parametrize(
    ("method", "path", "more", "status", "code"),
    [
        ("GET", "/users/@me", {"token": "wrong"}, 401, b'"code":0'),
        ("GET", "/nowhere/at/all", {}, 404, b"404: Not Found"),
        ("PUT", "/users/@me", {}, 405, b"405: Method Not Allowed"),
        ("GET", "/users/abc", {}, 400, b"50035"),
        ("GET", "/users/7", {}, 404, b"10013"),
        ("GET", "/channels/7", {}, 404, b"10003"),
        ("GET", "/guilds/7", {}, 404, b"10004"),
        (
            "POST",
            "/users/@me/channels",
            {"data": "{", "headers": {"Content-Type": "application/json"}},
            400,
            b"50109",
        ),
        (
            "POST",
            "/users/@me/channels",
            {"data": "a=b", "headers": {"Content-Type": "text/plain"}},
            400,
            b"50035",
        ),
        ("POST", "/users/@me/channels", {"json": ["x"]}, 400, b"50035"),
        ("GET", "/users/@me", {"headers": {"User-Agent": ""}}, 403, b"40333"),
    ],
)
async def test_refusals(
    platform: DiscordStandIn, method: str, path: str, more: dict[str, Any], status: int, code: bytes
) -> None:
    got, body, _ = await ask(platform, method, path, **more)
    assert (got, code in body) == (status, True), body


async def test_interactions_need_no_token_of_the_bot(platform: DiscordStandIn) -> None:
    got, body, _ = await ask(platform, "POST", "/interactions/7/x/callback", token="none", json={"type": 5})
    assert (got, b"10062" in body) == (404, True)


CASES: list[tuple[str, Fault, type[Exception], int]] = [
    ("commit then close", faults.CLOSE, aiohttp.ServerDisconnectedError, 1),
    ("close before", faults.CLOSE_BEFORE, aiohttp.ServerDisconnectedError, 0),
    ("commit then reset", faults.RESET, aiohttp.ClientOSError, 1),
    ("commit then broken JSON", faults.BROKEN_JSON, ValueError, 1),
    ("commit then truncated", faults.TRUNCATED, aiohttp.ClientPayloadError, 1),
    ("hang, not committed", Fault("hang", committed=False, seconds=0.05), aiohttp.ServerDisconnectedError, 0),
    ("Cloudflare's wall", faults.BANNED, discord.HTTPException, 0),
]


@pytest.mark.parametrize(("fault", "raised", "effects"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
async def test_what_the_library_raises_and_what_was_done(
    platform: DiscordStandIn, probe: Probe, fault: Fault, raised: type[Exception], effects: int
) -> None:
    platform.world.say("alice", "x")
    channel = (await probe.message()).channel
    platform.faults.queue("create_message", fault)
    with pytest.raises(raised):
        await channel.send("一")
    assert len(platform.ledger.sent()) == effects == len(platform.world.dm("alice").messages(by_bot=True))
    assert [row.spoil for row in platform.ledger] == [fault.spoil] * effects
    await channel.send("二")
    assert [row.text for row in platform.ledger.sent()] == ["一"] * effects + ["二"]


async def test_a_gateways_502_is_repeated_and_the_nonce_keeps_it_single(
    platform: DiscordStandIn, probe: Probe
) -> None:
    platform.world.say("alice", "x")
    channel = (await probe.message()).channel
    platform.faults.queue("create_message", faults.BAD_GATEWAY)
    await channel.send("一")
    assert platform.faults.calls["create_message"] == 2
    assert len(platform.ledger.sent()) == 1


async def test_the_library_waits_as_long_as_a_429_says(platform: DiscordStandIn, probe: Probe) -> None:
    platform.world.say("alice", "x")
    channel = (await probe.message()).channel
    for fault in (faults.SLOW_DOWN, Fault("slow_down", everywhere=True)):
        platform.faults.queue("create_message", fault)
        start = time.perf_counter()
        await channel.send("一")
        assert time.perf_counter() - start >= 0.95
    assert len(platform.ledger.sent()) == 2


async def test_a_delay_only_delays(platform: DiscordStandIn, probe: Probe) -> None:
    platform.faults.queue("get_my_user", Fault("delay", seconds=0.1))
    start = time.perf_counter()
    await probe.http.request(discord.http.Route("GET", "/users/@me"))
    assert time.perf_counter() - start >= 0.09


async def test_the_library_obeys_the_headers_ahead_of_time(
    platform: DiscordStandIn, probe: Probe, held_clock: HeldClock
) -> None:
    held_clock.runs = True
    platform.limits = RateLimits(Limits(buckets={"create_message": (5, 0.4)}))
    platform.world.say("alice", "x")
    channel = (await probe.message()).channel
    start = time.perf_counter()
    await asyncio.gather(*(channel.send(str(number)) for number in range(12)))
    assert time.perf_counter() - start >= 0.75
    assert len(platform.ledger.sent()) == 12


async def test_whoever_does_not_obey_is_told(platform: DiscordStandIn) -> None:
    platform.limits = RateLimits(Limits(buckets={"get_my_user": (1, 60.0)}))
    _, _, first = await ask(platform, "GET", "/users/@me")
    assert (first["X-RateLimit-Limit"], first["X-RateLimit-Remaining"]) == ("1", "0")
    status, body, headers = await ask(platform, "GET", "/users/@me")
    assert (status, headers["X-RateLimit-Scope"], b'"global":false' in body) == (429, "user", True)
    assert headers["X-RateLimit-Bucket"] == first["X-RateLimit-Bucket"]
    assert 50 < float(headers["X-RateLimit-Reset-After"]) <= 60


def asked(operation: str, route: str, **params: str) -> Call:
    return Call(operation, route, params, {})


def test_buckets_are_by_major_parameter_and_the_whole_has_its_limit() -> None:
    limits = RateLimits(STRICT)
    one = asked("create_message", "/channels/{channel_id}/messages", channel_id="1")
    other = asked("create_message", "/channels/{channel_id}/messages", channel_id="2")
    assert [limits.admit(one, 0.0).wait > 0 for _ in range(6)] == [False] * 5 + [True]
    assert limits.admit(other, 0.0).wait == 0
    assert limits.admit(one, 5.1).wait == 0
    limits = RateLimits(Limits(buckets={}, others=(0, 0.0), per_second=50))
    verdicts = [limits.admit(asked("x", f"/x/{n}"), 0.0) for n in range(51)]
    assert [v.everywhere for v in verdicts] == [False] * 50 + [True]
    callback = asked(
        "create_interaction_response", "/interactions/{interaction_id}/{interaction_token}/callback"
    )
    assert limits.admit(callback, 0.0).wait == 0
    assert limits.admit(asked("x", "/x"), 1.1).wait == 0


async def test_too_many_refusals_shut_the_address_out(platform: DiscordStandIn) -> None:
    platform.limits = RateLimits(Limits(invalid=3, ban=60.0))
    for _ in range(3):
        assert (await ask(platform, "GET", "/users/@me", token="wrong"))[0] == 401
    status, body, headers = await ask(platform, "GET", "/users/@me")
    assert (status, "Via" in headers, b"1015" in body) == (429, False, True)


async def test_the_hook_sees_the_answer_even_when_the_client_does_not(
    platform: DiscordStandIn, probe: Probe
) -> None:
    seen: list[Exchange] = []
    platform.on_exchange = seen.append
    platform.faults.queue("create_dm", faults.CLOSE)
    alice = platform.world.person("alice")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await probe.http.start_private_message(alice.id)
    (one,) = seen
    assert (one.operation, one.route, one.status) == ("create_dm", "/users/@me/channels", 200)
    assert one.answer["recipients"][0]["username"] == "alice"


async def test_no_token_in_any_log(platform: DiscordStandIn, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("discord", "asyncio"):
        caplog.set_level(logging.CRITICAL, logger=name)
    async with running(platform) as probe:
        shown = platform.world.post(platform.world.dm("alice"), {"content": "x"})
        click = platform.world.press("alice", shown, "x", stale=True)
        await (await probe.interaction()).response.defer()
    assert platform.token not in caplog.text
    assert click.token not in caplog.text


@needs_file
def test_every_operation_is_named_as_in_the_official_file(platform: DiscordStandIn) -> None:
    for method, route, operation in platform.routes.known():
        assert spec()["paths"][route][method.lower()]["operationId"] == operation
